-- The first schema of ECS. Every table on the hot path has customer_id (or the partition) first in its key, so that a
-- distributed PostgreSQL can place it unchanged. Money is bigint minor units, times are timestamptz, ranges half-open.

-- What this installation decided once and for all; one row.
create table installation (
  one boolean primary key default true check (one),
  road text not null check (road in ('kafka', 'http')),
  partitions integer not null check (partitions between 1 and 1024),
  fingerprint_seed integer not null,
  demo boolean not null,
  created_at timestamptz not null
);

-- ---------------------------------------------------------------- ingest

-- The only authority on what was counted: moved by compare-and-set in the transaction that counts the batch.
create table ingest_offsets (
  consumer_group text not null,
  topic text not null,
  partition integer not null,
  next_offset bigint not null check (next_offset >= 0),
  owner_epoch bigint not null default 0,
  -- Events with an event time before this are refused: their fingerprints are gone. Only moves forward.
  fingerprints_from timestamptz not null default '-infinity',
  -- Events found here that belong to another partition: a producer with another partitioner, which `doctor` names.
  misplaced bigint not null default 0,
  updated_at timestamptz not null default now(),
  primary key (consumer_group, topic, partition)
);

-- 64-bit fingerprints of (source, id) of counted emotions and thoughts, 8 bytes each, one row per batch and hour.
create table event_fingerprints (
  topic text not null,
  partition integer not null,
  hour_at timestamptz not null,
  fingerprints_id uuid not null,
  fingerprints bytea not null check (octet_length(fingerprints) % 8 = 0),
  primary key (topic, partition, hour_at, fingerprints_id)
);

create table dead_letters (
  dead_letter_id uuid primary key,
  topic text not null,
  partition integer not null,
  record_offset bigint not null,
  consumer_group text not null,
  code text not null,
  field text not null,
  message text not null,
  customer_id text,
  event_source text,
  event_id text,
  -- Original bytes; null for emotions and thoughts, whose content may be unconsented.
  original bytea,
  headers jsonb,
  occurred_at timestamptz not null,
  retried_at timestamptz,
  -- The same record is quarantined once, however often its batch is tried.
  unique (consumer_group, topic, partition, record_offset)
);
create index dead_letters_newest on dead_letters (occurred_at desc, dead_letter_id desc);

-- Records on their way to a Kafka topic that are not a customer's story: dead letters, misplaced and retried events.
create table topic_outbox (
  topic_outbox_id bigint generated always as identity primary key,
  topic text not null,
  message_key text,
  message_value bytea not null,
  headers jsonb not null default '{}',
  created_at timestamptz not null default now()
);

-- ---------------------------------------------------------------- customers and money

create table customers (
  customer_id text primary key check (customer_id ~ '^[\x21-\x7e]{1,200}$'),
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  jurisdiction text check (jurisdiction ~ '^[A-Z]{2}$'),
  jurisdiction_at timestamptz,
  declared_income_minor bigint check (declared_income_minor >= 0),
  declared_income_at timestamptz,
  created_at timestamptz not null
);
create index customers_newest on customers (created_at desc, customer_id desc);

-- The one credit account of a customer; its row is the lock of everything that decides about the customer.
create table credit_accounts (
  customer_id text primary key references customers,
  -- C of the no-harm rule: the limit in force; null before the first decision.
  limit_minor bigint check (limit_minor >= 0),
  -- F of the no-harm rule: the limit without emotion that stood behind C.
  financial_limit_minor bigint check (financial_limit_minor >= 0),
  limit_changed_at timestamptz,
  -- When the finances alone last raised the limit, and when F last fell: mood must not use up a customer's turn.
  last_increase_at timestamptz,
  last_decrease_at timestamptz,
  decision_sequence bigint not null default 0,
  event_sequence bigint not null default 0,
  chain_link bytea,
  statements_by text not null default 'ecs' check (statements_by in ('ecs', 'lender')),
  -- Start of the statement period that is open (when ECS closes); null until the first transaction.
  open_period_at timestamptz,
  frozen_at timestamptz,
  frozen_by text,
  frozen_reason text,
  check ((limit_minor is null) = (financial_limit_minor is null)),
  check ((frozen_at is null) = (frozen_by is null) and (frozen_at is null) = (frozen_reason is null))
);
-- The closer looks for accounts whose open period has ended.
create index credit_accounts_open_period on credit_accounts (open_period_at) where statements_by = 'ecs';

create table transactions (
  customer_id text not null references customers,
  source text not null,
  transaction_id text not null,
  type text not null check (type in ('purchase', 'payment', 'refund', 'cash_advance', 'fee', 'interest', 'income')),
  amount_minor bigint not null check (amount_minor > 0),
  merchant_category text,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  -- 64 bits of the SHA-256 of the content: the same transaction with other content is refused.
  content_hash bigint not null,
  -- The statement it was posted to; null while it stands in the open one.
  statement_closed_at timestamptz,
  primary key (customer_id, source, transaction_id)
);
create index transactions_newest on transactions (customer_id, occurred_at desc, source, transaction_id);
create index transactions_open on transactions (customer_id, occurred_at) where statement_closed_at is null;

