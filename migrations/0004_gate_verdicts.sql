-- What the evidence gate said about an emotion block, document by document. A verdict that shuts is in force at once, one
-- that opens when a second person has approved it.
create table gate_verdicts (
  gate_verdict_id bigint generated always as identity primary key,
  -- Canonical JSON; its SHA-256 is what decisions name. The same verdict may be registered again after another one.
  verdict_sha256 text not null,
  document text not null,
  -- Read from the document itself, so that they never say anything else.
  state text not null generated always as (document::jsonb ->> 'state') stored,
  block_sha256 text not null generated always as (document::jsonb ->> 'blockSha256') stored,
  valid_until text generated always as (document::jsonb ->> 'validUntil') stored,
  registered_at timestamptz not null,
  registered_by text not null,
  -- The first key of the line that registered_by was rotated from: the same hand, whatever its key is called now.
  registered_holder text not null,
  in_force_at timestamptz,
  approved_by text,
  approved_holder text,
  check (state in ('open', 'shut')),
  check ((approved_by is null) = (approved_holder is null)),
  check (approved_holder <> registered_holder),
  check ((state = 'shut') = (in_force_at is not null and approved_by is null) or in_force_at is null)
);
create index gate_verdicts_in_force on gate_verdicts (block_sha256, in_force_at desc, gate_verdict_id desc)
  where in_force_at is not null;
create index gate_verdicts_by_hash on gate_verdicts (verdict_sha256);
