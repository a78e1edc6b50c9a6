// The baseline: what the first sketch of this system does with an event. Parse, validate with zod, one INSERT, one UPDATE,
// each awaited and each a transaction of its own, on its own plain tables. A copy is counted twice.

export async function createSeedTables(pool, customers) {
  await pool.query(`
    create table seed_emotions (
      source text, event_id text, customer_id text not null, occurred_at timestamptz not null,
      valence float8, arousal float8, stress float8, confidence float8 not null,
      primary key (source, event_id))`);
  await pool.query(`
    create table seed_states (
      customer_id text primary key, readings bigint not null default 0, weight float8 not null default 0,
      valence float8 not null default 0, arousal float8 not null default 0, stress float8 not null default 0,
      last_event_at timestamptz)`);
  await pool.query(`
    create table seed_transactions (
      source text, event_id text, customer_id text not null, type text not null, amount_minor bigint not null,
      currency text not null, merchant_category text, occurred_at timestamptz not null,
      primary key (source, event_id))`);
  await pool.query(
    'create table seed_accounts (customer_id text primary key, balance_minor bigint not null default 0)',
  );
  for (const table of ['seed_states', 'seed_accounts']) {
    await pool.query(
      `insert into ${table} (customer_id) select 'customer-' || lpad(rank::text, 7, '0') from generate_series(1, $1::int) rank`,
      [customers],
    );
  }
}

export async function countEmotion(client, schema, bytes) {
  const { id, source, subject, time, data } = schema.parse(JSON.parse(bytes.toString()));
  const { valence = 0, arousal = 0, stress = 0, confidence } = data;
  await client.query(
    `insert into seed_emotions (source, event_id, customer_id, occurred_at, valence, arousal, stress, confidence)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [source, id, subject, time, valence, arousal, stress, confidence],
  );
  await client.query(
    `update seed_states set readings = readings + 1, weight = weight + $2, valence = valence + $3, arousal = arousal + $4,
       stress = stress + $5, last_event_at = greatest(last_event_at, $6) where customer_id = $1`,
    [subject, confidence, valence * confidence, arousal * confidence, stress * confidence, time],
  );
}

export async function countTransaction(client, schema, bytes) {
  const { id, source, subject, time, data } = schema.parse(JSON.parse(bytes.toString()));
  const { type, amountMinor, currency, merchantCategory = null } = data;
  await client.query(
    `insert into seed_transactions (source, event_id, customer_id, type, amount_minor, currency, merchant_category, occurred_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [source, id, subject, type, amountMinor, currency, merchantCategory, time],
  );
  const change = type === 'purchase' ? amountMinor : -amountMinor;
  await client.query('update seed_accounts set balance_minor = balance_minor + $2 where customer_id = $1', [
    subject,
    change,
  ]);
}
