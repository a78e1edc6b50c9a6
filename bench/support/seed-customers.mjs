// Customers as they are some months on: with an account, a limit, live consents and a mood that was decided about. Made
// by set-based SQL, since a million of them is wanted too.

/** `customer-0000001` and so on; the bench's own customers, in the order of their ranks. */
export function customerIdOf(rank) {
  return `customer-${String(rank).padStart(7, '0')}`;
}

/** The mood around which a customer's readings lie, and which the last decision saw. */
export function moodOf(rank) {
  return { valence: ((rank * 37) % 100) / 100 - 0.4, stress: ((rank * 61) % 60) / 100 + 0.1 };
}

const LIMIT_MINOR = 500_000;

/** So many at once that no statement comes near the server's time limit, on a busy machine either. */
const PORTION = 100_000;

/** Customers of the ranks from `first` to `last`. */
export async function seedCustomers(pool, first, last) {
  for (let from = first; from <= last; from += PORTION) {
    await seedPortion(pool, from, Math.min(last, from + PORTION - 1));
  }
  await pool.query('analyze customers, credit_accounts, emotional_states');
}

async function seedPortion(pool, first, last) {
  const ids = `select 'customer-' || lpad(rank::text, 7, '0') as customer_id, rank from generate_series($1::int, $2::int) rank`;
  await pool.query(
    `insert into customers (customer_id, currency, created_at) select customer_id, 'EUR', now() - interval '1 year' from (${ids}) g`,
    [first, last],
  );
  await pool.query(
    `insert into credit_accounts (customer_id, limit_minor, financial_limit_minor, limit_changed_at, open_period_at)
     select customer_id, ${LIMIT_MINOR}, ${LIMIT_MINOR}, now(), date_trunc('month', now() - interval '60 days') from (${ids}) g`,
    [first, last],
  );
  await pool.query(
    `insert into consents (customer_id, purpose, granted, changed_at, recorded_at, recorded_by)
     select customer_id, 'emotions', true, now() - interval '1 year', now(), 'bench' from (${ids}) g`,
    [first, last],
  );
  await pool.query(
    `insert into emotional_states (customer_id, purpose, consented_from, landmark_day, decided_valence_3, decided_stress_3)
     select customer_id, 'emotions', now() - interval '1 year', 0,
       ((rank::bigint * 37) % 100) / 100.0 - 0.4, ((rank::bigint * 61) % 60) / 100.0 + 0.1
     from (${ids}) g`,
    [first, last],
  );
}
