// Is the expected risk of a group the risk it turned out to have, and does the model rank inside the group?
import { normalTail } from '../../lib/statistics/chance.ts';
import type { Interval } from '../../lib/statistics/interval.ts';
import { wilsonInterval } from '../../lib/statistics/proportion-interval.ts';
import { measureRankPower } from '../../lib/statistics/rank-power.ts';
import { sigmoid } from '../base-rate.ts';
import { type AuditRows, type Group, isJudged } from './group-rows.ts';

export interface CalibrationLine {
  readonly group: string;
  readonly rows: number;
  readonly defaults: number;
  /** Enough rows to conclude anything from. */
  readonly judged: boolean;
  readonly expectedRate: number;
  readonly observedRate: Interval;
  /** That defaults miss what was expected by so much or more, were the probabilities true. */
  readonly pValue: number;
  /** Null where nobody defaulted, or everybody. */
  readonly auc: Interval | null;
}

export function listCalibrations(rows: AuditRows, groups: readonly Group[]): CalibrationLine[] {
  return groups.map((group) => {
    const logOdds = group.rows.map((row) => rows.logOdds[row] ?? Number.NaN);
    const defaulted = group.rows.map((row) => rows.defaulted[row] === true);
    const chances = logOdds.map(sigmoid);
    const expected = chances.reduce((sum, chance) => sum + chance, 0);
    const variance = chances.reduce((sum, chance) => sum + chance * (1 - chance), 0);
    const defaults = defaulted.filter(Boolean).length;
    const hasBoth = defaults > 0 && defaults < group.rows.length;
    return {
      group: group.name,
      rows: group.rows.length,
      defaults,
      judged: isJudged(group, rows.logOdds.length),
      expectedRate: expected / group.rows.length,
      observedRate: wilsonInterval({ count: defaults, of: group.rows.length }),
      pValue: normalTail((defaults - expected) / Math.sqrt(variance)),
      auc: hasBoth ? measureRankPower(logOdds, defaulted).auc : null,
    };
  });
}
