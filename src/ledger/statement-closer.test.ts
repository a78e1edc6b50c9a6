import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accept } from '../../test/support/accepted-events.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { addCustomer, addLimit, loadQueued } from '../../test/support/ledger-rows.ts';
import { inTransaction } from '../db/index.ts';
import type { TransactionType } from '../events/transaction-event.ts';
import { HOUR_MS } from '../lib/clock.ts';
import { createLog } from '../lib/log.ts';
import {
  createStatementCloser,
  createStatementHandler,
  createTransactionHandler,
  listStatements,
  listTransactions,
} from './index.ts';

const at = (text: string) => Date.parse(`2026-${text}Z`);
const handle = createTransactionHandler({ triggers: { transactionShareOfLimit: 1 } });
const log = createLog('silent');

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate customers, transactions, outbox_events cascade'));

const makeCloser = (options: { batchSize?: number; clock?: () => number; pollMs?: number } = {}) =>
  createStatementCloser({ pool: database.pool, clock: () => 0, log, ...options });

type Movement = readonly [time: string, type: TransactionType, amountMinor: number];

async function move(customerId: string, movements: readonly Movement[], nowMs: number): Promise<void> {
  const events = movements.map(([time, type, amountMinor]) =>
    accept('ecs.transactions.v1', { subject: customerId, timeMs: at(time) }, { type, amountMinor }),
  );
  await handle(database.pool, events, nowMs);
}

const list = async (customerId: string) =>
  [...(await listStatements(database.pool, { customerId, limit: 100 })).items].reverse();

