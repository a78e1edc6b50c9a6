// What a person should make of a measurement; `too_few` is no good news, but none at all.
export const VERDICTS = ['too_few', 'stable', 'watch', 'act'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The gravest of them; `too_few` only where there is nothing else. */
export function worstOf(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS.toReversed().find((verdict) => verdicts.includes(verdict)) ?? 'too_few';
}
