// A customer's transactions, newest first.
import type { Queryable } from '../db/index.ts';
import type { TransactionType } from '../events/transaction-event.ts';
import { type Page, type PageRequest, parseCursor, toPage } from './page.ts';

export interface TransactionView {
  readonly source: string;
  readonly transactionId: string;
  readonly type: TransactionType;
  readonly amountMinor: number;
  readonly currency: string;
  readonly merchantCategory: string | null;
  readonly occurredAt: string;
  readonly receivedAt: string;
  /** Close of the statement that ECS posted it to; null while it is open, or where the lender closes. */
  readonly statementClosedAt: string | null;
}

/** ECS_REQUEST_INVALID for a cursor that is not one of ours. */
export async function listTransactions(
  db: Queryable,
  request: PageRequest & { readonly customerId: string },
): Promise<Page<TransactionView>> {
  const transactions = await loadTransactions(
    db,
    request.customerId,
    parseCursor(request.cursor, 2),
    request.limit + 1,
  );
  return toPage(transactions, request.limit, (one) => [one.occurredAt, one.source, one.transactionId]);
}

interface TransactionRow {
  readonly source: string;
  readonly transaction_id: string;
  readonly type: TransactionType;
  readonly amount_minor: number;
  readonly currency: string;
  readonly merchant_category: string | null;
  readonly occurred_at: Date;
  readonly received_at: Date;
  readonly statement_closed_at: Date | null;
}

async function loadTransactions(
  db: Queryable,
  customerId: string,
  after: readonly (string | null)[],
  count: number,
): Promise<TransactionView[]> {
  const { rows } = await db.query<TransactionRow>({
    name: 'ledger-list-transactions',
    text: `
      select t.source, t.transaction_id, t.type, t.amount_minor, c.currency, t.merchant_category, t.occurred_at,
        t.received_at, t.statement_closed_at
      from transactions t join customers c on c.customer_id = t.customer_id
      where t.customer_id = $1
        and ($2::timestamptz is null or t.occurred_at < $2
          or (t.occurred_at = $2 and (t.source, t.transaction_id) > ($3::text, $4::text)))
      order by t.occurred_at desc, t.source, t.transaction_id
      limit $5`,
    values: [customerId, ...after, count],
  });
  return rows.map(toView);
}

function toView(row: TransactionRow): TransactionView {
  return {
    source: row.source,
    transactionId: row.transaction_id,
    type: row.type,
    amountMinor: row.amount_minor,
    currency: row.currency,
    merchantCategory: row.merchant_category,
    occurredAt: row.occurred_at.toISOString(),
    receivedAt: row.received_at.toISOString(),
    statementClosedAt: row.statement_closed_at?.toISOString() ?? null,
  };
}
