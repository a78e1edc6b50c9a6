// Puts statements of the lender into the table, each (customer, closed at) once. A statement that ECS closed itself for
// the same instant gives way: the lender's books are the books.
import type { Queryable } from '../db/index.ts';
import type { Statement } from './statement.ts';
import type { StatementDraft } from './statement-draft.ts';
import { STATEMENT_COLUMNS, type StatementRow, toStatement } from './statement-row.ts';

/** A draft with what was left to derive. */
export type CompleteStatement = StatementDraft & Pick<Statement, 'standing'>;

/** Keys must differ from each other. Gives back those whose key was taken; they were not saved. */
export async function insertLenderStatements(
  tx: Queryable,
  statements: readonly CompleteStatement[],
  nowMs: number,
): Promise<CompleteStatement[]> {
  if (statements.length === 0) return [];
  const { rows } = await tx.query<{ place: number }>(
    `with given as materialized (
       select *
       from unnest($1::text[], $2::timestamptz[], $3::int8[], $4::int8[], $5::int8[], $6::int4[], $7::text[], $8::int8[], $9::int4[], $10::int8[])
         with ordinality as given (customer_id, closed_at, balance_minor, minimum_due_minor, paid_minor, months_past_due, standing, limit_minor, hash_high, hash_low, place)
     ), saved as (
       insert into statements (customer_id, closed_at, closed_by, balance_minor, minimum_due_minor, paid_minor, months_past_due, standing, limit_minor, content_hash, received_at)
       select customer_id, closed_at, 'lender', balance_minor, minimum_due_minor, paid_minor, months_past_due, standing, limit_minor,
         (hash_high::int8 << 32) | hash_low, $11
       from given
       order by customer_id, closed_at
       on conflict (customer_id, closed_at) do update set
         closed_by = excluded.closed_by, balance_minor = excluded.balance_minor,
         minimum_due_minor = excluded.minimum_due_minor, paid_minor = excluded.paid_minor,
         months_past_due = excluded.months_past_due, standing = excluded.standing,
         limit_minor = excluded.limit_minor, content_hash = excluded.content_hash, received_at = excluded.received_at
       where statements.closed_by = 'ecs'
       returning customer_id, closed_at
     )
     select g.place
     from given g
     where not exists (select from saved s where s.customer_id = g.customer_id and s.closed_at = g.closed_at)`,
    [
      statements.map((statement) => statement.customerId),
      statements.map((statement) => new Date(statement.closedAtMs)),
      statements.map((statement) => statement.balanceMinor),
      statements.map((statement) => statement.minimumDueMinor),
      statements.map((statement) => statement.paidMinor),
      statements.map((statement) => statement.monthsPastDue),
      statements.map((statement) => statement.standing),
      statements.map((statement) => statement.limitMinor),
      statements.map((statement) => statement.contentHash.high),
      statements.map((statement) => statement.contentHash.low),
      new Date(nowMs),
    ],
  );
  return rows.flatMap((row) => statements[row.place - 1] ?? []);
}

/** Of statements whose key was taken: those whose content is not the stored one, with what is stored. */
export async function loadDifferingStatements(
  tx: Queryable,
  statements: readonly CompleteStatement[],
): Promise<Map<CompleteStatement, Statement>> {
  if (statements.length === 0) return new Map();
  const { rows } = await tx.query<StatementRow & { readonly place: number }>(
    `select g.place, ${STATEMENT_COLUMNS}
     from unnest($1::text[], $2::timestamptz[], $3::int4[], $4::int8[])
       with ordinality as g (customer_id, closed_at, hash_high, hash_low, place)
     join statements s on s.customer_id = g.customer_id and s.closed_at = g.closed_at
     where s.content_hash <> ((g.hash_high::int8 << 32) | g.hash_low)`,
    [
      statements.map((statement) => statement.customerId),
      statements.map((statement) => new Date(statement.closedAtMs)),
      statements.map((statement) => statement.contentHash.high),
      statements.map((statement) => statement.contentHash.low),
    ],
  );
  return new Map(
    rows.flatMap((row) => {
      const statement = statements[row.place - 1];
      return statement === undefined ? [] : [[statement, toStatement(row)] as const];
    }),
  );
}
