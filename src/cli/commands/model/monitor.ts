// `ecs model monitor`: whether the model in force still holds, from what is stored.
import { Command } from 'commander';
import { systemClock } from '../../../lib/clock.ts';
import type { Interval } from '../../../lib/statistics/interval.ts';
import { describeRecalibration, getModel, type Recalibration } from '../../../model/index.ts';
import {
  createMonitor,
  type DriftLine,
  type MonitoringReport,
  type PerformanceLine,
} from '../../../monitoring/index.ts';
import { type CommandContext, printResult, withSystem } from '../../command-context.ts';
import { EXIT_FINDINGS } from '../../exit-codes.ts';
import { formatTable } from '../../terminal.ts';

const HELP = `
Drift: the newest decision of each customer in the last 62 days (about 20,000 customers at the most) against the rows the
model was trained on. Performance: outcomes (about 50,000 at the most, of the last three years) against the decision in
force when their window began. Exit code 3: something calls for action.

Example:
  ecs model monitor --json`;

export function monitorCommand(context: CommandContext): Command {
  return new Command('monitor')
    .description('measure drift against training, and how right decisions turned out to be')
    .option('--json', 'print the report as JSON')
    .addHelpText('after', HELP)
    .action(async (options: { json?: boolean }) => {
      await withSystem(context, async ({ pool, models }) => {
        const monitor = createMonitor({
          pool,
          loadChampion: () => models.champion(pool),
          clock: systemClock,
          onTrouble: () => {},
        });
        context.terminal.progress('measuring');
        const report = await monitor.report();
        if (report.drift.verdict === 'act' || report.performance.verdict === 'act') context.exitCode = EXIT_FINDINGS;
        const recalibration = (await getModel(pool, report.drift.modelVersion))?.recalibration ?? null;
        printResult(context, options.json, report, () => describe(report, recalibration));
      });
    });
}

function describe({ drift, performance: measured }: MonitoringReport, recalibration: Recalibration | null): string {
  const lines = [...(drift.score === null ? [] : [drift.score]), ...drift.features];
  return [
    `Model ${drift.modelVersion}`,
    ...(recalibration === null ? [] : [`Anchored: ${describeRecalibration(recalibration)}`]),
    `Drift, ${drift.customers} customers: ${drift.verdict}`,
    formatTable(lines.map(toDriftRow)),
    `Performance, ${measured.outcomes} outcomes: ${measured.verdict}`,
    measured.outcomes === 0
      ? 'No outcomes yet: ecs import outcomes, or events on ecs.outcomes.v1.'
      : formatTable([...measured.totals, ...measured.months].map(toPerformanceRow)),
  ].join('\n');
}

function toDriftRow(line: DriftLine): Record<string, string | number> {
  return {
    feature: line.name,
    PSI: line.psi.toFixed(3),
    'by chance': line.psiByChance.toFixed(3),
    shift: line.shift.toFixed(3),
    p: line.pValueOfAll < 0.001 ? '< 0.001' : line.pValueOfAll.toFixed(3),
    verdict: line.verdict,
  };
}

function toPerformanceRow(line: PerformanceLine): Record<string, string | number> {
  return {
    model: line.modelVersion.slice(0, 8),
    window: `${line.windowMonths} mo`,
    month: line.month ?? 'all',
    outcomes: line.outcomes,
    defaults: line.defaults,
    AUC: show(line.auc),
    KS: show(line.ks),
    'observed/expected': show(line.observedToExpected),
    slope: show(line.slope),
    verdict: [line.verdict, ...line.findings].join(' '),
  };
}

function show(interval: Interval | null): string {
  if (interval === null) return '-';
  const { estimate, low, high } = interval;
  return `${estimate.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}
