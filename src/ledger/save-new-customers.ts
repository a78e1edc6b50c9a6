// Makes sure that the customers of a batch of money events exist, each with a credit account: a card may be used before
// the profile arrives. Holds them until the commit, and tells what the batch needs to know of their accounts.
import { binaryArray, type Queryable } from '../db/index.ts';

export interface AccountFacts {
  /** The customer's one currency; it never changes. */
  readonly currency: string;
  /** Limit in force; null before the first decision. */
  readonly limitMinor: number | null;
  /** Start of the statement period that is open; null before the first transaction. No closer moves it until the commit. */
  readonly openPeriodAtMs: number | null;
}

/**
 * `currencies`: customer -> currency to create the customer with. Every customer is in the answer. New ones are inserted
 * before anybody is locked: whoever waits for another's insert holds no lock that the other could want.
 */
export async function saveNewCustomers(
  tx: Queryable,
  currencies: ReadonlyMap<string, string>,
  nowMs: number,
): Promise<Map<string, AccountFacts>> {
  const customerIds = [...currencies.keys()];
  const known = await loadKnown(tx, customerIds);
  const unknown = [...currencies].filter(([customerId]) => !known.has(customerId));
  if (unknown.length > 0) {
    const unknownIds = unknown.map(([customerId]) => customerId);
    await insertCustomers(
      tx,
      unknownIds,
      unknown.map(([, currency]) => currency),
      nowMs,
    );
    await insertAccounts(tx, unknownIds);
  }
  // Read rather than assumed: another transaction may have created one of them, with another currency.
  return lockAndLoad(tx, customerIds);
}

async function loadKnown(tx: Queryable, customerIds: readonly string[]): Promise<Set<string>> {
  const { rows } = await tx.query<{ customer_id: string }>({
    name: 'ledger-load-known-customers',
    text: 'select customer_id from customers where customer_id = any($1::text[])',
    values: [binaryArray.text(customerIds)],
  });
  return new Set(rows.map((row) => row.customer_id));
}

/**
 * Two statements, since the second one must see what was committed while the first one waited: a closer may have moved an
 * open period.
 */
async function lockAndLoad(tx: Queryable, customerIds: readonly string[]): Promise<Map<string, AccountFacts>> {
  const currencies = await lockCustomers(tx, customerIds);
  return loadAccounts(tx, currencies);
}

/**
 * Holds the customers' rows as a foreign key would, but once for each customer instead of once for each transaction: 4 of
 * 20 µs a row. And against each other, so that of two batches with the same transaction the later one sees that of the
 * earlier, and against closers; not against a decision or a reading, which refer to a customer by foreign keys.
 */
async function lockCustomers(tx: Queryable, customerIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ customer_id: string; currency: string }>({
    name: 'ledger-lock-customers',
    text: `
      select customer_id, currency from customers
      where customer_id = any($1::text[])
      order by customer_id
      for no key update`,
    values: [binaryArray.text(customerIds)],
  });
  return new Map(rows.map((row) => [row.customer_id, row.currency]));
}

interface AccountRow {
  readonly customer_id: string;
  readonly limit_minor: number | null;
  readonly open_period_at: Date | null;
}

/** That an account refers to a customer is what keeps a transaction from standing without its customer. */
async function loadAccounts(
  tx: Queryable,
  currencies: ReadonlyMap<string, string>,
): Promise<Map<string, AccountFacts>> {
  const { rows } = await tx.query<AccountRow>({
    name: 'ledger-load-accounts',
    text: 'select customer_id, limit_minor, open_period_at from credit_accounts where customer_id = any($1::text[])',
    values: [binaryArray.text([...currencies.keys()])],
  });
  return new Map(rows.map((row) => [row.customer_id, toFacts(row, currencies.get(row.customer_id) ?? '')]));
}

function toFacts({ limit_minor, open_period_at }: AccountRow, currency: string): AccountFacts {
  return { currency, limitMinor: limit_minor, openPeriodAtMs: open_period_at?.getTime() ?? null };
}

async function insertCustomers(
  tx: Queryable,
  customerIds: readonly string[],
  currencies: readonly string[],
  nowMs: number,
): Promise<void> {
  await tx.query({
    name: 'ledger-insert-customers',
    text: `
      insert into customers (customer_id, currency, created_at)
      select customer_id, currency, $3
      from unnest($1::text[], $2::text[]) as given (customer_id, currency)
      order by customer_id
      on conflict (customer_id) do nothing`,
    values: [customerIds, currencies, new Date(nowMs)],
  });
}

async function insertAccounts(tx: Queryable, customerIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'ledger-insert-accounts',
    text: `
      insert into credit_accounts (customer_id)
      select customer_id from unnest($1::text[]) as given (customer_id)
      order by customer_id
      on conflict (customer_id) do nothing`,
    values: [customerIds],
  });
}
