-- The schema after all migrations, for reading and for review. Written by `npm run db:dump`; do not edit.

CREATE OR REPLACE FUNCTION public.refuse_change_of_history()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the history of models is only added to';
end
$function$;

create table api_keys (
  key_id text not null,
  name text not null,
  secret_sha256 bytea not null,
  scopes text[] not null,
  customer_id text,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  rotated_to text,
  made_by text,
  constraint api_keys_pkey PRIMARY KEY (key_id),
  constraint api_keys_made_by_fkey FOREIGN KEY (made_by) REFERENCES api_keys(key_id),
  constraint api_keys_rotated_to_fkey FOREIGN KEY (rotated_to) REFERENCES api_keys(key_id)
);

create table consent_changes (
  customer_id text not null,
  consent_change_id uuid not null,
  purpose text not null,
  granted boolean not null,
  changed_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  constraint consent_changes_pkey PRIMARY KEY (customer_id, consent_change_id),
  constraint consent_changes_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id)
);

create table consents (
  customer_id text not null,
  purpose text not null,
  granted boolean not null,
  changed_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  constraint consents_pkey PRIMARY KEY (customer_id, purpose),
  constraint consents_purpose_check CHECK ((purpose = ANY (ARRAY['emotions'::text, 'thoughts'::text]))),
  constraint consents_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id)
);

create table credit_accounts (
  customer_id text not null,
  limit_minor bigint,
  financial_limit_minor bigint,
  limit_changed_at timestamp with time zone,
  last_increase_at timestamp with time zone,
  last_decrease_at timestamp with time zone,
  decision_sequence bigint not null default 0,
  event_sequence bigint not null default 0,
  chain_link bytea,
  statements_by text not null default 'ecs'::text,
  open_period_at timestamp with time zone,
  frozen_at timestamp with time zone,
  frozen_by text,
  frozen_reason text,
  unposted_from_at timestamp with time zone,
  constraint credit_accounts_pkey PRIMARY KEY (customer_id),
  constraint credit_accounts_check CHECK (((limit_minor IS NULL) = (financial_limit_minor IS NULL))),
  constraint credit_accounts_check1 CHECK ((((frozen_at IS NULL) = (frozen_by IS NULL)) AND ((frozen_at IS NULL) = (frozen_reason IS NULL)))),
  constraint credit_accounts_financial_limit_minor_check CHECK ((financial_limit_minor >= 0)),
  constraint credit_accounts_limit_minor_check CHECK ((limit_minor >= 0)),
  constraint credit_accounts_statements_by_check CHECK ((statements_by = ANY (ARRAY['ecs'::text, 'lender'::text]))),
  constraint credit_accounts_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id)
);
CREATE INDEX credit_accounts_open_period ON public.credit_accounts USING btree (open_period_at) WHERE (statements_by = 'ecs'::text);

create table credit_limits (
  customer_id text not null,
  decision_id uuid not null,
  limit_minor bigint not null,
  financial_limit_minor bigint not null,
  state text not null,
  valid_from timestamp with time zone not null,
  valid_to timestamp with time zone,
  constraint credit_limits_pkey PRIMARY KEY (customer_id, decision_id),
  constraint credit_limits_check CHECK (((state = 'superseded'::text) = (valid_to IS NOT NULL))),
  constraint credit_limits_financial_limit_minor_check CHECK ((financial_limit_minor >= 0)),
  constraint credit_limits_limit_minor_check CHECK ((limit_minor >= 0)),
  constraint credit_limits_state_check CHECK ((state = ANY (ARRAY['scheduled'::text, 'in_force'::text, 'superseded'::text]))),
  constraint credit_limits_customer_id_decision_id_fkey FOREIGN KEY (customer_id, decision_id) REFERENCES decisions(customer_id, decision_id)
);
CREATE UNIQUE INDEX credit_limits_one_per_state ON public.credit_limits USING btree (customer_id, state) WHERE (state <> 'superseded'::text);

create table customers (
  customer_id text not null,
  currency text not null,
  jurisdiction text,
  jurisdiction_at timestamp with time zone,
  declared_income_minor bigint,
  declared_income_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint customers_pkey PRIMARY KEY (customer_id),
  constraint customers_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint customers_customer_id_check CHECK ((customer_id ~ '^[\x21-\x7e]{1,200}$'::text)),
  constraint customers_declared_income_minor_check CHECK ((declared_income_minor >= 0)),
  constraint customers_jurisdiction_check CHECK ((jurisdiction ~ '^[A-Z]{2}$'::text))
);
CREATE INDEX customers_newest ON public.customers USING btree (created_at DESC, customer_id DESC);

