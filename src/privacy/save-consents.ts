// The statements behind a change of consent; record-consents says when each is due.
import type { Queryable } from '../db/index.ts';
import type { ConsentPurpose } from '../events/customer-event.ts';
import type { MakeId } from '../lib/ids.ts';
import { type ConsentChange, type ConsentFlip, type KnownWords, keyOf, wordOf } from './plan-consents.ts';

interface WordRow {
  readonly customer_id: string;
  readonly purpose: ConsentPurpose;
  readonly granted: boolean;
  readonly changed_at: Date;
}

const toWord = (row: WordRow) => ({
  customerId: row.customer_id,
  purpose: row.purpose,
  granted: row.granted,
  changedAtMs: row.changed_at.getTime(),
});

type StandingRow = WordRow & { readonly consented_from: Date | null };

export async function loadStandingWords(
  tx: Queryable,
  customerIds: readonly string[],
): Promise<KnownWords['standing']> {
  const { rows } = await tx.query<StandingRow>({
    name: 'privacy-load-consents',
    text: `
      select c.customer_id, c.purpose, c.granted, c.changed_at, s.consented_from
      from consents c left join emotional_states s on s.customer_id = c.customer_id and s.purpose = c.purpose
      where c.customer_id = any($1::text[])`,
    values: [customerIds],
  });
  return new Map(
    rows.map((row) => {
      const consentedFromMs = row.consented_from?.getTime() ?? null;
      return [keyOf(toWord(row)), { ...toWord(row), consentedFromMs }];
    }),
  );
}

/** Which of these words were kept before, by `wordOf`. */
export async function loadKeptWords(tx: Queryable, changes: readonly ConsentChange[]): Promise<Set<string>> {
  const { rows } = await tx.query<WordRow>({
    name: 'privacy-load-kept-words',
    text: `
      select c.customer_id, c.purpose, c.granted, c.changed_at
      from unnest($1::text[], $2::text[], $3::bool[], $4::timestamptz[]) as g (customer_id, purpose, granted, changed_at)
      join consent_changes c
        on c.customer_id = g.customer_id and c.purpose = g.purpose and c.granted = g.granted and c.changed_at = g.changed_at`,
    values: toWordColumns(changes),
  });
  return new Set(rows.map((row) => wordOf(toWord(row))));
}

function toWordColumns(changes: readonly ConsentChange[]) {
  return [
    changes.map((change) => change.customerId),
    changes.map((change) => change.purpose),
    changes.map((change) => change.granted),
    changes.map((change) => new Date(change.changedAtMs)),
  ];
}

export async function insertWords(
  tx: Queryable,
  words: readonly ConsentChange[],
  nowMs: number,
  makeId: MakeId,
): Promise<void> {
  await tx.query({
    name: 'privacy-insert-words',
    text: `
      insert into consent_changes (customer_id, purpose, granted, changed_at, recorded_by, consent_change_id, recorded_at)
      select g.*, $7
      from unnest($1::text[], $2::text[], $3::bool[], $4::timestamptz[], $5::text[], $6::uuid[]) as g`,
    values: [...toWordColumns(words), words.map((word) => word.recordedBy), words.map(() => makeId()), new Date(nowMs)],
  });
}

export async function upsertLatestWords(tx: Queryable, latest: readonly ConsentChange[], nowMs: number): Promise<void> {
  await tx.query({
    name: 'privacy-upsert-consents',
    text: `
      insert into consents (customer_id, purpose, granted, changed_at, recorded_by, recorded_at)
      select g.*, $6
      from unnest($1::text[], $2::text[], $3::bool[], $4::timestamptz[], $5::text[]) as g
      on conflict (customer_id, purpose) do update set
        granted = excluded.granted, changed_at = excluded.changed_at,
        recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at`,
    values: [...toWordColumns(latest), latest.map((word) => word.recordedBy), new Date(nowMs)],
  });
}

/** Days go with their state. Rows are locked in the order in which ingest locks them. */
export async function deleteEmotionalStates(tx: Queryable, withdrawn: readonly ConsentFlip[]): Promise<void> {
  await tx.query({
    name: 'privacy-delete-states',
    text: `
      with locked as materialized (
        select s.customer_id, s.purpose
        from emotional_states s
        join (select distinct * from unnest($1::text[], $2::text[]) as g (customer_id, purpose)) g
          on g.customer_id = s.customer_id and g.purpose = s.purpose
        order by s.customer_id, s.purpose
        for update of s
      )
      delete from emotional_states s using locked l
      where s.customer_id = l.customer_id and s.purpose = l.purpose`,
    values: [withdrawn.map((change) => change.customerId), withdrawn.map((change) => change.purpose)],
  });
}

/** The emotional half of every decision: one half holds both purposes, so none may stay. */
export async function deleteDecisionEmotions(tx: Queryable, customerIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'privacy-delete-decision-emotions',
    text: 'delete from decision_emotions where customer_id = any($1::text[])',
    values: [customerIds],
  });
}

/** Empty sums: any landmark will do, the first reading moves it forward. */
export async function insertEmotionalStates(tx: Queryable, granted: readonly ConsentFlip[]): Promise<void> {
  await tx.query({
    name: 'privacy-insert-states',
    text: `
      insert into emotional_states (customer_id, purpose, consented_from, landmark_day)
      select customer_id, purpose, consented_from, 0
      from unnest($1::text[], $2::text[], $3::timestamptz[]) as g (customer_id, purpose, consented_from)
      order by customer_id, purpose`,
    values: [
      granted.map((change) => change.customerId),
      granted.map((change) => change.purpose),
      granted.map((change) => new Date(change.changedAtMs)),
    ],
  });
}
