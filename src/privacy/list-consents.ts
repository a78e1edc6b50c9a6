// What a customer has said about consent, per purpose.
import type { Queryable } from '../db/index.ts';
import { CONSENT_PURPOSES, type ConsentPurpose } from '../events/customer-event.ts';

export interface ConsentView {
  readonly purpose: ConsentPurpose;
  readonly granted: boolean;
  /** Null where nothing was ever said: then nothing is granted. */
  readonly changedAt: string | null;
  readonly recordedAt: string | null;
  readonly recordedBy: string | null;
}

interface ConsentRow {
  readonly purpose: ConsentPurpose;
  readonly granted: boolean;
  readonly changed_at: Date;
  readonly recorded_at: Date;
  readonly recorded_by: string;
}

/** One view per purpose, in the order of CONSENT_PURPOSES. */
export async function listConsents(db: Queryable, customerId: string): Promise<ConsentView[]> {
  const { rows } = await db.query<ConsentRow>({
    name: 'privacy-list-consents',
    text: 'select purpose, granted, changed_at, recorded_at, recorded_by from consents where customer_id = $1',
    values: [customerId],
  });
  return CONSENT_PURPOSES.map((purpose) =>
    toView(
      purpose,
      rows.find((row) => row.purpose === purpose),
    ),
  );
}

function toView(purpose: ConsentPurpose, row: ConsentRow | undefined): ConsentView {
  if (row === undefined) return { purpose, granted: false, changedAt: null, recordedAt: null, recordedBy: null };
  return {
    purpose,
    granted: row.granted,
    changedAt: row.changed_at.toISOString(),
    recordedAt: row.recorded_at.toISOString(),
    recordedBy: row.recorded_by,
  };
}
