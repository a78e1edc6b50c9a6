// Who would be approved if the best so many per cent were: the share of each group over that of the most favoured one
// (adverse impact ratio), and who is refused or approved wrongly.
import { normalTail } from '../../lib/statistics/chance.ts';
import type { Interval } from '../../lib/statistics/interval.ts';
import { ratioInterval, type Share, wilsonInterval } from '../../lib/statistics/proportion-interval.ts';
import { type AuditRows, type Group, isJudged } from './group-rows.ts';

export interface ApprovalLine {
  /** Share of all rows that is to be approved. */
  readonly cutoff: number;
  readonly group: string;
  readonly rows: number;
  readonly approved: Interval;
  /** The most favoured group at this cut-off: the others are held against it. */
  readonly isReference: boolean;
  /** Null for the reference and for groups too small to judge. */
  readonly ratio: Interval | null;
  /** That so different shares are chance; null where there is no ratio. */
  readonly pValue: number | null;
  /** Of those who did not default. */
  readonly goodsRefused: Interval | null;
  /** Of those who defaulted. */
  readonly badsApproved: Interval | null;
}

/** The highest log-odds that is approved if this share of the rows is. Ties are approved together. */
export function findThreshold(logOdds: readonly number[], cutoff: number): number {
  const sorted = Float64Array.from(logOdds).sort();
  return sorted[Math.max(Math.ceil(cutoff * sorted.length) - 1, 0)] ?? Number.NaN;
}

export function listApprovals(rows: AuditRows, groups: readonly Group[], cutoff: number): ApprovalLine[] {
  const threshold = findThreshold(rows.logOdds, cutoff);
  const isApproved = (row: number) => (rows.logOdds[row] ?? Number.NaN) <= threshold;
  const isBad = (row: number) => rows.defaulted[row] === true;
  const counted = groups.map((group) => ({ group, share: shareOf(group.rows, isApproved) }));
  const judged = counted.filter(({ group }) => isJudged(group, rows.logOdds.length));
  const reference = judged.toSorted((one, other) => rateOf(other.share) - rateOf(one.share))[0];
  return counted.map(({ group, share }) => {
    const isReference = group === reference?.group;
    const isCompared = reference !== undefined && !isReference && isJudged(group, rows.logOdds.length);
    return {
      cutoff,
      group: group.name,
      rows: group.rows.length,
      approved: wilsonInterval(share),
      isReference,
      ratio: isCompared ? ratioInterval(share, reference.share) : null,
      pValue: isCompared ? compareShares(share, reference.share) : null,
      goodsRefused: intervalOf(
        group.rows.filter((row) => !isBad(row)),
        (row) => !isApproved(row),
      ),
      badsApproved: intervalOf(group.rows.filter(isBad), isApproved),
    };
  });
}

function shareOf(rows: readonly number[], holds: (row: number) => boolean): Share {
  return { count: rows.filter(holds).length, of: rows.length };
}

function intervalOf(rows: readonly number[], holds: (row: number) => boolean): Interval | null {
  return rows.length === 0 ? null : wilsonInterval(shareOf(rows, holds));
}

function rateOf({ count, of }: Share): number {
  return count / of;
}

/** Two-sided test of two shares with their common one. */
function compareShares(one: Share, other: Share): number {
  const common = (one.count + other.count) / (one.of + other.of);
  const error = Math.sqrt(common * (1 - common) * (1 / one.of + 1 / other.of));
  return error === 0 ? 1 : normalTail((rateOf(one) - rateOf(other)) / error);
}
