// `ecs decide`: decides one customer now, through the same path as `POST /api/credit-limit`.
import { Command, InvalidArgumentError } from 'commander';
import { inTransaction } from '../../db/index.ts';
import type { DecisionView } from '../../decision/index.ts';
import { type CommandContext, printResult, withSystem } from '../command-context.ts';
import { formatMoney } from '../terminal.ts';

interface DecideOptions {
  readonly dryRun?: boolean;
  readonly requested?: number;
  readonly json?: boolean;
}

export function decideCommand(context: CommandContext): Command {
  return new Command('decide')
    .description('decide the credit limit of a customer now')
    .argument('<customerId>', "the lender's id of the customer")
    .option('--dry-run', 'the same path without the write')
    .option('--requested <minor>', 'limit that the customer asks for, in minor units', parseMinor)
    .option('--json', 'print the decision as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  ecs decide demo-ana\n  ecs decide demo-ana --dry-run --requested 500000 --json',
    )
    .action(async (customerId: string, options: DecideOptions) => {
      await withSystem(context, async (system) => {
        const decision = await inTransaction(system.pool, (tx) =>
          system.decider.decideCustomer(tx, {
            customerId,
            trigger: 'api',
            requestedBy: 'cli',
            requestedLimitMinor: options.requested,
            dryRun: options.dryRun,
          }),
        );
        printResult(context, options.json, decision, () => describeDecision(decision, options.dryRun === true));
      });
    });
}

function parseMinor(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('Expected a whole number of minor units.');
  return Number(text);
}

/** A decision as a person reads it; also what `ecs start` shows of the first ones. */
export function describeDecision(decision: DecisionView, dryRun = false): string {
  const money = (amountMinor: number | null) => formatMoney(amountMinor, decision.currency);
  const percent = (share: number | null) => (share === null ? '-' : `${(100 * share).toFixed(2)} %`);
  const lines = [
    `${decision.customerId}: ${decision.outcome}${dryRun ? ' (dry run, nothing stored)' : ''}`,
    `  limit      ${money(decision.limitMinor)}   before ${money(decision.previousLimitMinor)}   without emotion ${money(decision.limitWithoutEmotionMinor)}`,
    `  score      ${decision.score ?? '-'}   PD ${percent(decision.probabilityOfDefault)}   rate ${percent(decision.rateBps === null ? null : decision.rateBps / 10_000)}   ${decision.creditType ?? '-'}`,
    `  emotion    ${decision.emotion.mode}, ${decision.emotion.used ? `${decision.emotion.logOdds.toFixed(3)} log-odds` : 'not used'}`,
    ...decision.reasons.map(
      (reason, place) => `  ${place === 0 ? 'reasons   ' : '          '} ${reason.code}: ${reason.text}`,
    ),
    `  decision   ${decision.decisionId}`,
  ];
  if (decision.scheduledLimitMinor !== null) {
    lines.splice(2, 0, `  scheduled  ${money(decision.scheduledLimitMinor)}`);
  }
  return lines.join('\n');
}
