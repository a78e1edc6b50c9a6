// Feelings never take away. The one formula that joins the limit decided without emotion (L0) and the one decided with
// it (L1) to the limit in force (C) and the limit without emotion behind it (F). It falls only as far as the finances
// fell, and while they have not fallen it does not fall at all.

export interface LimitPair {
  /** C; null for a new account. */
  readonly limitMinor: number | null;
  /** F. */
  readonly financialLimitMinor: number | null;
}

/** `approved` is the word of the half without emotion; a refused new account stays without a limit. */
export function combineLimits(before: LimitPair, approved: boolean, l0: number, l1: number): LimitPair {
  const { limitMinor: c, financialLimitMinor: f } = before;
  if (c === null || f === null) {
    return approved
      ? { limitMinor: Math.max(l0, l1), financialLimitMinor: l0 }
      : { limitMinor: null, financialLimitMinor: null };
  }
  const floor = Math.max(Math.min(c, l0), c - Math.max(0, f - l0));
  const limitMinor = Math.max(l1, floor);
  return { limitMinor, financialLimitMinor: limitMinor > c ? l0 : Math.min(f, l0) };
}
