-- Whether a model was refitted on own outcomes, beside the other facts of its artefact: a list of models had to read every
-- artefact for it.

alter table model_versions
  add column recalibration jsonb generated always as (artefact::jsonb -> 'recalibration') stored;
