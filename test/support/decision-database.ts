// Customers in a real database for tests of what decides about them, straight into the tables: what ingest would have
// left there. Risk follows from the statements, as in life; the model is the shipped one.
import type pg from 'pg';
import { createDecider, type Decider, registerVersions } from '../../src/decision/index.ts';
import { DAY_MS } from '../../src/lib/clock.ts';
import { makeId } from '../../src/lib/ids.ts';
import { createLog } from '../../src/lib/log.ts';
import { hashEmotionBlock, type LoadedScorecard, loadScorecard, shippedScorecardPath } from '../../src/model/index.ts';
import { loadPolicies, type Policies } from '../../src/policy/index.ts';
import { fixedModelSource } from './fixed-model-source.ts';
import { saveOpenVerdict } from './open-verdict.ts';
import { NOW_MS } from './policy-facts.ts';

export const silentLog = createLog('silent');

export interface TestDecider {
  readonly decider: Decider;
  readonly model: LoadedScorecard;
  readonly policies: Policies;
  /** The decider's clock, to be moved by the test. */
  readonly time: { nowMs: number };
}

/** Its evidence gate is open. */
export async function makeDecider(pool: pg.Pool): Promise<TestDecider> {
  const model = await loadScorecard(shippedScorecardPath());
  const policies = await loadPolicies();
  await registerVersions(pool, model, policies, NOW_MS);
  await saveOpenVerdict(pool, hashEmotionBlock(model.compiled.emotionBlock));
  const time = { nowMs: NOW_MS };
  let nonces = 0;
  const decider = createDecider({
    pool,
    models: fixedModelSource(model),
    policies,
    clock: () => time.nowMs,
    makeId,
    makeNonce: () => {
      nonces += 1;
      return nonces.toString(16).padStart(64, '0');
    },
    kafkaDestination: true,
    log: silentLog,
  });
  return { decider, model, policies, time };
}

export interface TestCustomer {
  readonly customerId: string;
  readonly jurisdiction?: string | null;
  readonly declaredIncomeMinor?: number | null;
  /** C and F; null before the first limit. */
  readonly limitMinor?: number | null;
  /** `good`: six statements paid in full; `late`: two months behind; `none`: no statement. */
  readonly payer?: 'good' | 'late' | 'none';
}

const MONTH_MS = 30 * DAY_MS;

export async function saveCustomers(db: pg.Pool | pg.PoolClient, customers: readonly TestCustomer[]): Promise<void> {
  const ids = customers.map((customer) => customer.customerId);
  const past = new Date(NOW_MS - 400 * DAY_MS);
  await db.query(
    `insert into customers (customer_id, currency, jurisdiction, declared_income_minor, created_at)
     select id, 'EUR', jurisdiction, income, $4 from unnest($1::text[], $2::text[], $3::int8[]) as given (id, jurisdiction, income)`,
    [
      ids,
      customers.map((customer) => customer.jurisdiction ?? null),
      customers.map(({ declaredIncomeMinor = 300_000 }) => declaredIncomeMinor),
      past,
    ],
  );
  await db.query('insert into credit_accounts (customer_id) select unnest($1::text[])', [ids]);
  for (const payer of ['good', 'late'] as const) {
    await saveStatements(
      db,
      customers.filter((customer) => (customer.payer ?? 'good') === payer).map((customer) => customer.customerId),
      payer,
    );
  }
}

/** Oldest first: balance, paid since the statement before, months past due. */
const HISTORIES = {
  good: [0, 1, 2, 3, 4, 5].map(() => [60_000, 60_000, 0] as const),
  late: [0, 1, 2, 3, 4, 5].map(
    (month) => [150_000 + month * 8_000, month < 3 ? 5_000 : 0, Math.max(0, month - 3)] as const,
  ),
};

export async function saveStatements(
  db: pg.Pool | pg.PoolClient,
  customerIds: readonly string[],
  payer: 'good' | 'late',
  latestMs = NOW_MS - DAY_MS,
): Promise<void> {
  for (const [index, [balance, paid, pastDue]] of HISTORIES[payer].entries()) {
    await db.query(
      `insert into statements (customer_id, closed_at, closed_by, balance_minor, minimum_due_minor, paid_minor,
         months_past_due, standing, limit_minor, content_hash, received_at)
       select id, $2, 'lender', $3, 1000, $4, $5, $6, 200000, 0, $2 from unnest($1::text[]) as id
       on conflict (customer_id, closed_at) do nothing`,
      [
        customerIds,
        new Date(latestMs - (5 - index) * MONTH_MS),
        balance,
        paid,
        pastDue,
        pastDue > 0 ? 'past_due' : 'paid_in_full',
      ],
    );
  }
}

/** A live consent with a state behind it: eight effective readings at half-life 3, forty at 30. */
export async function saveEmotions(
  db: pg.Pool | pg.PoolClient,
  customerIds: readonly string[],
  mood: { readonly valence: number; readonly stress: number },
  purpose: 'emotions' | 'thoughts' = 'emotions',
): Promise<void> {
  await db.query(
    `insert into emotional_states (customer_id, purpose, consented_from, landmark_day, readings, last_event_at,
       w_3, w2_3, valence_3, valence2_3, stress_w_3, stress_3,
       w_30, w2_30, valence_30, valence2_30, stress_w_30, stress_30)
     select id, $2, $6, 20480, 40, $3,
       10, 10, 10 * $4::float8, 10 * $4::float8 * $4::float8, 10, 10 * $5::float8,
       40, 40, 40 * $4::float8, 40 * $4::float8 * $4::float8, 40, 40 * $5::float8
     from unnest($1::text[]) as id`,
    [customerIds, purpose, new Date(NOW_MS - 3_600_000), mood.valence, mood.stress, new Date(NOW_MS - 300 * DAY_MS)],
  );
}

export async function one<Row extends object>(
  db: pg.Pool | pg.PoolClient,
  sql: string,
  values: unknown[] = [],
): Promise<Row> {
  const { rows } = await db.query<Row>(sql, values);
  if (rows[0] === undefined) throw new Error('no row');
  return rows[0];
}
