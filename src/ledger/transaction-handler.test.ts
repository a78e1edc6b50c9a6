import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { accept } from '../../test/support/accepted-events.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { addCustomer, loadQueued } from '../../test/support/ledger-rows.ts';
import { inTransaction } from '../db/index.ts';
import { createTransactionHandler } from './index.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const handle = createTransactionHandler({ triggers: { transactionShareOfLimit: 0.5 } });

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate customers, transactions, outbox_events cascade'));

const transaction = (
  subject: string,
  data: Record<string, unknown> = {},
  options: { id?: string; source?: string; timeMs?: number } = {},
) => accept('ecs.transactions.v1', { subject, timeMs: NOW, ...options }, data);

const countRows = async () => (await database.pool.query('select count(*) as rows from transactions')).rows[0].rows;

async function loadOpenPeriod(customerId: string): Promise<string | null> {
  const { rows } = await database.pool.query('select open_period_at from credit_accounts where customer_id = $1', [
    customerId,
  ]);
  return rows[0].open_period_at?.toISOString() ?? null;
}

describe('transaction handler', () => {
  test('keeps a transaction as it was said, and creates its customer with account and open period', async () => {
    const event = transaction(
      'a',
      { type: 'purchase', amountMinor: 1_299, merchantCategory: '5411' },
      { id: 'tx-1', source: 'core' },
    );
    await expect(handle(database.pool, [event], NOW + 5)).resolves.toEqual({
      counted: [true],
      rejections: [],
      dropped: {},
    });
    const { rows } = await database.pool.query(
      `select t.customer_id, source, transaction_id, type, amount_minor, merchant_category, occurred_at, received_at,
         statement_closed_at, currency, created_at
       from transactions t join customers c on c.customer_id = t.customer_id`,
    );
    expect(rows[0]).toMatchObject({
      customer_id: 'a',
      source: 'core',
      transaction_id: 'tx-1',
      type: 'purchase',
      amount_minor: 1_299,
      merchant_category: '5411',
      occurred_at: new Date(NOW),
      received_at: new Date(NOW + 5),
      statement_closed_at: null,
      currency: 'EUR',
      created_at: new Date(NOW + 5),
    });
    expect(await loadOpenPeriod('a')).toBe('2026-11-01T00:00:00.000Z');
  });

  test('counts a repeat once, in the same batch and in a later one', async () => {
    const copy = () => transaction('a', {}, { id: 'tx-1' });
    await expect(handle(database.pool, [copy(), copy(), transaction('a')], NOW)).resolves.toEqual({
      counted: [true, false, true],
      rejections: [],
      dropped: { duplicate: 1 },
    });
    await expect(handle(database.pool, [copy(), transaction('a')], NOW)).resolves.toEqual({
      counted: [false, true],
      rejections: [],
      dropped: { duplicate: 1 },
    });
    expect(await countRows()).toBe(3);
  });

  test('the same id of another source or customer is another transaction', async () => {
    const events = [
      transaction('a', {}, { id: '1' }),
      transaction('a', {}, { id: '1', source: 'urn:other' }),
      transaction('b', {}, { id: '1' }),
      // Parts that would run together if they were simply put behind each other.
      transaction('a', {}, { id: 'x y', source: 's' }),
      transaction('a', {}, { id: 'y', source: 's x' }),
    ];
    expect((await handle(database.pool, events, NOW)).counted).toEqual([true, true, true, true, true]);
  });

  test.each<[string, Record<string, unknown>, number]>([
    ['data.type', { type: 'refund' }, NOW],
    ['data.amountMinor', { amountMinor: 1_300 }, NOW],
    ['data.merchantCategory', { merchantCategory: '5812' }, NOW],
    ['data.merchantCategory', { merchantCategory: undefined }, NOW],
    ['time', {}, NOW + 1],
  ])('refuses the same identity with another %s', async (field, data, timeMs) => {
    const first = transaction('a', {}, { id: '1' });
    const other = transaction('a', data, { id: '1', timeMs });
    const rejection = { offset: other.offset, code: 'content_differs', field, message: expect.any(String) };
    await handle(database.pool, [first], NOW);
    await expect(handle(database.pool, [other, transaction('a')], NOW)).resolves.toEqual({
      counted: [false, true],
      rejections: [rejection],
      dropped: {},
    });
    await database.pool.query('truncate customers, transactions, outbox_events cascade');
    await expect(handle(database.pool, [first, other], NOW)).resolves.toMatchObject({
      counted: [true, false],
      rejections: [rejection],
    });
  });

  test('the first event fixes the currency; another is refused', async () => {
    await addCustomer(database.pool, 'known', { currency: 'USD' });
    const wrong = transaction('known');
    const events = [wrong, transaction('new', { currency: 'BRL' }), transaction('new', { currency: 'EUR' })];
    const result = await handle(database.pool, events, NOW);
    expect(result.counted).toEqual([false, true, false]);
    expect(result.rejections).toEqual([
      { offset: wrong.offset, code: 'wrong_currency', field: 'data.currency', message: expect.any(String) },
      { offset: events[2]!.offset, code: 'wrong_currency', field: 'data.currency', message: expect.any(String) },
    ]);
  });

  test('asks for a decision on income and on what is large for the limit, once counted', async () => {
    await addCustomer(database.pool, 'large', { limitMinor: 10_000 });
    await addCustomer(database.pool, 'small', { limitMinor: 10_000 });
    await addCustomer(database.pool, 'repeat', { limitMinor: 10_000 });
    const repeat = () => transaction('repeat', { amountMinor: 5_000 }, { id: '1' });
    await handle(database.pool, [repeat()], NOW);
    await database.pool.query('delete from decision_queue');
    await handle(
      database.pool,
      [
        transaction('large', { amountMinor: 5_000 }),
        transaction('small', { amountMinor: 4_999 }),
        transaction('no-limit', { amountMinor: 9_999_999 }),
        transaction('earner', { type: 'income' }),
        repeat(),
      ],
      NOW,
    );
    expect(await loadQueued(database.pool)).toEqual([
      { customer_id: 'earner', trigger: 'state_change' },
      { customer_id: 'large', trigger: 'state_change' },
    ]);
  });

  test('the open period is the month of the first transaction, whatever the order', async () => {
    const at = (month: number, day: number) => Date.UTC(2026, month - 1, day);
    await handle(
      database.pool,
      [transaction('a', {}, { timeMs: at(5, 20) }), transaction('a', {}, { timeMs: at(3, 31) })],
      NOW,
    );
    expect(await loadOpenPeriod('a')).toBe('2026-03-01T00:00:00.000Z');
    await handle(
      database.pool,
      [transaction('a', {}, { timeMs: at(2, 1) }), transaction('a', {}, { timeMs: at(6, 1) })],
      NOW,
    );
    expect(await loadOpenPeriod('a')).toBe('2026-02-01T00:00:00.000Z');
  });

  test('once a statement was closed the open period stays: what comes from before is late', async () => {
    await handle(database.pool, [transaction('a')], NOW);
    await database.pool.query(
      `insert into statements values ('a', '2026-11-01', 'ecs', 0, 0, 0, 0, 'inactive', null, 0, now())`,
    );
    await handle(database.pool, [transaction('a', {}, { timeMs: Date.UTC(2026, 8, 1) })], NOW);
    expect(await loadOpenPeriod('a')).toBe('2026-11-01T00:00:00.000Z');
  });

  test('an account begins at most two years ago', async () => {
    await handle(database.pool, [transaction('a', {}, { timeMs: Date.UTC(1971, 0, 1) })], NOW);
    expect(await loadOpenPeriod('a')).toBe('2024-11-01T00:00:00.000Z');
  });

  // In given order the first batch would hold b and wait for m, the second hold a and wait for m, and then each wait for
  // what the other holds.
  test.each([
    ['customers', (name: string) => transaction(name, {}, { id: 'same' })],
    ['transactions', (name: string) => transaction('known', {}, { id: name })],
  ])('batches with the same new %s in opposite order do not deadlock', async (_, make) => {
    await addCustomer(database.pool, 'known');
    const isWaiting = async () => {
      const { rows } = await database.pool.query(
        `select count(*) as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      expect(rows[0].waiting).toBe(2);
    };
    const batches = await inTransaction(database.pool, async (tx) => {
      await handle(tx, [make('m')], NOW);
      const waiting = [
        ['b', 'm', 'a'],
        ['a', 'm', 'b'],
      ].map((names) => inTransaction(database.pool, (other) => handle(other, names.map(make), NOW)));
      await eventually(isWaiting);
      return { waiting };
    });
    const results = await Promise.all(batches.waiting);
    expect(results.map((result) => result.dropped.duplicate ?? 0).sort()).toEqual([1, 3]);
    expect(await countRows()).toBe(3);
  });

  test('holds its customers until the commit, and a customer with transactions cannot be deleted', async () => {
    await handle(database.pool, [transaction('a')], NOW);
    const hold = "select from customers where customer_id = 'a' for update nowait";
    await inTransaction(database.pool, async (tx) => {
      await handle(tx, [transaction('a')], NOW);
      await expect(database.pool.query(hold)).rejects.toMatchObject({ code: '55P03' });
    });
    await expect(database.pool.query(hold)).resolves.toMatchObject({ rowCount: 1 });
    await expect(database.pool.query("delete from customers where customer_id = 'a'")).rejects.toMatchObject({
      code: '23503',
    });
  });

  test('an empty batch is no work', async () => {
    await expect(handle(database.pool, [], NOW)).resolves.toEqual({ counted: [], rejections: [], dropped: {} });
  });
});
