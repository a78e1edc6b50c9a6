// `ecs explain`: what would bring the customer of a stored decision into the next safer band.
import { Command } from 'commander';
import { getDecision, loadWhatWouldChange, type WhatWouldChangeView } from '../../decision/index.ts';
import { EcsError } from '../../lib/errors.ts';
import { type CommandContext, printResult, withSystem } from '../command-context.ts';
import { formatMoney } from '../terminal.ts';
import { describeDecision } from './decide.ts';

export function explainCommand(context: CommandContext): Command {
  return new Command('explain')
    .description('tell a stored decision, and what would bring its customer into the next safer band')
    .argument('<decisionId>', 'the decision')
    .option('--json', 'print what would change as JSON')
    .addHelpText('after', '\nExamples:\n  ecs explain 0192f0c1-...\n  ecs explain 0192f0c1-... --json')
    .action(async (decisionId: string, options: { json?: boolean }) => {
      await withSystem(context, async ({ pool }) => {
        const decision = await getDecision(pool, null, decisionId);
        const found = decision === null ? null : await loadWhatWouldChange(pool, null, decisionId);
        if (decision === null || found === null) {
          throw new EcsError('ECS_NOT_FOUND', `There is no decision ${decisionId}.`);
        }
        printResult(context, options.json, found, () =>
          [describeDecision(decision), describeChange(found, decision.currency)].join('\n'),
        );
      });
    });
}

function describeChange(found: WhatWouldChangeView, currency: string): string {
  const percent = (share: number | null) => `${(100 * (share ?? 0)).toFixed(2)} %`;
  switch (found.state) {
    case 'not_scored':
      return '  next band  nothing was scored';
    case 'safest_band':
      return '  next band  there is no safer one';
    case 'out_of_reach':
      return `  next band  PD ${percent(found.wantedProbabilityOfDefault)} or less: not within one or two changes`;
    case 'reachable':
      return [
        `  next band  PD ${percent(found.wantedProbabilityOfDefault)} or less; ${percent(found.probabilityOfDefaultAfter)} with this change:`,
        ...found.changes.map(({ text, amountMinor }) =>
          amountMinor === null ? `             ${text}` : `             ${text} ${formatMoney(amountMinor, currency)}`,
        ),
      ].join('\n');
  }
}
