// A customer's statements, newest first.
import type { Queryable } from '../db/index.ts';
import { type Page, type PageRequest, parseCursor, toPage } from './page.ts';
import type { Standing } from './statement.ts';
import { STATEMENT_COLUMNS, type StatementRow, toStatement } from './statement-row.ts';

export interface StatementView {
  readonly closedAt: string;
  readonly closedBy: 'ecs' | 'lender';
  readonly balanceMinor: number;
  readonly minimumDueMinor: number;
  readonly paidMinor: number;
  readonly monthsPastDue: number;
  readonly standing: Standing;
  readonly limitMinor: number | null;
  readonly currency: string;
}

/** ECS_REQUEST_INVALID for a cursor that is not one of ours. */
export async function listStatements(
  db: Queryable,
  request: PageRequest & { readonly customerId: string },
): Promise<Page<StatementView>> {
  const statements = await loadStatements(db, request.customerId, parseCursor(request.cursor, 0), request.limit + 1);
  return toPage(statements, request.limit, (one) => [one.closedAt]);
}

type ListedRow = StatementRow & { readonly closed_by: 'ecs' | 'lender'; readonly currency: string };

async function loadStatements(
  db: Queryable,
  customerId: string,
  after: readonly (string | null)[],
  count: number,
): Promise<StatementView[]> {
  const { rows } = await db.query<ListedRow>({
    name: 'ledger-list-statements',
    text: `
      select ${STATEMENT_COLUMNS}, s.closed_by, c.currency
      from statements s join customers c on c.customer_id = s.customer_id
      where s.customer_id = $1 and ($2::timestamptz is null or s.closed_at < $2)
      order by s.closed_at desc
      limit $3`,
    values: [customerId, ...after, count],
  });
  return rows.map(toView);
}

function toView(row: ListedRow): StatementView {
  const { closedAtMs, ...figures } = toStatement(row);
  return { ...figures, closedAt: new Date(closedAtMs).toISOString(), closedBy: row.closed_by, currency: row.currency };
}