describe('closing', () => {
  test('months made by hand, closed at once, follow the documented rule', async () => {
    const now = at('07-01T02:00');
    await addCustomer(database.pool, 'a');
    await addLimit(database.pool, 'a', 90_000, '2026-04-15T00:00:00Z');
    await move(
      'a',
      [
        ['01-05T10:00', 'purchase', 40_000],
        ['01-31T23:59:59.999', 'fee', 1_000],
        ['02-01T00:00', 'payment', 41_000],
        ['02-10T00:00', 'purchase', 60_000],
        ['02-11T00:00', 'income', 500_000],
        ['03-20T00:00', 'payment', 3_000],
        ['03-21T00:00', 'interest', 700],
        ['04-02T00:00', 'cash_advance', 2_300],
        ['06-30T00:00', 'payment', 40_000],
        ['06-30T12:00', 'refund', 5_000],
      ],
      now,
    );
    await expect(makeCloser().closeDue(now)).resolves.toBe(6);
    const month = (
      closedAt: string,
      balanceMinor: number,
      minimumDueMinor: number,
      paidMinor: number,
      standing: string,
      monthsPastDue: number,
      limitMinor: number | null,
    ) => ({
      closedAt: `2026-${closedAt}T00:00:00.000Z`,
      closedBy: 'ecs',
      currency: 'EUR',
      balanceMinor,
      minimumDueMinor,
      paidMinor,
      standing,
      monthsPastDue,
      limitMinor,
    });
    expect(await list('a')).toEqual([
      month('02-01', 41_000, 2_050, 0, 'paid_in_full', 0, null),
      month('03-01', 60_000, 3_000, 41_000, 'paid_in_full', 0, null),
      month('04-01', 57_700, 2_885, 3_000, 'revolving', 0, null),
      month('05-01', 60_000, 3_000 + 2_885, 0, 'past_due', 1, 90_000),
      month('06-01', 60_000, 3_000 + 5_885, 0, 'past_due', 2, 90_000),
      month('07-01', 15_000, 1_000, 40_000, 'revolving', 0, 90_000),
    ]);
    expect(await loadQueued(database.pool)).toEqual([{ customer_id: 'a', trigger: 'statement' }]);
  });

  test('month by month gives the same as all at once', async () => {
    const movements: Movement[] = [
      ['01-05T10:00', 'purchase', 40_000],
      ['02-03T00:00', 'payment', 5_000],
      ['04-10T00:00', 'payment', 9_000],
    ];
    await move('at-once', movements, at('06-01T02:00'));
    await move('step-by-step', movements, at('06-01T02:00'));
    await database.pool.query(`update credit_accounts set statements_by = 'lender' where customer_id = 'at-once'`);
    for (const month of ['02', '03', '04', '05', '06']) {
      await expect(makeCloser().closeDue(at(`${month}-01T01:00`))).resolves.toBe(1);
      await expect(makeCloser().closeDue(at(`${month}-20T01:00`))).resolves.toBe(0);
    }
    await database.pool.query(`update credit_accounts set statements_by = 'ecs'`);
    await expect(makeCloser().closeDue(at('06-01T01:00'))).resolves.toBe(5);
    expect(await list('at-once')).toEqual(await list('step-by-step'));
    const { rows } = await database.pool.query('select distinct content_hash::text from statements');
    expect(rows).toHaveLength(5);
  });

  test('waits out the grace time after the end of the month', async () => {
    await move('a', [['01-05T10:00', 'purchase', 1]], at('01-05T11:00'));
    await expect(makeCloser().closeDue(at('02-01T00:59:59.999'))).resolves.toBe(0);
    await expect(makeCloser().closeDue(at('02-01T01:00'))).resolves.toBe(1);
  });

  test('what comes late posts to the statement that is open', async () => {
    await move('a', [['01-05T10:00', 'purchase', 1_000]], at('01-05T11:00'));
    await makeCloser().closeDue(at('02-01T01:00'));
    await move('a', [['01-31T23:59', 'purchase', 500]], at('02-02T00:00'));
    await move('a', [['02-02T00:00', 'purchase', 30]], at('02-02T00:00'));
    await makeCloser().closeDue(at('03-01T01:00'));
    expect((await list('a')).map((one) => one.balanceMinor)).toEqual([1_000, 1_530]);
    const { items } = await listTransactions(database.pool, { customerId: 'a', limit: 10 });
    expect(items.map((one) => [one.amountMinor, one.statementClosedAt?.slice(0, 10)])).toEqual([
      [30, '2026-03-01'],
      [500, '2026-03-01'],
      [1_000, '2026-02-01'],
    ]);
  });

  test('an account that its lender closes is left alone', async () => {
    await move('a', [['01-05T10:00', 'purchase', 1_000]], at('01-05T11:00'));
    await createStatementHandler()(database.pool, [accept('ecs.statements.v1', { subject: 'a' })], at('01-06T00:00'));
    await expect(makeCloser().closeDue(at('12-01T01:00'))).resolves.toBe(0);
  });

  test('an account without any transaction has no period to close', async () => {
    await addCustomer(database.pool, 'a');
    await expect(makeCloser().closeDue(at('12-01T01:00'))).resolves.toBe(0);
  });

  test('a decision that holds an account does not hold up the others', async () => {
    await move('held', [['01-05T10:00', 'purchase', 1]], at('01-05T11:00'));
    await move('free', [['01-05T10:00', 'purchase', 1]], at('01-05T11:00'));
    await inTransaction(database.pool, async (tx) => {
      await tx.query(`select from credit_accounts where customer_id = 'held' for update`);
      await expect(makeCloser().closeDue(at('02-01T01:00'))).resolves.toBe(1);
    });
    await expect(makeCloser().closeDue(at('02-01T01:00'))).resolves.toBe(1);
  });

  test('years of silence are caught up with, batch after batch', async () => {
    await addCustomer(database.pool, 'old', { openPeriodAt: '2020-01-01T00:00:00Z' });
    for (let index = 0; index < 7; index += 1) {
      await addCustomer(database.pool, `young-${index}`, { openPeriodAt: '2026-01-01T00:00:00Z' });
    }
    await expect(makeCloser({ batchSize: 3 }).closeDue(at('02-01T01:00'))).resolves.toBe(73 + 7);
    const { rows } = await database.pool.query(`select distinct open_period_at from credit_accounts`);
    expect(rows).toEqual([{ open_period_at: new Date('2026-02-01T00:00:00Z') }]);
  });
});

