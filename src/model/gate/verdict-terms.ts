// What a decision has to know of a verdict: which block it is about, what it says, and for how long.
import type { GateVerdict } from './gate-verdict.ts';

export interface VerdictTerms {
  readonly verdictSha256: string;
  readonly state: GateVerdict['state'];
  readonly blockSha256: string;
  readonly validUntil: string | null;
}

/** Does the verdict let this very block act at this instant? Without a verdict nothing does. */
export function permitsEmotion(terms: VerdictTerms | null, blockSha256: string, nowMs: number): boolean {
  if (terms === null || terms.state !== 'open' || terms.validUntil === null) return false;
  return terms.blockSha256 === blockSha256 && nowMs < Date.parse(terms.validUntil);
}
