// A customer's emotional state as it is shown: consent, readings and levels per purpose.
import type { Queryable } from '../db/index.ts';
import type { ConsentPurpose } from '../events/customer-event.ts';

export interface EmotionLevels {
  readonly valence: number;
  /** Null for thoughts, which carry none. */
  readonly arousal: number | null;
  readonly stress: number | null;
  readonly valenceVariability: number | null;
  /** Share of the weight that was negative, and that was distressed, in [0, 1]. */
  readonly negativeShare: number;
  readonly distressedShare: number;
  readonly effectiveSamples: number;
}

export interface EmotionalStateView {
  readonly purpose: ConsentPurpose;
  readonly consent: { readonly granted: boolean; readonly changedAt: string } | null;
  readonly readings: number;
  readonly lastEventAt: string | null;
  /** Half-life 3 days; null when there is nothing recent. */
  readonly recent: EmotionLevels | null;
  /** Half-life 30 days; null when there is no reading. */
  readonly longTerm: EmotionLevels | null;
}

/** One view per purpose, in the order of CONSENT_PURPOSES. */
export async function loadEmotionalState(
  _db: Queryable,
  _customerId: string,
  _nowMs: number,
): Promise<EmotionalStateView[]> {
  throw new Error('being written');
}
