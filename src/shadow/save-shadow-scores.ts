// Keeps what a challenger would have said, once for each decision, and how far it has come.
import { binaryArray, type Queryable } from '../db/index.ts';
import type { ShadowScore } from './shadow-score.ts';

export async function saveShadowScores(
  tx: Queryable,
  modelVersion: string,
  scores: readonly ShadowScore[],
): Promise<void> {
  await tx.query(
    `insert into shadow_scores (customer_id, decision_id, model_version, champion_version, decided_at,
       probability_of_default, score, band, outcome, limit_minor, champion_probability_of_default, champion_score,
       champion_band, champion_outcome, champion_limit_minor)
     select customer_id, decision_id::uuid, $1, champion_version, decided_at, probability_of_default, score, band,
       outcome, limit_minor, champion_probability_of_default, champion_score, champion_band, champion_outcome,
       champion_limit_minor
     from unnest($2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::float8[], $7::int4[], $8::int4[],
       $9::text[], $10::int8[], $11::float8[], $12::int4[], $13::int4[], $14::text[], $15::int8[])
       as given (customer_id, decision_id, champion_version, decided_at, probability_of_default, score, band, outcome,
         limit_minor, champion_probability_of_default, champion_score, champion_band, champion_outcome,
         champion_limit_minor)
     on conflict (customer_id, decision_id, model_version) do nothing`,
    [
      modelVersion,
      binaryArray.text(scores.map((one) => one.customerId)),
      binaryArray.text(scores.map((one) => one.decisionId)),
      binaryArray.text(scores.map((one) => one.championVersion)),
      binaryArray.timestamptz(scores.map((one) => one.decidedAtMs)),
      ...verdictColumns(scores.map((one) => one.challenger)),
      ...verdictColumns(scores.map((one) => one.champion)),
    ],
  );
}

function verdictColumns(verdicts: readonly ShadowScore['champion'][]): Buffer[] {
  return [
    binaryArray.float8(verdicts.map((one) => one.probabilityOfDefault)),
    binaryArray.int4(verdicts.map((one) => one.score)),
    binaryArray.int4(verdicts.map((one) => one.band)),
    binaryArray.text(verdicts.map((one) => one.outcome)),
    binaryArray.int8(verdicts.map((one) => one.limitMinor)),
  ];
}

export async function saveScoredTo(tx: Queryable, modelVersion: string, scoredToMs: number): Promise<void> {
  await tx.query('update shadow_runs set scored_to = $2 where model_version = $1', [
    modelVersion,
    new Date(scoredToMs),
  ]);
}
