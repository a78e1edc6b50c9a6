// Rows of customers and money, read and written straight, for tests of what the rooms make of them.
import type pg from 'pg';

export async function addCustomer(
  pool: pg.Pool,
  customerId: string,
  fields: { readonly currency?: string; readonly limitMinor?: number; readonly openPeriodAt?: string } = {},
): Promise<void> {
  const { currency = 'EUR', limitMinor = null, openPeriodAt = null } = fields;
  await pool.query(`insert into customers (customer_id, currency, created_at) values ($1, $2, '2026-01-01T00:00Z')`, [
    customerId,
    currency,
  ]);
  await pool.query(
    `insert into credit_accounts (customer_id, limit_minor, financial_limit_minor, open_period_at) values ($1, $2, $2, $3)`,
    [customerId, limitMinor, openPeriodAt],
  );
}

/** A limit in force over an interval; its decision is an empty one. */
export async function addLimit(
  pool: pg.Pool,
  customerId: string,
  limitMinor: number,
  from: string,
  to: string | null = null,
): Promise<void> {
  const decision = await pool.query<{ decision_id: string }>(
    `insert into decisions (customer_id, decision_id, sequence, decided_at, trigger, outcome, currency, limit_minor,
       limit_without_emotion_minor, reasons, requested_by, record, record_sha256, chain_link)
     values ($1, gen_random_uuid(), (select count(*) from decisions where customer_id = $1) + 1, $2, 'manual', 'keep', 'EUR', $3,
       $3, '{}', 'test', '{}', '', '')
     returning decision_id`,
    [customerId, from, limitMinor],
  );
  await pool.query(
    `insert into credit_limits (customer_id, decision_id, limit_minor, financial_limit_minor, state, valid_from, valid_to)
     values ($1, $2, $3, $3, $4, $5, $6)`,
    [customerId, decision.rows[0]?.decision_id, limitMinor, to === null ? 'in_force' : 'superseded', from, to],
  );
}

export interface QueuedRow {
  readonly customer_id: string;
  readonly trigger: string;
}

export async function loadQueued(pool: pg.Pool): Promise<QueuedRow[]> {
  const { rows } = await pool.query<QueuedRow>('select customer_id, trigger from decision_queue order by customer_id');
  return rows;
}
