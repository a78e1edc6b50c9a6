// Daily means of a customer's readings, for the pictures.
import type { Queryable } from '../db/index.ts';
import type { ConsentPurpose } from '../events/customer-event.ts';

export interface EmotionDay {
  /** `2026-11-22`, UTC. */
  readonly day: string;
  readonly readings: number;
  readonly valence: number;
  /** Null for thoughts, which carry none. */
  readonly arousal: number | null;
  readonly stress: number | null;
}

/** The newest `days` days that have readings, oldest first. */
export async function loadEmotionDays(
  _db: Queryable,
  _customerId: string,
  _purpose: ConsentPurpose,
  _days: number,
): Promise<EmotionDay[]> {
  throw new Error('being written');
}
