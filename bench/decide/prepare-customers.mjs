// The customers of bench:decide, straight into the tables as ingest would have left them: payers of several kinds with six
// statements, an income, a live consent with a mood, and a limit far below what the policy would give. So every decision
// changes a limit. The same people, as plain rows, for the seed's way.

export const OPENING_LIMIT_MINOR = 100_000;

const STATEMENTS = [
  `insert into customers (customer_id, currency, declared_income_minor, created_at)
   select id, 'EUR', 300000 + (hash % 40) * 10000, now() - interval '400 days'
   from (select $1 || lpad(n::text, 7, '0') as id, n as hash from generate_series(1, $2::int) n) given`,
  `insert into credit_accounts (customer_id)
   select customer_id from customers where starts_with(customer_id, $1)`,
  `insert into statements (customer_id, closed_at, closed_by, balance_minor, minimum_due_minor, paid_minor,
     months_past_due, standing, limit_minor, content_hash, received_at)
   select customer_id, date_trunc('day', now()) - month * interval '30 days', 'lender', 40000 + declared_income_minor / 20, 1000,
     40000 + declared_income_minor / 20, 0, 'paid_in_full', 100000, 0, now()
   from customers, generate_series(0, 5) month where starts_with(customer_id, $1)`,
  `insert into emotional_states (customer_id, purpose, consented_from, landmark_day, readings, last_event_at,
     w_3, w2_3, valence_3, valence2_3, arousal_3, stress_w_3, stress_3,
     w_30, w2_30, valence_30, valence2_30, arousal_30, stress_w_30, stress_30)
   select customer_id, 'emotions', now() - interval '300 days',
     (extract(epoch from now()) / 86400)::int / 256 * 256, 40, now() - interval '1 hour',
     10, 10, 2, 1, 1, 10, 3, 40, 40, 8, 4, 4, 40, 12
   from customers where starts_with(customer_id, $1)`,
];

const SEED_TABLES = `
  create schema seed;
  create table seed.users (user_id text primary key, credit_limit bigint not null, updated_at timestamptz);
  create table seed.emotional_profiles (user_id text primary key references seed.users, valence float8, stress float8, risk float8);
  create table seed.decisions (decision_id bigint generated always as identity primary key,
    user_id text not null references seed.users, previous_limit bigint, credit_limit bigint, interest_rate float8,
    credit_type text, decided_at timestamptz);
  create table seed.notifications (notification_id bigint generated always as identity primary key,
    user_id text not null references seed.users, type text, payload jsonb, created_at timestamptz)`;

const SEED_ROWS = [
  "insert into seed.users (user_id, credit_limit) select $1 || lpad(n::text, 7, '0'), 100000 from generate_series(1, $2::int) n",
  'insert into seed.emotional_profiles select user_id, 0.2, 0.3, 0.1 from seed.users where starts_with(user_id, $1)',
];

/** Gives the customers' ids. Opening limits are stored decisions, as an import would bring them along. */
export async function prepareCustomers(product, pool, decider, { prefix, count }) {
  for (const text of STATEMENTS) await pool.query(text, text.includes('$2') ? [prefix, count] : [prefix]);
  const ids = Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(7, '0')}`);
  for (let from = 0; from < count; from += 5_000) {
    const rows = ids.slice(from, from + 5_000).map((customerId) => ({ customerId, limitMinor: OPENING_LIMIT_MINOR }));
    await product.inTransaction(pool, (tx) => decider.saveOpeningDecisions(tx, rows, 'bench'));
  }
  return ids;
}

export async function prepareSeed(pool, { prefix, count }) {
  await pool.query(SEED_TABLES);
  for (const text of SEED_ROWS) await pool.query(text, text.includes('$2') ? [prefix, count] : [prefix]);
}
