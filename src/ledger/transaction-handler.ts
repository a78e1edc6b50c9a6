// Counts a batch of transactions: each once, in the customer's one currency. A large movement or an income asks for a
// new decision; the monthly rest waits for the statement.
import { type Queryable, queueDecisions } from '../db/index.ts';
import type { AcceptedEvent, FoldResult, Rejection } from '../events/accepted-event.ts';
import type { TransactionEvent } from '../events/transaction-event.ts';
import { type AccountFacts, saveNewCustomers } from './save-new-customers.ts';
import { saveOpenPeriods } from './save-open-periods.ts';
import { insertTransactions, loadDifferingTransactions } from './save-transactions.ts';
import {
  draftTransaction,
  findDifference,
  type TransactionContent,
  type TransactionDraft,
} from './transaction-draft.ts';
import type { TransactionTriggers } from './triggers.ts';

export type TransactionHandler = (
  tx: Queryable,
  events: readonly AcceptedEvent<TransactionEvent>[],
  nowMs: number,
) => Promise<FoldResult>;

export function createTransactionHandler(options: { readonly triggers: TransactionTriggers }): TransactionHandler {
  return async (tx, events, nowMs) => {
    const accounts = await saveNewCustomers(tx, firstCurrencies(events), nowMs);
    const sorting = sortEvents(events, accounts);
    const taken = await insertTransactions(tx, sorting.drafts, nowMs);
    const differing = await loadDifferingTransactions(tx, taken);
    const inserted = withoutTaken(sorting.drafts, taken);
    await saveOpenPeriods(tx, inserted, accounts, nowMs);
    await queueDecisions(tx, findMoved(inserted, accounts, options.triggers), 'state_change', nowMs);
    return toFoldResult(events, { ...sorting, inserted, differing, taken });
  };
}

function firstCurrencies(events: readonly AcceptedEvent<TransactionEvent>[]): Map<string, string> {
  const currencies = new Map<string, string>();
  for (const { event } of events) {
    if (!currencies.has(event.subject)) currencies.set(event.subject, event.data.currency);
  }
  return currencies;
}

interface Sorting {
  /** The first copy of each key, in the order of the keys: the order in which everybody locks. */
  readonly drafts: readonly TransactionDraft[];
  readonly rejections: Rejection[];
  /** Copies, inside the batch, of one of the drafts. */
  readonly duplicates: number;
}

function sortEvents(
  events: readonly AcceptedEvent<TransactionEvent>[],
  accounts: ReadonlyMap<string, AccountFacts>,
): Sorting {
  const byCustomer = new Map<string, Map<string, TransactionDraft>>();
  const rejections: Rejection[] = [];
  let duplicates = 0;
  events.forEach((accepted, position) => {
    const { event, offset } = accepted;
    if (accounts.get(event.subject)?.currency !== event.data.currency) {
      rejections.push(rejectCurrency(offset));
      return;
    }
    const draft = draftTransaction(accepted, position);
    const first = findOrAdd(byCustomer, draft);
    if (first === null) return;
    if (findDifference(draft, first) === '') duplicates += 1;
    else rejections.push(rejectContent(offset, draft, first));
  });
  return { drafts: inOrderOfKeys(byCustomer), rejections, duplicates };
}

/** The draft that has the key already; null where it is this one. */
function findOrAdd(
  byCustomer: Map<string, Map<string, TransactionDraft>>,
  draft: TransactionDraft,
): TransactionDraft | null {
  let own = byCustomer.get(draft.customerId);
  if (own === undefined) {
    own = new Map();
    byCustomer.set(draft.customerId, own);
  }
  // Neither a source nor an id has a line break: the envelope's schema forbids control characters.
  const key = `${draft.source}\n${draft.transactionId}`;
  const first = own.get(key);
  if (first !== undefined) return first;
  own.set(key, draft);
  return null;
}

/** By customer first: a few hundred of them are sorted here in a tenth of the time that PostgreSQL takes for all the rows. */
function inOrderOfKeys(byCustomer: ReadonlyMap<string, ReadonlyMap<string, TransactionDraft>>): TransactionDraft[] {
  const drafts: TransactionDraft[] = [];
  for (const customerId of [...byCustomer.keys()].sort()) {
    const own = byCustomer.get(customerId);
    if (own === undefined) continue;
    for (const key of [...own.keys()].sort()) {
      const draft = own.get(key);
      if (draft !== undefined) drafts.push(draft);
    }
  }
  return drafts;
}

function rejectCurrency(offset: number): Rejection {
  const message = "is not the customer's currency, which is fixed by the first event of the customer";
  return { offset, code: 'wrong_currency', field: 'data.currency', message };
}

function rejectContent(offset: number, given: TransactionContent, first: TransactionContent): Rejection {
  const message = 'a transaction with this source and id was counted with other content';
  return { offset, code: 'content_differs', field: findDifference(given, first), message };
}

function withoutTaken(drafts: readonly TransactionDraft[], taken: readonly TransactionDraft[]): TransactionDraft[] {
  const gone = new Set(taken);
  return drafts.filter((draft) => !gone.has(draft));
}

/** Customers with a transaction that is large for their limit, or an income, which is what they can afford. */
function findMoved(
  inserted: readonly TransactionDraft[],
  accounts: ReadonlyMap<string, AccountFacts>,
  triggers: TransactionTriggers,
): Set<string> {
  const moved = new Set<string>();
  for (const { customerId, type, amountMinor } of inserted) {
    const limitMinor = accounts.get(customerId)?.limitMinor ?? null;
    const isLarge = limitMinor !== null && amountMinor >= triggers.transactionShareOfLimit * limitMinor;
    if (type === 'income' || isLarge) moved.add(customerId);
  }
  return moved;
}

function toFoldResult(
  events: readonly AcceptedEvent<TransactionEvent>[],
  outcome: Sorting & {
    readonly inserted: readonly TransactionDraft[];
    readonly taken: readonly TransactionDraft[];
    readonly differing: ReadonlyMap<TransactionDraft, TransactionContent>;
  },
): FoldResult {
  const counted = new Array<boolean>(events.length).fill(false);
  for (const { position } of outcome.inserted) counted[position] = true;
  const rejections = [...outcome.rejections];
  for (const [draft, stored] of outcome.differing) {
    const offset = events[draft.position]?.offset;
    if (offset !== undefined) rejections.push(rejectContent(offset, draft, stored));
  }
  const duplicate = outcome.duplicates + outcome.taken.length - outcome.differing.size;
  return { counted, rejections, dropped: duplicate === 0 ? {} : { duplicate } };
}