create table dead_letters (
  dead_letter_id uuid not null,
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
  original bytea,
  headers jsonb,
  occurred_at timestamp with time zone not null,
  retried_at timestamp with time zone,
  constraint dead_letters_pkey PRIMARY KEY (dead_letter_id),
  constraint dead_letters_consumer_group_topic_partition_record_offset_key UNIQUE (consumer_group, topic, partition, record_offset)
);
CREATE INDEX dead_letters_newest ON public.dead_letters USING btree (occurred_at DESC, dead_letter_id DESC);

create table decision_emotions (
  customer_id text not null,
  decision_id uuid not null,
  record text not null,
  constraint decision_emotions_pkey PRIMARY KEY (customer_id, decision_id),
  constraint decision_emotions_customer_id_decision_id_fkey FOREIGN KEY (customer_id, decision_id) REFERENCES decisions(customer_id, decision_id)
);

create table decision_queue (
  customer_id text not null,
  version bigint not null default 1,
  trigger text not null,
  attempts integer not null default 0,
  not_before timestamp with time zone not null default now(),
  queued_at timestamp with time zone not null default now(),
  last_error text,
  constraint decision_queue_pkey PRIMARY KEY (customer_id),
  constraint decision_queue_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id)
);
CREATE INDEX decision_queue_due ON public.decision_queue USING btree (not_before);

create table decisions (
  customer_id text not null,
  decision_id uuid not null,
  sequence bigint not null,
  decided_at timestamp with time zone not null,
  trigger text not null,
  outcome text not null,
  currency text not null,
  previous_limit_minor bigint,
  limit_minor bigint not null,
  limit_without_emotion_minor bigint not null,
  scheduled_limit_minor bigint,
  score integer,
  probability_of_default double precision,
  rate_bps integer,
  credit_type text,
  reasons text[] not null,
  requested_by text not null,
  model_version text,
  policy_version text,
  record text not null,
  record_sha256 bytea not null,
  emotion_sha256 bytea,
  chain_link bytea not null,
  constraint decisions_pkey PRIMARY KEY (customer_id, decision_id),
  constraint decisions_customer_id_sequence_key UNIQUE (customer_id, sequence),
  constraint decisions_outcome_check CHECK ((outcome = ANY (ARRAY['increase'::text, 'decrease'::text, 'keep'::text, 'approve'::text, 'decline'::text, 'review'::text]))),
  constraint decisions_trigger_check CHECK ((trigger = ANY (ARRAY['api'::text, 'statement'::text, 'state_change'::text, 'consent'::text, 'profile'::text, 'import'::text, 'manual'::text]))),
  constraint decisions_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id)
) with (toast_tuple_target=4080);
CREATE INDEX decisions_by_id ON public.decisions USING btree (decision_id);
CREATE INDEX decisions_newest ON public.decisions USING btree (decided_at DESC, decision_id DESC);

create table deliveries (
  destination text not null,
  customer_id text not null,
  sequence bigint not null,
  state text not null default 'pending'::text,
  attempts integer not null default 0,
  queued_at timestamp with time zone not null default now(),
  next_attempt_at timestamp with time zone not null default now(),
  claimed_by text,
  claimed_until timestamp with time zone,
  last_error text,
  delivered_at timestamp with time zone,
  constraint deliveries_pkey PRIMARY KEY (destination, customer_id, sequence),
  constraint deliveries_check CHECK (((claimed_by IS NULL) = (claimed_until IS NULL))),
  constraint deliveries_check1 CHECK (((claimed_by IS NULL) OR (state = 'pending'::text))),
  constraint deliveries_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'delivered'::text, 'dead'::text]))),
  constraint deliveries_customer_id_sequence_fkey FOREIGN KEY (customer_id, sequence) REFERENCES outbox_events(customer_id, sequence)
);
CREATE INDEX deliveries_dead ON public.deliveries USING btree (destination, customer_id, sequence) WHERE (state = 'dead'::text);
CREATE INDEX deliveries_line ON public.deliveries USING btree (destination, customer_id, sequence) WHERE (state = 'pending'::text);
CREATE INDEX deliveries_pending ON public.deliveries USING btree (destination, next_attempt_at, customer_id, sequence) WHERE (state = 'pending'::text);

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
  constraint emotion_days_pkey PRIMARY KEY (customer_id, purpose, day),
  constraint emotion_days_customer_id_purpose_fkey FOREIGN KEY (customer_id, purpose) REFERENCES emotional_states(customer_id, purpose) ON DELETE CASCADE
) with (fillfactor=45);

