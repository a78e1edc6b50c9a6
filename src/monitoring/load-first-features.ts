// Features as the first decisions of a model version saw them, one decision a customer: what later scores are held
// against where the artefact does not tell the scores of its training.
import type { Queryable } from '../db/index.ts';
import type { StoredFeatures } from './drift-report.ts';

export interface FirstDecisions {
  readonly modelVersion: string;
  /** Later ones are the recent customers, who are held against these. */
  readonly beforeMs: number;
  readonly decisionsMax: number;
}

/** Other models' decisions may stand between: so many times more rows are looked at, and no more. */
const LOOKED_AT = 5;

export async function loadFirstFeatures(
  db: Queryable,
  { modelVersion, beforeMs, decisionsMax }: FirstDecisions,
): Promise<StoredFeatures[]> {
  const { rows } = await db.query<{ features: StoredFeatures }>(
    `select distinct on (customer_id) record #> '{inputs,features}' as features
     from (
       select customer_id, sequence, decided_at, model_version, record::jsonb as record
       from (
         select customer_id, sequence, decided_at, model_version, record
         from decisions
         where decided_at >= (select created_at from model_versions where model_version = $1) and decided_at < $4
         order by decided_at, decision_id
         limit $3
       ) looked_at
       where model_version = $1
       order by decided_at
       limit $2
     ) d
     where (record #>> '{result,judged}')::boolean
     order by customer_id, sequence`,
    [modelVersion, decisionsMax, LOOKED_AT * decisionsMax, new Date(beforeMs)],
  );
  return rows.map((row) => row.features);
}
