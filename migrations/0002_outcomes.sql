-- What became of customers: every report as it came in, and per observation the one that counts. A judged outcome knows
-- the decision that was in force when its window began.

create table outcome_reports (
  customer_id text not null references customers,
  source text not null,
  report_id text not null,
  -- Start of the window that was watched, and its length in calendar months.
  as_of timestamptz not null,
  window_months integer not null check (window_months between 1 and 60),
  defaulted boolean not null,
  -- When it was known: the day of the default, or the end of the window or later.
  observed_at timestamptz not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  primary key (customer_id, source, report_id)
);

-- One row per customer and window: the report observed last, at a tie the one said last.
create table outcomes (
  customer_id text not null references customers,
  as_of timestamptz not null,
  window_months integer not null,
  defaulted boolean not null,
  observed_at timestamptz not null,
  occurred_at timestamptz not null,
  source text not null,
  report_id text not null,
  -- The newest decision by a model at or before as_of; null where there was none.
  decision_id uuid,
  model_version text,
  primary key (customer_id, as_of, window_months),
  foreign key (customer_id, source, report_id) references outcome_reports,
  foreign key (customer_id, decision_id) references decisions,
  check ((decision_id is null) = (model_version is null))
);
-- Monitoring reads the newest ones, month by month.
create index outcomes_newest on outcomes (as_of desc, customer_id) where decision_id is not null;
-- For the reference to decisions.
create index outcomes_decision on outcomes (customer_id, decision_id);
