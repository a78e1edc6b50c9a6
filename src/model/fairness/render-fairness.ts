// The audit as Markdown, for people who were not there.
import type { Interval } from '../../lib/statistics/interval.ts';
import type { ColumnReport, JudgedApproval, JudgedCalibration, ProxyLine } from './column-report.ts';
import type { FairnessReport } from './fairness-report.ts';

export interface FairnessHeading {
  readonly name: string;
  readonly modelVersion: string;
  readonly rowsChosen: string;
  /** True when the artefact was trained on some of these rows: its risks then look truer than they are. */
  readonly seenInTraining: boolean;
  /** The rows in which the features were searched for the groups. */
  readonly proxyRows: number;
}

export function renderFairness(report: FairnessReport & FairnessHeading): string {
  const seen = report.seenInTraining ? ' The model has seen some of them in training.' : '';
  return [
    `Model \`${report.name}\`, version \`${report.modelVersion.slice(0, 12)}\`; ${report.rows} rows (${report.rowsChosen}), ${report.defaults} defaults.${seen} What the features give away was searched for in all ${report.proxyRows} rows of the file. In brackets: 95 % intervals.`,
    ...report.columns.map(renderColumn),
  ].join('\n\n');
}

function renderColumn(column: ColumnReport): string {
  return [
    `## ${column.column}`,
    column.verdicts.map((verdict) => `- ${verdict}`).join('\n'),
    table(
      ['approved', 'group', 'rows', 'share approved', 'ratio', 'p', 'goods refused', 'bads approved'],
      column.approvals.map(toApprovalCells),
    ),
    table(
      ['group', 'rows', 'expected defaults', 'observed', 'p', 'AUC inside the group'],
      column.calibrations.map(toCalibrationCells),
    ),
    ...(column.proxies.length === 0
      ? []
      : [table(['group', 'rows', 'AUC of the features for it'], column.proxies.map(toProxyCells))]),
  ].join('\n\n');
}

function toApprovalCells(line: JudgedApproval): string[] {
  const ratio = line.isReference ? 'reference' : line.ratio === null ? 'too few rows' : show(line.ratio, 2);
  return [
    `${Math.round(line.cutoff * 1_000) / 10} %`,
    line.group,
    String(line.rows),
    show(line.approved, 3),
    line.finding === 'below_four_fifths' ? `**${ratio}**` : ratio,
    line.pValueOfAll === null ? '' : showChance(line.pValueOfAll),
    line.goodsRefused === null ? '' : show(line.goodsRefused, 3),
    line.badsApproved === null ? '' : show(line.badsApproved, 3),
  ];
}

function toCalibrationCells(line: JudgedCalibration): string[] {
  return [
    line.group,
    String(line.rows),
    line.expectedRate.toFixed(3),
    show(line.observedRate, 3),
    line.judged ? showChance(line.pValueOfAll) : 'too few rows',
    line.auc === null ? '' : show(line.auc, 3),
  ];
}

function toProxyCells(line: ProxyLine): string[] {
  return [line.group, String(line.rows), show(line.auc, 3)];
}

function show({ estimate, low, high }: Interval, decimals: number): string {
  return `${estimate.toFixed(decimals)} [${low.toFixed(decimals)}, ${high.toFixed(decimals)}]`;
}

function showChance(p: number): string {
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}