describe('closers and transactions at the same time', () => {
  const movement = fc.record({
    customerId: fc.constantFrom('a', 'b', 'c'),
    day: fc.integer({ min: 0, max: 150 }),
    type: fc.constantFrom<TransactionType>('purchase', 'payment', 'refund', 'fee', 'income'),
    amountMinor: fc.integer({ min: 1, max: 10_000 }),
  });
  const batches = fc.array(fc.array(movement, { minLength: 1, maxLength: 15 }), { minLength: 2, maxLength: 5 });

  test('every transaction is posted exactly once, and the balances add up', async () => {
    await fc.assert(
      fc
        .asyncProperty(batches, async (given) => {
          const inserts = given.map((batch) => {
            const events = batch.map(({ customerId, day, ...data }) =>
              accept(
                'ecs.transactions.v1',
                { subject: customerId, timeMs: at('01-01T00:00') + day * 24 * HOUR_MS },
                data,
              ),
            );
            return inTransaction(database.pool, (tx) => handle(tx, events, at('06-15T00:00')));
          });
          const closers = ['04-01T01:00', '06-01T01:00'].map((time) => makeCloser({ batchSize: 1 }).closeDue(at(time)));
          await Promise.all([...inserts, ...closers]);
          // What came while the closers were at work is late, and posts to a later statement.
          await makeCloser().closeDue(at('07-01T01:00'));
          await makeCloser().closeDue(at('08-01T01:00'));
          await expectPostedOnce(given.flat().length);
        })
        .beforeEach(() =>
          database.pool.query('truncate customers, transactions, outbox_events cascade').then(() => undefined),
        ),
      { numRuns: 40 },
    );
  });

  async function expectPostedOnce(count: number): Promise<void> {
    const { rows: posted } = await database.pool.query(
      `select count(*) as all, count(s.closed_at) as posted
       from transactions t left join statements s on s.customer_id = t.customer_id and s.closed_at = t.statement_closed_at`,
    );
    expect(posted[0]).toEqual({ all: count, posted: count });
    const { rows: balances } = await database.pool.query(
      `with moved as (
         select customer_id, sum(case when type = 'income' then 0 when type in ('payment', 'refund') then -amount_minor else amount_minor end) as balance,
           sum(amount_minor) filter (where type = 'payment') as paid
         from transactions group by customer_id
       ), closed as (
         select customer_id, (array_agg(balance_minor order by closed_at desc))[1] as balance, sum(paid_minor) as paid,
           count(*) as statements, extract(year from age(max(closed_at), min(closed_at))) * 12 + extract(month from age(max(closed_at), min(closed_at))) + 1 as months
         from statements group by customer_id
       )
       select * from moved m join closed c using (customer_id)
       where m.balance <> c.balance or coalesce(m.paid, 0) <> c.paid or c.statements <> c.months`,
    );
    expect(balances).toEqual([]);
  }
});

describe('the worker', () => {
  test('closes on its own, carries on after trouble, and stops', async () => {
    let now = at('01-15T00:00');
    const closer = makeCloser({ clock: () => now, pollMs: 20 });
    await move('a', [['01-05T10:00', 'purchase', 1]], now);
    await database.pool.query('alter table statements rename to statements_away');
    now = at('02-01T01:00');
    closer.start();
    closer.start();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await database.pool.query('alter table statements_away rename to statements');
    await eventually(async () => expect(await list('a')).toHaveLength(1));
    await closer.stop();
    now = at('03-01T01:00');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await list('a')).toHaveLength(1);
    await closer.stop();
    closer.start();
    await eventually(async () => expect(await list('a')).toHaveLength(2));
    await closer.stop();
  });
});
