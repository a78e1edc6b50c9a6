import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { accept } from '../../test/support/accepted-events.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { addCustomer } from '../../test/support/ledger-rows.ts';
import { DAY_MS } from '../lib/clock.ts';
import {
  createStatementHandler,
  createTransactionHandler,
  listCustomers,
  listStatements,
  listTransactions,
  loadLedger,
  type Page,
} from './index.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const handleTransactions = createTransactionHandler({ triggers: { transactionShareOfLimit: 1 } });
const handleStatements = createStatementHandler();

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate customers, transactions, outbox_events cascade'));

const closedAt = (month: number) => new Date(Date.UTC(2026, month - 1, 1)).toISOString();

async function addStatements(customerId: string, months: readonly number[]): Promise<void> {
  const events = months.map((month) =>
    accept(
      'ecs.statements.v1',
      { subject: customerId },
      { closedAt: closedAt(month), balanceMinor: month * 100, limitMinor: 5_000 },
    ),
  );
  await handleStatements(database.pool, events, NOW);
}

async function addTransactions(
  customerId: string,
  given: readonly (readonly [ageDays: number, type: string, amountMinor: number])[],
) {
  const events = given.map(([ageDays, type, amountMinor]) =>
    accept('ecs.transactions.v1', { subject: customerId, timeMs: NOW - ageDays * DAY_MS }, { type, amountMinor }),
  );
  await handleTransactions(database.pool, events, NOW);
}

describe('loadLedger', () => {
  test('the latest six statements, oldest first, for everybody asked for', async () => {
    await addStatements('long', [1, 2, 3, 4, 5, 6, 7, 8]);
    await addStatements('short', [10, 9]);
    await addCustomer(database.pool, 'empty');
    const ledger = await loadLedger(database.pool, ['short', 'long', 'empty', 'stranger'], NOW);
    expect(ledger.get('long')?.statements.map((one) => one.balanceMinor)).toEqual([300, 400, 500, 600, 700, 800]);
    expect(ledger.get('long')?.lastClosedAtMs).toBe(Date.UTC(2026, 7, 1));
    expect(ledger.get('short')?.statements).toEqual([
      expect.objectContaining({
        closedAtMs: Date.UTC(2026, 8, 1),
        balanceMinor: 900,
        standing: 'revolving',
        limitMinor: 5_000,
      }),
      expect.objectContaining({
        closedAtMs: Date.UTC(2026, 9, 1),
        monthsPastDue: 0,
        paidMinor: 10_000,
        minimumDueMinor: 2_500,
      }),
    ]);
    const nothing = { statements: [], lastClosedAtMs: null, observedIncomeMinor: null, transactionCount: 0 };
    expect(ledger.get('empty')).toEqual(nothing);
    expect(ledger.get('stranger')).toEqual(nothing);
    expect(ledger.size).toBe(4);
  });

  test('a month of observed income is a third of that of 92 days', async () => {
    await addTransactions('a', [
      [1, 'income', 100_000],
      [35, 'income', 100_000],
      [91.9, 'income', 50_000],
      [92, 'income', 999_999],
      [3, 'purchase', 7],
    ]);
    await addTransactions('b', [[1, 'purchase', 5]]);
    const ledger = await loadLedger(database.pool, ['a', 'b'], NOW);
    expect(ledger.get('a')).toMatchObject({ observedIncomeMinor: 83_333, transactionCount: 4 });
    expect(ledger.get('b')).toMatchObject({ observedIncomeMinor: null, transactionCount: 1 });
  });

  test('nobody asked for is no work', async () => {
    await expect(loadLedger(database.pool, [], NOW)).resolves.toEqual(new Map());
  });
});

describe('lists', () => {
  async function readPages<Item>(load: (cursor: string | undefined) => Promise<Page<Item>>): Promise<Item[]> {
    const items: Item[] = [];
    let cursor: string | undefined;
    do {
      const page = await load(cursor);
      items.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return items;
  }

  test('transactions page by page, newest first, also where several happened at once', async () => {
    const events = Array.from({ length: 9 }, (_, index) =>
      accept(
        'ecs.transactions.v1',
        { subject: 'a', timeMs: NOW - (index % 3) * DAY_MS, id: `id-${index}`, source: `s${index % 2}` },
        { amountMinor: index + 1 },
      ),
    );
    await handleTransactions(database.pool, events, NOW);
    await addTransactions('b', [[0, 'purchase', 1]]);
    const all = await readPages((cursor) => listTransactions(database.pool, { customerId: 'a', limit: 2, cursor }));
    const whole = await listTransactions(database.pool, { customerId: 'a', limit: 50 });
    expect(all).toEqual(whole.items);
    expect(all).toHaveLength(9);
    expect(all.map((one) => one.occurredAt)).toEqual(
      all
        .map((one) => one.occurredAt)
        .sort()
        .reverse(),
    );
    expect(all[0]).toEqual({
      source: 's0',
      transactionId: 'id-0',
      type: 'purchase',
      amountMinor: 1,
      currency: 'EUR',
      merchantCategory: '5411',
      occurredAt: new Date(NOW).toISOString(),
      receivedAt: new Date(NOW).toISOString(),
      statementClosedAt: null,
    });
  });

  test('statements page by page, newest first', async () => {
    await addStatements('a', [3, 1, 2, 5, 4]);
    const all = await readPages((cursor) => listStatements(database.pool, { customerId: 'a', limit: 2, cursor }));
    expect(all.map((one) => one.balanceMinor)).toEqual([500, 400, 300, 200, 100]);
  });

  test('customers page by page, newest first, and by the start of their id', async () => {
    for (const [index, id] of ['a1', 'a2', 'b1', 'a%', 'a_3'].entries()) {
      await addCustomer(database.pool, id);
      await database.pool.query('update customers set created_at = $2 where customer_id = $1', [
        id,
        new Date(NOW + Math.floor(index / 2)),
      ]);
    }
    const all = await readPages((cursor) => listCustomers(database.pool, { limit: 2, cursor }));
    expect(all.map((one) => one.customerId)).toEqual(['a_3', 'b1', 'a%', 'a2', 'a1']);
    const some = await readPages((cursor) => listCustomers(database.pool, { limit: 1, cursor, prefix: 'a' }));
    expect(some.map((one) => one.customerId)).toEqual(['a_3', 'a%', 'a2', 'a1']);
    expect((await listCustomers(database.pool, { limit: 5, prefix: 'a%' })).items).toHaveLength(1);
  });

  test('a cursor of another list is refused', async () => {
    await addStatements('a', [1, 2]);
    const { nextCursor } = await listStatements(database.pool, { customerId: 'a', limit: 1 });
    await expect(
      listTransactions(database.pool, { customerId: 'a', limit: 1, cursor: nextCursor ?? '' }),
    ).rejects.toMatchObject({
      code: 'ECS_REQUEST_INVALID',
    });
  });
});
