// `ecs model list`: what the registry holds, what is proposed, and what was done.
import { Command } from 'commander';
import { systemClock } from '../../../lib/clock.ts';
import {
  describeRecalibration,
  type HistoryView,
  listModelHistory,
  listModels,
  listProposals,
  type Proposal,
  type RegisteredModel,
} from '../../../model/index.ts';
import { type CommandContext, printResult, withSystem } from '../../command-context.ts';
import { formatTable } from '../../terminal.ts';

export function listCommand(context: CommandContext): Command {
  return new Command('list')
    .description('registered models, open proposals, and with --history what was done to them')
    .option('--history', 'what was done, by whom and why, instead')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  ecs model list --history')
    .action(async ({ history, json }: { history?: boolean; json?: boolean }) => {
      await withSystem(context, async ({ pool }) => {
        if (history === true) {
          const entries = await listModelHistory(pool);
          printResult(context, json, entries, () => formatTable(entries.map(historyRow)));
          return;
        }
        const models = (await listModels(pool)).map(({ artefact: _whole, ...model }) => model);
        const proposals = (await listProposals(pool, systemClock())).filter(({ state }) => state === 'open');
        printResult(context, json, { models, proposals }, () => describe(models, proposals));
      });
    });
}

function describe(models: readonly Omit<RegisteredModel, 'artefact'>[], proposals: readonly Proposal[]): string {
  const table = formatTable(
    models.map((model) => ({
      version: model.modelVersion.slice(0, 12),
      name: model.name,
      alias: model.alias,
      registered: model.registeredAt,
      by: model.registeredBy,
      anchored: model.recalibration === null ? null : describeRecalibration(model.recalibration),
    })),
  );
  const open = proposals.map(
    ({ proposalId, modelVersion, proposedBy, expiresAt, reason }) =>
      `Proposed: ${modelVersion.slice(0, 12)} by ${proposedBy}, until ${expiresAt}: ${reason}\n  ecs model approve ${proposalId}`,
  );
  return [table, ...open].join('\n');
}

function historyRow(entry: HistoryView): Record<string, string | null> {
  return {
    at: entry.actedAt,
    by: entry.actedBy,
    action: entry.action,
    model: entry.modelVersion.slice(0, 12),
    before: entry.previousVersion?.slice(0, 12) ?? null,
    reason: entry.reason,
  };
}