create table statements (
  customer_id text not null references customers,
  closed_at timestamptz not null,
  closed_by text not null check (closed_by in ('ecs', 'lender')),
  balance_minor bigint not null,
  minimum_due_minor bigint not null check (minimum_due_minor >= 0),
  paid_minor bigint not null check (paid_minor >= 0),
  months_past_due integer not null check (months_past_due >= 0),
  standing text not null check (standing in ('inactive', 'paid_in_full', 'revolving', 'past_due')),
  limit_minor bigint check (limit_minor >= 0),
  content_hash bigint not null,
  received_at timestamptz not null,
  primary key (customer_id, closed_at),
  check ((standing = 'past_due') = (months_past_due > 0))
);

-- ---------------------------------------------------------------- consent and emotional state

-- The latest word of the customer per purpose; a live consent is a row with granted = true.
create table consents (
  customer_id text not null references customers,
  purpose text not null check (purpose in ('emotions', 'thoughts')),
  granted boolean not null,
  changed_at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by text not null,
  primary key (customer_id, purpose)
);

-- Every word ever said about consent, for the proof of it.
create table consent_changes (
  customer_id text not null references customers,
  consent_change_id uuid not null,
  purpose text not null,
  granted boolean not null,
  changed_at timestamptz not null,
  recorded_at timestamptz not null,
  recorded_by text not null,
  primary key (customer_id, consent_change_id)
);

-- Forward-decayed sums of readings. A row exists exactly while consent for its purpose is live: ingest only UPDATEs.
-- Weight of a reading relative to the row's landmark day: confidence * 2^((time - landmark) / half-life).
create table emotional_states (
  customer_id text not null references customers,
  purpose text not null check (purpose in ('emotions', 'thoughts')),
  -- When the grant that made the row was said: what was felt before it never enters. Later grants do not move it.
  consented_from timestamptz not null,
  -- Days since 1970-01-01, a multiple of 256; moves forward when a newer period begins, scaling the sums.
  landmark_day integer not null,
  readings bigint not null default 0,
  last_event_at timestamptz,
  -- half-life 3 days
  w_3 double precision not null default 0,
  w2_3 double precision not null default 0,
  valence_3 double precision not null default 0,
  valence2_3 double precision not null default 0,
  arousal_3 double precision not null default 0,
  stress_w_3 double precision not null default 0,
  stress_3 double precision not null default 0,
  negative_3 double precision not null default 0,
  distressed_3 double precision not null default 0,
  -- half-life 30 days
  w_30 double precision not null default 0,
  w2_30 double precision not null default 0,
  valence_30 double precision not null default 0,
  valence2_30 double precision not null default 0,
  arousal_30 double precision not null default 0,
  stress_w_30 double precision not null default 0,
  stress_30 double precision not null default 0,
  negative_30 double precision not null default 0,
  distressed_30 double precision not null default 0,
  -- 3-day levels at the last decision; a change past the policy's threshold queues a new one.
  decided_valence_3 double precision,
  decided_stress_3 double precision,
  primary key (customer_id, purpose)
);

-- Plain daily sums for the pictures; built only from what the update of emotional_states returned.
create table emotion_days (
  customer_id text not null,
  purpose text not null,
  day date not null,
  readings integer not null,
  weight double precision not null,
  valence double precision not null,
  arousal double precision not null,
  stress_weight double precision not null,
  stress double precision not null,
  primary key (customer_id, purpose, day),
  foreign key (customer_id, purpose) references emotional_states on delete cascade
);

-- ---------------------------------------------------------------- models, policies, decisions

create table model_versions (
  model_version text primary key,
  artefact text not null,
  created_at timestamptz not null
);

create table model_aliases (
  alias text primary key check (alias in ('champion', 'challenger')),
  model_version text not null references model_versions
);

create table policy_versions (
  policy_version text primary key,
  pack text not null,
  document text not null,
  created_at timestamptz not null
);

create table decisions (
  customer_id text not null references customers,
  decision_id uuid not null,
  sequence bigint not null,
  decided_at timestamptz not null,
  trigger text not null check (trigger in ('api', 'statement', 'state_change', 'consent', 'profile', 'import', 'manual')),
  outcome text not null check (outcome in ('increase', 'decrease', 'keep', 'approve', 'decline', 'review')),
  currency text not null,
  previous_limit_minor bigint,
  limit_minor bigint not null,
  limit_without_emotion_minor bigint not null,
  -- Where the pack asks for assent or notice: the decided limit that waits; the limit in force stays.
  scheduled_limit_minor bigint,
  -- Of the half without emotion, as are rate and credit type.
  score integer,
  probability_of_default double precision,
  rate_bps integer,
  credit_type text,
  -- Codes that may stay after an erasure; those that follow from emotional data stand in decision_emotions.
  reasons text[] not null,
  requested_by text not null,
  model_version text,
  policy_version text,
  -- Canonical JSON of the inputs and the result of the half without emotion, and its SHA-256: what replay proves.
  record text not null,
  record_sha256 bytea not null,
  -- SHA-256 over the emotional half with its random nonce; null where no emotional data was used.
  emotion_sha256 bytea,
  -- sha256(previous link | record_sha256 | emotion_sha256): the customer's own chain, written under the account's lock.
  chain_link bytea not null,
  primary key (customer_id, decision_id),
  unique (customer_id, sequence)
);
create index decisions_newest on decisions (decided_at desc, decision_id desc);
-- A decision is asked for by its id alone, by replay and by the API.
create index decisions_by_id on decisions (decision_id);

