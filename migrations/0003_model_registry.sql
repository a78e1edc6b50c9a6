-- The model registry: what a version was made from, who put it in force and why, and what a challenger would have said.

-- Read from the artefact itself, so that they never say anything else.
alter table model_versions
  add column name text generated always as (artefact::jsonb ->> 'name') stored,
  add column training jsonb generated always as (artefact::jsonb -> 'training') stored,
  add column registered_by text not null default 'ecs';

-- Everything that was ever done to models, one row each, only added to. A proposal is the row `proposed`; the row that
-- closes it has the same proposal_id.
create table model_history (
  model_history_id bigint generated always as identity primary key,
  action text not null check (action in ('registered', 'installed', 'challenger_set', 'challenger_cleared',
    'proposed', 'approved', 'rejected', 'withdrawn', 'rolled_back')),
  model_version text not null references model_versions,
  -- What held the alias before; for a proposal the champion that it is to replace.
  previous_version text references model_versions,
  proposal_id uuid,
  -- Of a proposal: too late to be approved from then on.
  expires_at timestamptz,
  reason text not null,
  acted_at timestamptz not null,
  acted_by text not null,
  -- The first key of the line that acted_by was rotated from: the same hand, whatever its key is called now.
  holder text not null,
  check ((proposal_id is not null) = (action in ('proposed', 'approved', 'rejected', 'withdrawn'))),
  check ((expires_at is not null) = (action = 'proposed'))
);
create unique index model_history_proposed on model_history (proposal_id) where action = 'proposed';
-- A proposal is closed once, whoever comes at the same moment.
create unique index model_history_closed on model_history (proposal_id)
  where action in ('approved', 'rejected', 'withdrawn');

create function refuse_change_of_history() returns trigger language plpgsql as $$
begin
  raise exception 'the history of models is only added to';
end
$$;
create trigger model_history_is_append_only before update or delete or truncate on model_history
  for each statement execute function refuse_change_of_history();

insert into model_history (action, model_version, reason, acted_at, acted_by, holder)
select 'registered', model_version, 'registered before there was a history', created_at, 'ecs', 'ecs'
from model_versions order by created_at, model_version;
insert into model_history (action, model_version, reason, acted_at, acted_by, holder)
select 'installed', a.model_version, 'in force before there was a history', v.created_at, 'ecs', 'ecs'
from model_aliases a join model_versions v using (model_version) where a.alias = 'champion';

-- How far a challenger has followed the stored decisions; the row is also the lock of those who score for it.
create table shadow_runs (
  model_version text primary key references model_versions,
  begun_at timestamptz not null,
  -- Everything decided before it has been scored; moves forward, and back only when the run begins anew.
  scored_to timestamptz not null
);

-- What the challenger would have said on a stored decision, beside what the model in force said; both without emotion.
create table shadow_scores (
  customer_id text not null,
  decision_id uuid not null,
  model_version text not null references model_versions,
  champion_version text not null,
  decided_at timestamptz not null,
  probability_of_default double precision not null,
  score integer not null,
  -- Position of the risk band in the policy of the decision; the number of bands beyond the last.
  band integer not null,
  outcome text not null,
  limit_minor bigint not null,
  champion_probability_of_default double precision not null,
  champion_score integer not null,
  champion_band integer not null,
  champion_outcome text not null,
  champion_limit_minor bigint not null,
  primary key (customer_id, decision_id, model_version),
  foreign key (customer_id, decision_id) references decisions on delete cascade
);
create index shadow_scores_by_time on shadow_scores (model_version, decided_at);
