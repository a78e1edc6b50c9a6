// Reads the registry: which models there are, what they were trained on, which of them hold an alias.
import type { Queryable } from '../../db/index.ts';
import type { Recalibration } from '../scorecard.ts';
import type { ModelAlias } from './load-aliases.ts';

export interface RegisteredModel {
  readonly modelVersion: string;
  readonly alias: ModelAlias | null;
  readonly name: string | null;
  readonly registeredAt: string;
  readonly registeredBy: string;
  /** Facts of the training run, as the artefact tells them. */
  readonly training: Readonly<Record<string, unknown>> | null;
  /** Refitted on a lender's own outcomes; null: its odds are those of the training data. */
  readonly recalibration: Recalibration | null;
  /** The whole document. In a list only of models that hold an alias: there may be many, and they are large. */
  readonly artefact: Readonly<Record<string, unknown>> | null;
}

interface ModelRow {
  readonly model_version: string;
  readonly alias: ModelAlias | null;
  readonly name: string | null;
  readonly created_at: Date;
  readonly registered_by: string;
  readonly training: Record<string, unknown> | null;
  readonly recalibration: Recalibration | null;
  readonly artefact: string | null;
}

const LIST_LIMIT_MAX = 200;

/** Champion, challenger, then the newest first. */
export async function listModels(db: Queryable): Promise<RegisteredModel[]> {
  const { rows } = await db.query<ModelRow>(
    `select v.model_version, a.alias, v.name, v.created_at, v.registered_by, v.training, v.recalibration,
       case when a.alias is not null then v.artefact end as artefact
     from model_versions v left join model_aliases a using (model_version)
     order by a.alias = 'champion' desc nulls last, a.alias is null, v.created_at desc, v.model_version limit $1`,
    [LIST_LIMIT_MAX],
  );
  return rows.map(toRegisteredModel);
}

/** By version or by alias. */
export async function getModel(db: Queryable, model: string): Promise<RegisteredModel | null> {
  const { rows } = await db.query<ModelRow>(
    `select v.model_version, a.alias, v.name, v.created_at, v.registered_by, v.training, v.recalibration, v.artefact
     from model_versions v left join model_aliases a using (model_version)
     where v.model_version = $1 or a.alias = $1`,
    [model],
  );
  return rows[0] === undefined ? null : toRegisteredModel(rows[0]);
}

function toRegisteredModel(row: ModelRow): RegisteredModel {
  return {
    modelVersion: row.model_version,
    alias: row.alias,
    name: row.name,
    registeredAt: row.created_at.toISOString(),
    registeredBy: row.registered_by,
    training: row.training,
    recalibration: row.recalibration,
    artefact: row.artefact === null ? null : (JSON.parse(row.artefact) as Record<string, unknown>),
  };
}
