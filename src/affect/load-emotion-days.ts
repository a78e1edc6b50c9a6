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
  db: Queryable,
  customerId: string,
  purpose: ConsentPurpose,
  days: number,
): Promise<EmotionDay[]> {
  const { rows } = await db.query<EmotionDay>({
    name: 'load-emotion-days',
    text: `
      select day, readings, valence / weight as valence,
        case when purpose = 'thoughts' then null else arousal / weight end as arousal,
        stress / nullif(stress_weight, 0) as stress
      from (
        select * from emotion_days where customer_id = $1 and purpose = $2 order by day desc limit $3
      ) newest
      order by day`,
    values: [customerId, purpose, days],
  });
  return rows.map(({ day, readings, valence, arousal, stress }) => ({ day, readings, valence, arousal, stress }));
}