create table emotional_states (
  customer_id text not null,
  purpose text not null,
  consented_from timestamp with time zone not null,
  landmark_day integer not null,
  readings bigint not null default 0,
  last_event_at timestamp with time zone,
  w_3 double precision not null default 0,
  w2_3 double precision not null default 0,
  valence_3 double precision not null default 0,
  valence2_3 double precision not null default 0,
  arousal_3 double precision not null default 0,
  stress_w_3 double precision not null default 0,
  stress_3 double precision not null default 0,
  negative_3 double precision not null default 0,
  distressed_3 double precision not null default 0,
  w_30 double precision not null default 0,
  w2_30 double precision not null default 0,
  valence_30 double precision not null default 0,
  valence2_30 double precision not null default 0,
  arousal_30 double precision not null default 0,
  stress_w_30 double precision not null default 0,
  stress_30 double precision not null default 0,
  negative_30 double precision not null default 0,
  distressed_30 double precision not null default 0,
  decided_valence_3 double precision,
  decided_stress_3 double precision,
  constraint emotional_states_pkey PRIMARY KEY (customer_id, purpose),
  constraint emotional_states_purpose_check CHECK ((purpose = ANY (ARRAY['emotions'::text, 'thoughts'::text]))),
  constraint emotional_states_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id)
) with (fillfactor=45);

create table event_fingerprints (
  topic text not null,
  partition integer not null,
  hour_at timestamp with time zone not null,
  fingerprints_id uuid not null,
  fingerprints bytea not null,
  constraint event_fingerprints_pkey PRIMARY KEY (topic, partition, hour_at, fingerprints_id),
  constraint event_fingerprints_fingerprints_check CHECK (((octet_length(fingerprints) % 8) = 0))
);

create table gate_verdicts (
  gate_verdict_id bigint not null generated always as identity,
  verdict_sha256 text not null,
  document text not null,
  state text not null generated always as (((document)::jsonb ->> 'state'::text)) stored,
  block_sha256 text not null generated always as (((document)::jsonb ->> 'blockSha256'::text)) stored,
  valid_until text generated always as (((document)::jsonb ->> 'validUntil'::text)) stored,
  registered_at timestamp with time zone not null,
  registered_by text not null,
  registered_holder text not null,
  in_force_at timestamp with time zone,
  approved_by text,
  approved_holder text,
  constraint gate_verdicts_pkey PRIMARY KEY (gate_verdict_id),
  constraint gate_verdicts_check CHECK (((approved_by IS NULL) = (approved_holder IS NULL))),
  constraint gate_verdicts_check1 CHECK ((approved_holder <> registered_holder)),
  constraint gate_verdicts_check2 CHECK ((((state = 'shut'::text) = ((in_force_at IS NOT NULL) AND (approved_by IS NULL))) OR (in_force_at IS NULL))),
  constraint gate_verdicts_state_check CHECK ((state = ANY (ARRAY['open'::text, 'shut'::text])))
);
CREATE INDEX gate_verdicts_by_hash ON public.gate_verdicts USING btree (verdict_sha256);
CREATE INDEX gate_verdicts_in_force ON public.gate_verdicts USING btree (block_sha256, in_force_at DESC, gate_verdict_id DESC) WHERE (in_force_at IS NOT NULL);

create table idempotency_keys (
  owner text not null,
  route text not null,
  idempotency_key text not null,
  request_sha256 bytea not null,
  status integer,
  response text,
  created_at timestamp with time zone not null,
  constraint idempotency_keys_pkey PRIMARY KEY (owner, route, idempotency_key)
) with (fillfactor=45);
CREATE INDEX idempotency_keys_oldest ON public.idempotency_keys USING btree (created_at);

create table imports (
  import_id uuid not null,
  input_sha256 text not null,
  state text not null,
  customers integer not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone,
  constraint imports_pkey PRIMARY KEY (import_id),
  constraint imports_state_check CHECK ((state = ANY (ARRAY['running'::text, 'completed'::text, 'abandoned'::text])))
);
CREATE UNIQUE INDEX imports_one_running ON public.imports USING btree (state) WHERE (state = 'running'::text);

create table ingest_offsets (
  consumer_group text not null,
  topic text not null,
  partition integer not null,
  next_offset bigint not null,
  owner_epoch bigint not null default 0,
  fingerprints_from timestamp with time zone not null default '-infinity'::timestamp with time zone,
  misplaced bigint not null default 0,
  updated_at timestamp with time zone not null default now(),
  constraint ingest_offsets_pkey PRIMARY KEY (consumer_group, topic, partition),
  constraint ingest_offsets_next_offset_check CHECK ((next_offset >= 0))
);

