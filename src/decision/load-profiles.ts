// The profile facts a decision looks at. Read after the accounts are locked: what committed while we waited counts.
import type { Queryable } from '../db/index.ts';

export interface Profile {
  readonly currency: string;
  readonly jurisdiction: string | null;
  readonly declaredIncomeMinor: number | null;
}

interface ProfileRow {
  readonly customer_id: string;
  readonly currency: string;
  readonly jurisdiction: string | null;
  readonly declared_income_minor: number | null;
}

export async function loadProfiles(db: Queryable, customerIds: readonly string[]): Promise<Map<string, Profile>> {
  const { rows } = await db.query<ProfileRow>({
    name: 'decision-load-profiles',
    text: `
      select customer_id, currency, jurisdiction, declared_income_minor
      from customers where customer_id = any($1::text[])`,
    values: [customerIds],
  });
  return new Map(
    rows.map((row) => [
      row.customer_id,
      { currency: row.currency, jurisdiction: row.jurisdiction, declaredIncomeMinor: row.declared_income_minor },
    ]),
  );
}
