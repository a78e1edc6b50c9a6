// Fills in what a lender left out of its statements: the standing by the documented rule, the limit as it was in force.
import type { Queryable } from '../db/index.ts';
import { assert } from '../lib/assert.ts';
import { deriveStanding } from './close-statement.ts';
import type { CompleteStatement } from './insert-lender-statements.ts';
import { loadLimitsAt } from './load-limits-at.ts';
import type { StatementDraft } from './statement-draft.ts';

export async function completeStatements(
  tx: Queryable,
  drafts: readonly StatementDraft[],
): Promise<CompleteStatement[]> {
  const limits = await loadLimitsAt(tx, drafts);
  const stored = await loadStatementsBefore(tx, drafts);
  const sorted = [...drafts.keys()].sort((a, b) => compare(drafts[a], drafts[b]));
  return sorted.map((place, index) => {
    const draft = drafts[place];
    assert(draft !== undefined, 'the places are those of the drafts');
    const before = newerOf(stored[place] ?? null, drafts[sorted[index - 1] ?? -1], draft.customerId);
    return {
      ...draft,
      standing: draft.standing ?? deriveStanding(before, draft),
      limitMinor: draft.limitMinor ?? limits[place] ?? null,
    };
  });
}

interface Before {
  readonly closedAtMs: number;
  readonly balanceMinor: number;
}

function compare(a: StatementDraft | undefined, b: StatementDraft | undefined): number {
  assert(a !== undefined && b !== undefined, 'the places are those of the drafts');
  if (a.customerId !== b.customerId) return a.customerId < b.customerId ? -1 : 1;
  return a.closedAtMs - b.closedAtMs;
}

/** The statement before may be stored already, or stand just before in the same batch. */
function newerOf(stored: Before | null, batched: StatementDraft | undefined, customerId: string): Before | null {
  if (batched === undefined || batched.customerId !== customerId) return stored;
  return stored !== null && stored.closedAtMs >= batched.closedAtMs ? stored : batched;
}

async function loadStatementsBefore(tx: Queryable, drafts: readonly StatementDraft[]): Promise<(Before | null)[]> {
  const { rows } = await tx.query<{ closed_at: Date | null; balance_minor: number | null }>({
    name: 'ledger-load-statements-before',
    text: `
      select s.closed_at, s.balance_minor
      from unnest($1::text[], $2::timestamptz[]) with ordinality as asked (customer_id, closed_at, place)
      left join lateral (
        select closed_at, balance_minor from statements
        where customer_id = asked.customer_id and closed_at < asked.closed_at
        order by closed_at desc
        limit 1
      ) s on true
      order by asked.place`,
    values: [drafts.map((draft) => draft.customerId), drafts.map((draft) => new Date(draft.closedAtMs))],
  });
  return rows.map(({ closed_at, balance_minor }) =>
    closed_at === null || balance_minor === null
      ? null
      : { closedAtMs: closed_at.getTime(), balanceMinor: balance_minor },
  );
}