create table installation (
  one boolean not null default true,
  road text not null,
  partitions integer not null,
  fingerprint_seed integer not null,
  demo boolean not null,
  created_at timestamp with time zone not null,
  constraint installation_pkey PRIMARY KEY (one),
  constraint installation_one_check CHECK (one),
  constraint installation_partitions_check CHECK (((partitions >= 1) AND (partitions <= 1024))),
  constraint installation_road_check CHECK ((road = ANY (ARRAY['kafka'::text, 'http'::text])))
);

create table model_aliases (
  alias text not null,
  model_version text not null,
  constraint model_aliases_pkey PRIMARY KEY (alias),
  constraint model_aliases_alias_check CHECK ((alias = ANY (ARRAY['champion'::text, 'challenger'::text]))),
  constraint model_aliases_model_version_fkey FOREIGN KEY (model_version) REFERENCES model_versions(model_version)
);

create table model_history (
  model_history_id bigint not null generated always as identity,
  action text not null,
  model_version text not null,
  previous_version text,
  proposal_id uuid,
  expires_at timestamp with time zone,
  reason text not null,
  acted_at timestamp with time zone not null,
  acted_by text not null,
  holder text not null,
  constraint model_history_pkey PRIMARY KEY (model_history_id),
  constraint model_history_action_check CHECK ((action = ANY (ARRAY['registered'::text, 'installed'::text, 'challenger_set'::text, 'challenger_cleared'::text, 'proposed'::text, 'approved'::text, 'rejected'::text, 'withdrawn'::text, 'rolled_back'::text]))),
  constraint model_history_check CHECK (((proposal_id IS NOT NULL) = (action = ANY (ARRAY['proposed'::text, 'approved'::text, 'rejected'::text, 'withdrawn'::text])))),
  constraint model_history_check1 CHECK (((expires_at IS NOT NULL) = (action = 'proposed'::text))),
  constraint model_history_model_version_fkey FOREIGN KEY (model_version) REFERENCES model_versions(model_version),
  constraint model_history_previous_version_fkey FOREIGN KEY (previous_version) REFERENCES model_versions(model_version)
);
CREATE UNIQUE INDEX model_history_closed ON public.model_history USING btree (proposal_id) WHERE (action = ANY (ARRAY['approved'::text, 'rejected'::text, 'withdrawn'::text]));
CREATE UNIQUE INDEX model_history_proposed ON public.model_history USING btree (proposal_id) WHERE (action = 'proposed'::text);
CREATE TRIGGER model_history_is_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.model_history FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_history();

create table model_versions (
  model_version text not null,
  artefact text not null,
  created_at timestamp with time zone not null,
  name text generated always as (((artefact)::jsonb ->> 'name'::text)) stored,
  training jsonb generated always as (((artefact)::jsonb -> 'training'::text)) stored,
  registered_by text not null default 'ecs'::text,
  recalibration jsonb generated always as (((artefact)::jsonb -> 'recalibration'::text)) stored,
  constraint model_versions_pkey PRIMARY KEY (model_version)
);

create table outbox_events (
  customer_id text not null,
  sequence bigint not null,
  event_id uuid not null,
  type text not null,
  data jsonb not null,
  occurred_at timestamp with time zone not null,
  read_at timestamp with time zone,
  constraint outbox_events_pkey PRIMARY KEY (customer_id, sequence)
);

create table outcome_reports (
  customer_id text not null,
  source text not null,
  report_id text not null,
  as_of timestamp with time zone not null,
  window_months integer not null,
  defaulted boolean not null,
  observed_at timestamp with time zone not null,
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  constraint outcome_reports_pkey PRIMARY KEY (customer_id, source, report_id),
  constraint outcome_reports_window_months_check CHECK (((window_months >= 1) AND (window_months <= 60))),
  constraint outcome_reports_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id)
);

create table outcomes (
  customer_id text not null,
  as_of timestamp with time zone not null,
  window_months integer not null,
  defaulted boolean not null,
  observed_at timestamp with time zone not null,
  occurred_at timestamp with time zone not null,
  source text not null,
  report_id text not null,
  decision_id uuid,
  model_version text,
  constraint outcomes_pkey PRIMARY KEY (customer_id, as_of, window_months),
  constraint outcomes_check CHECK (((decision_id IS NULL) = (model_version IS NULL))),
  constraint outcomes_customer_id_decision_id_fkey FOREIGN KEY (customer_id, decision_id) REFERENCES decisions(customer_id, decision_id),
  constraint outcomes_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id),
  constraint outcomes_customer_id_source_report_id_fkey FOREIGN KEY (customer_id, source, report_id) REFERENCES outcome_reports(customer_id, source, report_id)
);
CREATE INDEX outcomes_decision ON public.outcomes USING btree (customer_id, decision_id);
CREATE INDEX outcomes_newest ON public.outcomes USING btree (as_of DESC, customer_id) WHERE (decision_id IS NOT NULL);

