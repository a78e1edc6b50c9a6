// Finds which transactions of a batch are in the table already, with what stands there, and inserts the others. Between the
// two nobody can add one of them: the batch holds its customers (save-new-customers).
import { binaryArray, type Queryable } from '../db/index.ts';
import type { TransactionType } from '../events/transaction-event.ts';
import type { TransactionContent, TransactionDraft } from './transaction-draft.ts';

interface StoredRow {
  readonly place: number;
  readonly type: TransactionType;
  readonly amount_minor: number;
  readonly merchant_category: string | null;
  readonly occurred_at: Date;
}

/** Of drafts whose key is taken: what is stored under it. */
export async function loadTakenTransactions(
  tx: Queryable,
  drafts: readonly TransactionDraft[],
): Promise<Map<TransactionDraft, TransactionContent>> {
  if (drafts.length === 0) return new Map();
  // `offset 0`: each key is looked up by itself. As a plain join it was a walk over the whole table, until the statistics
  // had seen how large it had become: 30 µs a row.
  const { rows } = await tx.query<StoredRow>(
    `select g.place, t.type, t.amount_minor, t.merchant_category, t.occurred_at
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality as g (customer_id, transaction_id, source, place)
     cross join lateral (
       select * from transactions t
       where t.customer_id = g.customer_id and t.transaction_id = g.transaction_id and t.source = g.source
       offset 0
     ) t`,
    toKeyColumns(drafts),
  );
  return new Map(rows.flatMap((row) => pairWithDraft(row, drafts[row.place - 1])));
}

function pairWithDraft(
  row: StoredRow,
  draft: TransactionDraft | undefined,
): (readonly [TransactionDraft, TransactionContent])[] {
  if (draft === undefined) return [];
  const stored = {
    type: row.type,
    amountMinor: row.amount_minor,
    merchantCategory: row.merchant_category,
    occurredAtMs: row.occurred_at.getTime(),
  };
  return [[draft, stored]];
}

/**
 * Keys must be new, differ from each other, and come sorted: the rows are inserted as they are given, since to sort them by
 * three texts here took 1.5 of 14 µs a row. Without `on conflict`, which makes every row wait for a second word in the log.
 */
export async function insertTransactions(
  tx: Queryable,
  drafts: readonly TransactionDraft[],
  nowMs: number,
): Promise<void> {
  if (drafts.length === 0) return;
  await tx.query(
    `insert into transactions (customer_id, transaction_id, source, type, amount_minor, merchant_category, occurred_at, received_at)
     select customer_id, transaction_id, source, type, amount_minor, merchant_category, occurred_at, $8
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[], $6::text[], $7::timestamptz[])
       as given (customer_id, transaction_id, source, type, amount_minor, merchant_category, occurred_at)`,
    [
      ...toKeyColumns(drafts),
      binaryArray.text(drafts.map((draft) => draft.type)),
      binaryArray.int8(drafts.map((draft) => draft.amountMinor)),
      binaryArray.text(drafts.map((draft) => draft.merchantCategory)),
      binaryArray.timestamptz(drafts.map((draft) => draft.occurredAtMs)),
      new Date(nowMs),
    ],
  );
}

function toKeyColumns(drafts: readonly TransactionDraft[]): Buffer[] {
  return [
    binaryArray.text(drafts.map((draft) => draft.customerId)),
    binaryArray.text(drafts.map((draft) => draft.transactionId)),
    binaryArray.text(drafts.map((draft) => draft.source)),
  ];
}
