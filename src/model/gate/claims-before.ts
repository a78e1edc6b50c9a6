// How many claims were spent on a block before these outcomes are asked. The error of a claim holds over all looks of one
// growing file; whoever leaves rows out and asks again has asked anew. So outcomes that do not continue those of the last
// verdict start with the next claim, which needs more evidence, and the errors of all files together stay below the whole.
import type { GateVerdict } from './gate-verdict.ts';

/** Corrections and erasures may take this share of all rows or defaults away, and two of them in any case. */
const SHARE_LOST_MAX = 0.01;
const COUNT_LOST_MAX = 2;

/** What has to be known of a file to see whether it continues another. */
export interface AskedOutcomes {
  readonly months: readonly { readonly month: string; readonly rows: number; readonly defaults: number }[];
  readonly groups: readonly string[] | null;
  readonly knowsLate: boolean;
}

export interface ClaimsBefore {
  readonly claimsBefore: number;
  /** Null: these outcomes continue those of the last verdict, or are the first. */
  readonly claimBreak: ClaimBreak | null;
}

/** `earlier`: verdicts registered about the same block, the newest first. */
export function countClaimsBefore(asked: AskedOutcomes, earlier: readonly GateVerdict[]): ClaimsBefore {
  // Without group labels nothing can open, so nothing was spent.
  const spending = earlier.filter(({ outcomes }) => outcomes.groups !== null);
  const newest = spending[0];
  if (newest === undefined) return { claimsBefore: 0, claimBreak: null };
  const claimBreak = findBreak(asked, newest);
  if (claimBreak === null) return { claimsBefore: newest.claimsBefore, claimBreak };
  const spent = spending.map(({ claimsBefore, looks }) => looks.at(-1)?.claim ?? claimsBefore);
  return { claimsBefore: Math.max(...spent), claimBreak };
}

/** With the words a person reads. */
export const CLAIM_BREAKS = {
  begins_elsewhere: 'they begin in another month',
  rows_are_gone: 'rows or defaults of its months are gone',
  groups_changed: 'a group of it is no longer there',
  lateness_changed: 'one of the two knows of late payments and the other does not',
} as const;
export type ClaimBreak = keyof typeof CLAIM_BREAKS;

/** Why these outcomes do not continue those of `verdict`; null where they do. */
export function findBreak(asked: AskedOutcomes, { outcomes, looks }: GateVerdict): ClaimBreak | null {
  if (asked.knowsLate !== outcomes.knowsLate) return 'lateness_changed';
  const groups = new Set(asked.groups ?? []);
  if (outcomes.groups?.some((name) => !groups.has(name))) return 'groups_changed';
  if (looks.length > 0 && asked.months[0]?.month !== looks[0]?.month) return 'begins_elsewhere';
  const now = new Map(asked.months.map((one) => [one.month, one]));
  const rows = looks.map((look) => [look.rows, now.get(look.month)?.rows ?? 0] as const);
  const defaults = looks.map((look) => [look.defaultsInMonth, now.get(look.month)?.defaults ?? 0] as const);
  return areKept(rows) && areKept(defaults) ? null : 'rows_are_gone';
}

/** Rows may come in late in any month: what one month gained makes up for nothing another lost. */
function areKept(counts: readonly (readonly [before: number, now: number])[]): boolean {
  const before = counts.reduce((sum, [count]) => sum + count, 0);
  const lost = counts.reduce((sum, [was, is]) => sum + Math.max(was - is, 0), 0);
  return lost <= Math.max(SHARE_LOST_MAX * before, COUNT_LOST_MAX);
}

/** As a verdict tells them. */
export function askedOf({ outcomes, looks }: GateVerdict): AskedOutcomes {
  return {
    months: looks.map(({ month, rows, defaultsInMonth }) => ({ month, rows, defaults: defaultsInMonth })),
    groups: outcomes.groups,
    knowsLate: outcomes.knowsLate,
  };
}
