// `ecs model shadow`: what a challenger would have decided, beside what was decided.
import { Command } from 'commander';
import { EcsError } from '../../../lib/errors.ts';
import { loadShadowSummary, type ShadowSummary } from '../../../shadow/index.ts';
import { type CommandContext, printResult, withSystem } from '../../command-context.ts';
import { formatTable } from '../../terminal.ts';
import { findModel } from './find-model.ts';

export function shadowCommand(context: CommandContext): Command {
  return new Command('shadow')
    .description('what a challenger would have decided, beside what was decided')
    .argument('[model]', 'version, or the beginning of it', 'challenger')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  ecs model shadow 5f3a9c01d2e4')
    .action(async (name: string, { json }: { json?: boolean }) => {
      await withSystem(context, async ({ pool }) => {
        const { modelVersion } = await findModel(pool, name);
        const summary = await loadShadowSummary(pool, modelVersion);
        if (summary === null) throw new EcsError('ECS_NOT_FOUND', `${modelVersion} never was a challenger.`);
        printResult(context, json, summary, () => describe(summary));
      });
    });
}

function describe({ modelVersion, begunAt, comparisons }: ShadowSummary): string {
  const head = `${modelVersion}, since ${begunAt}`;
  if (comparisons.length === 0) return `${head}: nothing was decided yet.`;
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const rows = comparisons.map((one) => ({
    beside: one.championVersion.slice(0, 12),
    decisions: one.decisions,
    'mean PD': percent(one.meanProbabilityOfDefault),
    'champion PD': percent(one.championMeanProbabilityOfDefault),
    'other outcome': percent(one.otherOutcomeShare),
    'other band': percent(one.otherBandShare),
    'other limit': percent(one.otherLimitShare),
    'score PSI': one.scorePsi.toFixed(4),
  }));
  return `${head}\n${formatTable(rows)}`;
}
