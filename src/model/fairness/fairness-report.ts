// The fairness audit of one model on one file: per protected column who is approved, who is judged rightly, and what the
// features give away. The columns come from the file alone and never reach the model.
import { holm } from '../../lib/statistics/chance.ts';
import type { Interval } from '../../lib/statistics/interval.ts';
import { type ApprovalLine, listApprovals } from './approval-ratios.ts';
import type {
  ApprovalFinding,
  ColumnReport,
  JudgedApproval,
  JudgedCalibration,
  ProxyFinding,
  ProxyLine,
} from './column-report.ts';
import { describeColumn } from './describe-column.ts';
import { type CalibrationLine, listCalibrations } from './group-calibration.ts';
import { type AuditRows, groupRows, isJudged } from './group-rows.ts';
import { binRows, measureProxy } from './proxy-model.ts';

export interface FairnessInput extends AuditRows {
  readonly cutoffs: readonly number[];
  /** Group of every row, by protected column. */
  readonly columns: readonly { readonly column: string; readonly groups: readonly string[] }[];
  /** The rows that the features are searched for the group in: all of the file, since outcomes play no part in it. */
  readonly proxy: {
    readonly features: readonly Float64Array[];
    readonly columns: readonly { readonly column: string; readonly groups: readonly string[] }[];
  };
}

export interface FairnessReport {
  readonly rows: number;
  readonly defaults: number;
  readonly cutoffs: readonly number[];
  readonly columns: readonly ColumnReport[];
}

export const FOUR_FIFTHS = 0.8;
const SIGNIFICANT = 0.05;

export function reportFairness(input: FairnessInput): FairnessReport {
  const bins = binRows(input.proxy.features);
  const columns = input.columns.map(({ column, groups: names }, index) => {
    const groups = groupRows(names);
    const approvals = judgeApprovals(input.cutoffs.flatMap((cutoff) => listApprovals(input, groups, cutoff)));
    const calibrations = judgeCalibrations(listCalibrations(input, groups));
    const proxies = listProxies(bins, input.proxy.columns[index]?.groups ?? []);
    const lines = { column, approvals, calibrations, proxies };
    return { ...lines, verdicts: describeColumn(lines) };
  });
  return {
    rows: input.logOdds.length,
    defaults: input.defaulted.filter(Boolean).length,
    cutoffs: input.cutoffs,
    columns,
  };
}

function judgeApprovals(lines: readonly ApprovalLine[]): JudgedApproval[] {
  const compared = lines.filter((line) => line.pValue !== null);
  const corrected = holm(compared.map((line) => line.pValue ?? 1));
  return lines.map((line) => {
    const place = compared.indexOf(line);
    const pValueOfAll = place === -1 ? null : (corrected[place] ?? 1);
    return { ...line, pValueOfAll, finding: judgeRatio(line, pValueOfAll) };
  });
}

function judgeRatio({ ratio, isReference }: ApprovalLine, pValue: number | null): ApprovalFinding {
  if (isReference) return 'reference';
  if (ratio === null || pValue === null) return 'too_few';
  if (ratio.estimate < FOUR_FIFTHS && pValue <= SIGNIFICANT) return 'below_four_fifths';
  return ratio.low < FOUR_FIFTHS ? 'may_be_below' : 'above_four_fifths';
}

function judgeCalibrations(lines: readonly CalibrationLine[]): JudgedCalibration[] {
  const judged = lines.filter((line) => line.judged);
  const corrected = holm(judged.map((line) => line.pValue));
  return lines.map((line) => {
    const place = judged.indexOf(line);
    const pValueOfAll = place === -1 ? 1 : (corrected[place] ?? 1);
    if (place === -1) return { ...line, pValueOfAll, finding: 'too_few' };
    if (pValueOfAll > SIGNIFICANT) return { ...line, pValueOfAll, finding: 'as_expected' };
    const isWorse = line.observedRate.estimate > line.expectedRate;
    return { ...line, pValueOfAll, finding: isWorse ? 'worse_than_expected' : 'better_than_expected' };
  });
}

/** One line a group against all others; of two groups one line says it for both. */
function listProxies(bins: ReturnType<typeof binRows>, names: readonly string[]): ProxyLine[] {
  const all = groupRows(names);
  const judged = all.filter((group) => isJudged(group, names.length) && group.rows.length < names.length);
  return (all.length === 2 ? judged.slice(0, 1) : judged).map((group) => {
    const member = Uint8Array.from(names, (name) => (name === group.name ? 1 : 0));
    const auc = measureProxy(bins, member);
    return { group: group.name, rows: group.rows.length, auc, finding: judgeProxy(auc) };
  });
}

function judgeProxy({ estimate, low }: Interval): ProxyFinding {
  if (low <= 0.5) return 'nothing';
  if (estimate < 0.6) return 'hardly';
  return estimate < 0.7 ? 'weakly' : estimate < 0.8 ? 'clearly' : 'strongly';
}