create table policy_versions (
  policy_version text not null,
  pack text not null,
  document text not null,
  created_at timestamp with time zone not null,
  constraint policy_versions_pkey PRIMARY KEY (policy_version)
);

create table schema_migrations (
  version integer not null,
  name text not null,
  checksum text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migrations_pkey PRIMARY KEY (version)
);

create table shadow_runs (
  model_version text not null,
  begun_at timestamp with time zone not null,
  scored_to timestamp with time zone not null,
  constraint shadow_runs_pkey PRIMARY KEY (model_version),
  constraint shadow_runs_model_version_fkey FOREIGN KEY (model_version) REFERENCES model_versions(model_version)
);

create table shadow_scores (
  customer_id text not null,
  decision_id uuid not null,
  model_version text not null,
  champion_version text not null,
  decided_at timestamp with time zone not null,
  probability_of_default double precision not null,
  score integer not null,
  band integer not null,
  outcome text not null,
  limit_minor bigint not null,
  champion_probability_of_default double precision not null,
  champion_score integer not null,
  champion_band integer not null,
  champion_outcome text not null,
  champion_limit_minor bigint not null,
  constraint shadow_scores_pkey PRIMARY KEY (customer_id, decision_id, model_version),
  constraint shadow_scores_customer_id_decision_id_fkey FOREIGN KEY (customer_id, decision_id) REFERENCES decisions(customer_id, decision_id) ON DELETE CASCADE,
  constraint shadow_scores_model_version_fkey FOREIGN KEY (model_version) REFERENCES model_versions(model_version)
);
CREATE INDEX shadow_scores_by_time ON public.shadow_scores USING btree (model_version, decided_at);

create table statements (
  customer_id text not null,
  closed_at timestamp with time zone not null,
  closed_by text not null,
  balance_minor bigint not null,
  minimum_due_minor bigint not null,
  paid_minor bigint not null,
  months_past_due integer not null,
  standing text not null,
  limit_minor bigint,
  content_hash bigint not null,
  received_at timestamp with time zone not null,
  constraint statements_pkey PRIMARY KEY (customer_id, closed_at),
  constraint statements_check CHECK (((standing = 'past_due'::text) = (months_past_due > 0))),
  constraint statements_closed_by_check CHECK ((closed_by = ANY (ARRAY['ecs'::text, 'lender'::text]))),
  constraint statements_limit_minor_check CHECK ((limit_minor >= 0)),
  constraint statements_minimum_due_minor_check CHECK ((minimum_due_minor >= 0)),
  constraint statements_months_past_due_check CHECK ((months_past_due >= 0)),
  constraint statements_paid_minor_check CHECK ((paid_minor >= 0)),
  constraint statements_standing_check CHECK ((standing = ANY (ARRAY['inactive'::text, 'paid_in_full'::text, 'revolving'::text, 'past_due'::text]))),
  constraint statements_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers(customer_id)
);

create table topic_outbox (
  topic_outbox_id bigint not null generated always as identity,
  topic text not null,
  message_key text,
  message_value bytea not null,
  headers jsonb not null default '{}'::jsonb,
  created_at timestamp with time zone not null default now(),
  constraint topic_outbox_pkey PRIMARY KEY (topic_outbox_id)
);

create table transactions (
  customer_id text not null,
  source text not null,
  transaction_id text not null,
  type text not null,
  amount_minor bigint not null,
  merchant_category text,
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  statement_closed_at timestamp with time zone,
  constraint transactions_pkey PRIMARY KEY (customer_id, transaction_id, source),
  constraint transactions_amount_minor_check CHECK ((amount_minor > 0)),
  constraint transactions_type_check CHECK ((type = ANY (ARRAY['purchase'::text, 'payment'::text, 'refund'::text, 'cash_advance'::text, 'fee'::text, 'interest'::text, 'income'::text])))
);
CREATE INDEX transactions_by_time ON public.transactions USING btree (customer_id, occurred_at);

create table webhooks (
  webhook_id uuid not null,
  url text not null,
  secret text not null,
  previous_secret text,
  previous_secret_until timestamp with time zone,
  event_types text[] not null,
  state text not null,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint webhooks_pkey PRIMARY KEY (webhook_id),
  constraint webhooks_state_check CHECK ((state = ANY (ARRAY['enabled'::text, 'disabled'::text, 'deleted'::text])))
);
