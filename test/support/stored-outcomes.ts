// A lender's decisions and what became of the customers, straight into the tables: each customer has one decision, and each
// outcome is told once or more, in windows that begin a month apart.
import type pg from 'pg';
import type { EmotionInputs } from '../../src/model/index.ts';

export interface StoredPerson {
  readonly id: string;
  readonly asOf: string;
  /** As the decision said it. */
  readonly pd: number;
  readonly features: readonly (number | null)[];
  readonly defaulted: boolean;
  readonly felt: EmotionInputs | null;
}

export async function saveLender(
  pool: pg.Pool,
  people: readonly StoredPerson[],
  { windowMonths, tellings }: { readonly windowMonths: number; readonly tellings: number },
): Promise<void> {
  const inTurn = (text: string, values: unknown[] = []) => pool.query(text, values);
  await inTurn(
    'create unlogged table people (id text, "asOf" timestamptz, pd float8, features jsonb, defaulted bool, felt jsonb)',
  );
  await inTurn('insert into people select * from jsonb_populate_recordset(null::people, $1)', [JSON.stringify(people)]);
  await inTurn(`insert into customers (customer_id, currency, created_at) select id, 'EUR', "asOf" from people`);
  await inTurn(
    `insert into decisions (customer_id, decision_id, sequence, decided_at, trigger, outcome, currency, limit_minor,
       limit_without_emotion_minor, probability_of_default, reasons, requested_by, model_version, record, record_sha256, chain_link)
     select id, gen_random_uuid(), 1, "asOf", 'statement', 'keep', 'EUR', 0, 0, pd, '{}', 'ecs', 'm',
       jsonb_build_object('inputs', jsonb_build_object('features', features), 'result', jsonb_build_object('judged', true)), '', ''
     from people`,
  );
  await inTurn(
    `insert into decision_emotions select id, decision_id, jsonb_build_object('inputs', jsonb_build_object('emotions', felt))
     from people join decisions on customer_id = id where felt <> 'null'`,
  );
  await inTurn(
    `insert into outcome_reports
     select id, 'lender', 'r' || n, "asOf" + make_interval(months => n), $1, defaulted, now(), now(), now()
     from people cross join generate_series(0, $2) n`,
    [windowMonths, tellings - 1],
  );
  await inTurn(
    `insert into outcomes
     select r.customer_id, r.as_of, window_months, defaulted, observed_at, occurred_at, source, report_id, decision_id, 'm'
     from outcome_reports r join decisions using (customer_id)`,
  );
  await inTurn('drop table people');
}
