// What an audit says about one protected column.
import type { Interval } from '../../lib/statistics/interval.ts';
import type { ApprovalLine } from './approval-ratios.ts';
import type { CalibrationLine } from './group-calibration.ts';

export type ApprovalFinding = 'reference' | 'too_few' | 'below_four_fifths' | 'may_be_below' | 'above_four_fifths';
export type ProxyFinding = 'nothing' | 'hardly' | 'weakly' | 'clearly' | 'strongly';

export interface JudgedApproval extends ApprovalLine {
  /** `pValue` corrected for all comparisons of the column (Holm). */
  readonly pValueOfAll: number | null;
  readonly finding: ApprovalFinding;
}

export interface JudgedCalibration extends CalibrationLine {
  readonly pValueOfAll: number;
  readonly finding: 'as_expected' | 'better_than_expected' | 'worse_than_expected' | 'too_few';
}

export interface ProxyLine {
  readonly group: string;
  readonly rows: number;
  readonly auc: Interval;
  readonly finding: ProxyFinding;
}

export interface ColumnReport {
  readonly column: string;
  readonly approvals: readonly JudgedApproval[];
  readonly calibrations: readonly JudgedCalibration[];
  readonly proxies: readonly ProxyLine[];
  /** In plain words. */
  readonly verdicts: readonly string[];
}