-- The emotional half of a decision: its inputs, its nonce and its result. Erasable.
create table decision_emotions (
  customer_id text not null,
  decision_id uuid not null,
  record text not null,
  primary key (customer_id, decision_id),
  foreign key (customer_id, decision_id) references decisions
);

create table credit_limits (
  customer_id text not null references customers,
  decision_id uuid not null,
  limit_minor bigint not null check (limit_minor >= 0),
  financial_limit_minor bigint not null check (financial_limit_minor >= 0),
  state text not null check (state in ('scheduled', 'in_force', 'superseded')),
  valid_from timestamptz not null,
  valid_to timestamptz,
  primary key (customer_id, decision_id),
  foreign key (customer_id, decision_id) references decisions,
  check ((state = 'superseded') = (valid_to is not null))
);
-- At most one limit in force and one scheduled limit for a customer.
create unique index credit_limits_one_per_state on credit_limits (customer_id, state) where state <> 'superseded';

-- Customers to decide again. A change raises the version; the worker deletes only the version it read.
create table decision_queue (
  customer_id text primary key references customers,
  version bigint not null default 1,
  trigger text not null,
  attempts integer not null default 0,
  not_before timestamptz not null default now(),
  queued_at timestamptz not null default now(),
  last_error text
);
create index decision_queue_due on decision_queue (not_before);

-- While an import runs nothing is decided.
create table imports (
  import_id uuid primary key,
  -- Of the file and of how it is read: what has the same hash is the same import, and goes on where it was cut off.
  input_sha256 text not null,
  state text not null check (state in ('running', 'completed', 'abandoned')),
  customers integer not null,
  started_at timestamptz not null,
  ended_at timestamptz
);
create unique index imports_one_running on imports (state) where state = 'running';

-- ---------------------------------------------------------------- what goes out

-- One row per thing that happened to a customer, in the customer's own order: the outbox, the inbox and the stream.
create table outbox_events (
  customer_id text not null references customers,
  sequence bigint not null,
  event_id uuid not null,
  type text not null,
  data jsonb not null,
  occurred_at timestamptz not null,
  read_at timestamptz,
  primary key (customer_id, sequence)
);

create table webhooks (
  webhook_id uuid primary key,
  url text not null,
  -- Needed in clear to sign; shown once, never listed.
  secret text not null,
  previous_secret text,
  previous_secret_until timestamptz,
  event_types text[] not null,
  state text not null check (state in ('enabled', 'disabled', 'deleted')),
  created_at timestamptz not null,
  created_by text not null
);

-- One row per event and destination ('kafka' or 'webhook:<id>'); a relay claims only the head of a customer's line.
create table deliveries (
  destination text not null,
  customer_id text not null,
  sequence bigint not null,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
  attempts integer not null default 0,
  -- When it entered the line; anew at a redelivery.
  queued_at timestamptz not null default now(),
  next_attempt_at timestamptz not null default now(),
  -- Names one claim, not one relay: a relay whose claim ran out can save nothing.
  claimed_by text,
  claimed_until timestamptz,
  last_error text,
  delivered_at timestamptz,
  primary key (destination, customer_id, sequence),
  foreign key (customer_id, sequence) references outbox_events,
  check ((claimed_by is null) = (claimed_until is null)),
  -- Holding the claim is enough to save the results.
  check (claimed_by is null or state = 'pending')
);
create index deliveries_pending on deliveries (destination, next_attempt_at, customer_id, sequence) where state = 'pending';
-- Finds the head of a customer's line without walking over what was delivered.
create index deliveries_line on deliveries (destination, customer_id, sequence) where state = 'pending';
create index deliveries_dead on deliveries (destination, customer_id, sequence) where state = 'dead';

-- ---------------------------------------------------------------- access

create table api_keys (
  key_id text primary key,
  name text not null,
  secret_sha256 bytea not null,
  scopes text[] not null,
  -- A customer's token reaches that customer only; null for the lender's own keys.
  customer_id text,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  rotated_to text references api_keys
);

create table idempotency_keys (
  owner text not null,
  route text not null,
  idempotency_key text not null,
  request_sha256 bytea not null,
  status integer,
  -- The body as it was sent, so that a replay gives the same bytes.
  response text,
  created_at timestamptz not null,
  primary key (owner, route, idempotency_key)
);
create index idempotency_keys_oldest on idempotency_keys (created_at);
