// Features as the first decisions of a model version saw them, one decision a customer: what later scores are held
// against where the artefact does not tell the scores of its training.
import type { Queryable } from '../db/index.ts';
import type { StoredFeatures } from './drift-report.ts';

export interface FirstFeatures {
  readonly features: readonly StoredFeatures[];
  /** When the last of these decisions was made; null where there are none. */
  readonly untilMs: number | null;
}

/** Other models' decisions may stand between: so many times more rows are looked at, and no more. */
const LOOKED_AT = 5;

export async function loadFirstFeatures(
  db: Queryable,
  modelVersion: string,
  decisionsMax: number,
): Promise<FirstFeatures> {
  const { rows } = await db.query<{ features: StoredFeatures; until: Date }>(
    `select distinct on (customer_id) record #> '{inputs,features}' as features, max(decided_at) over () as until
     from (
       select customer_id, sequence, decided_at, model_version, record::jsonb as record
       from (
         select customer_id, sequence, decided_at, model_version, record
         from decisions
         where decided_at >= (select created_at from model_versions where model_version = $1)
         order by decided_at, decision_id
         limit $3
       ) looked_at
       where model_version = $1
       order by decided_at
       limit $2
     ) d
     where (record #>> '{result,judged}')::boolean
     order by customer_id, sequence`,
    [modelVersion, decisionsMax, LOOKED_AT * decisionsMax],
  );
  return { features: rows.map((row) => row.features), untilMs: rows[0]?.until.getTime() ?? null };
}
