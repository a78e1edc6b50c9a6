// A customer's emotional state as it is shown: consent, readings and levels per purpose.
import type { Queryable } from '../db/index.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../events/customer-event.ts';
import { stateLevelsOf } from './emotion-features-of.ts';
import type { Levels } from './emotion-levels.ts';
import { STATE_COLUMNS, type StateRow, toStoredState } from './stored-state-row.ts';

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
  db: Queryable,
  customerId: string,
  nowMs: number,
): Promise<EmotionalStateView[]> {
  const rows = await loadConsentsWithStates(db, customerId);
  return CONSENT_PURPOSES.map((purpose) => {
    const row = rows.find((candidate) => candidate.purpose === purpose);
    const consent = row === undefined ? null : { granted: row.granted, changedAt: row.changed_at.toISOString() };
    const silent = { purpose, consent, readings: 0, lastEventAt: null, recent: null, longTerm: null };
    return row === undefined || row.readings === null ? silent : { ...silent, ...toLevels(row, nowMs) };
  });
}

type ConsentRow = { readonly purpose: ConsentPurpose; readonly granted: boolean; readonly changed_at: Date };
/** Without a live consent there is no state. */
type ConsentStateRow = ConsentRow & (StateRow | { readonly readings: null });

async function loadConsentsWithStates(db: Queryable, customerId: string): Promise<ConsentStateRow[]> {
  const { rows } = await db.query<ConsentStateRow>({
    name: 'load-emotional-state',
    text: `
      select c.purpose, c.granted, c.changed_at, ${STATE_COLUMNS}
      from consents c left join emotional_states s on s.customer_id = c.customer_id and s.purpose = c.purpose
      where c.customer_id = $1`,
    values: [customerId],
  });
  return rows;
}

function toLevels(row: ConsentRow & StateRow, nowMs: number) {
  const levels = stateLevelsOf(toStoredState(row), nowMs);
  return {
    readings: row.readings,
    lastEventAt: row.last_event_at?.toISOString() ?? null,
    recent: toEmotionLevels(row.purpose, levels?.recent ?? null),
    longTerm: toEmotionLevels(row.purpose, levels?.longTerm ?? null),
  };
}

function toEmotionLevels(purpose: ConsentPurpose, levels: Levels | null): EmotionLevels | null {
  if (levels === null) return null;
  return purpose === 'thoughts' ? { ...levels, arousal: null } : levels;
}
