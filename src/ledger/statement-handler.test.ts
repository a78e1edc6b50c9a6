import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { accept } from '../../test/support/accepted-events.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { addCustomer, addLimit, loadQueued } from '../../test/support/ledger-rows.ts';
import { createStatementHandler, listStatements, saveStatements } from './index.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const handle = createStatementHandler();

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate customers, outbox_events cascade'));

const statement = (subject: string, month: number, data: Record<string, unknown> = {}) =>
  accept(
    'ecs.statements.v1',
    { subject, timeMs: NOW },
    { closedAt: new Date(Date.UTC(2026, month - 1, 15)).toISOString(), ...data },
  );

const list = async (customerId: string) => (await listStatements(database.pool, { customerId, limit: 50 })).items;
const standings = async (customerId: string) => (await list(customerId)).map((one) => one.standing).reverse();

async function loadStatementsBy(customerId: string): Promise<string> {
  const { rows } = await database.pool.query('select statements_by from credit_accounts where customer_id = $1', [
    customerId,
  ]);
  return rows[0].statements_by;
}

describe('statement handler', () => {
  test('keeps a statement as it was said, creates its customer, and leaves the closing to the lender', async () => {
    const data = {
      balanceMinor: -500,
      minimumDueMinor: 0,
      paidMinor: 700,
      standing: 'paid_in_full',
      limitMinor: 90_000,
    };
    await expect(handle(database.pool, [statement('a', 10, data)], NOW)).resolves.toEqual({
      counted: [true],
      rejections: [],
      dropped: {},
    });
    expect(await list('a')).toEqual([
      {
        closedAt: '2026-10-15T00:00:00.000Z',
        closedBy: 'lender',
        monthsPastDue: 0,
        currency: 'EUR',
        ...data,
      },
    ]);
    expect(await loadStatementsBy('a')).toBe('lender');
  });

  test('counts a repeat once, however the second event calls itself', async () => {
    await handle(database.pool, [statement('a', 10), statement('a', 10), statement('a', 11)], NOW);
    await expect(handle(database.pool, [statement('a', 10)], NOW)).resolves.toEqual({
      counted: [false],
      rejections: [],
      dropped: { duplicate: 1 },
    });
    expect(await list('a')).toHaveLength(2);
  });

  test.each<[string, Record<string, unknown>]>([
    ['data.balanceMinor', { balanceMinor: 50_001 }],
    ['data.minimumDueMinor', { minimumDueMinor: 0 }],
    ['data.paidMinor', { paidMinor: 0 }],
    ['data.monthsPastDue', { monthsPastDue: 1 }],
    ['data.standing', { standing: 'inactive' }],
    ['data.limitMinor', { limitMinor: 1 }],
  ])('refuses the same instant with another %s', async (field, data) => {
    const first = statement('a', 10, { standing: undefined });
    const other = statement('a', 10, data);
    await handle(database.pool, [first], NOW);
    const rejection = { offset: other.offset, code: 'content_differs', field, message: expect.any(String) };
    await expect(handle(database.pool, [other], NOW)).resolves.toEqual({
      counted: [false],
      rejections: [rejection],
      dropped: {},
    });
    await database.pool.query('truncate customers, outbox_events cascade');
    await expect(handle(database.pool, [first, other], NOW)).resolves.toMatchObject({ rejections: [rejection] });
  });

  test('refuses another currency', async () => {
    await addCustomer(database.pool, 'a', { currency: 'USD' });
    expect((await handle(database.pool, [statement('a', 10)], NOW)).rejections).toMatchObject([
      { code: 'wrong_currency', field: 'data.currency' },
    ]);
  });

  test('only the newest statement of a customer asks for a decision', async () => {
    await handle(database.pool, [statement('a', 9), statement('a', 8), statement('b', 9)], NOW);
    expect(await loadQueued(database.pool)).toEqual([
      { customer_id: 'a', trigger: 'statement' },
      { customer_id: 'b', trigger: 'statement' },
    ]);
    await database.pool.query('delete from decision_queue');
    await handle(database.pool, [statement('a', 7), statement('b', 10), statement('b', 9)], NOW);
    expect(await loadQueued(database.pool)).toEqual([{ customer_id: 'b', trigger: 'statement' }]);
  });

  test('derives the standing from the statement before, stored or in the same batch', async () => {
    const months = [
      statement('a', 5, { balanceMinor: 0, paidMinor: 0 }),
      statement('a', 6, { balanceMinor: 1_000, paidMinor: 0 }),
      statement('a', 7, { balanceMinor: 2_000, paidMinor: 1_000 }),
      statement('a', 8, { balanceMinor: 1_500, paidMinor: 1_999 }),
      statement('a', 9, { balanceMinor: 1_500, paidMinor: 0, monthsPastDue: 1 }),
    ];
    const expected = ['inactive', 'paid_in_full', 'paid_in_full', 'revolving', 'past_due'];
    await handle(database.pool, [...months].reverse(), NOW);
    expect(await standings('a')).toEqual(expected);
    await database.pool.query('truncate customers, outbox_events cascade');
    for (const month of months) await handle(database.pool, [month], NOW);
    expect(await standings('a')).toEqual(expected);
  });

  test('takes the limit that was in force at the close where none is given', async () => {
    await addCustomer(database.pool, 'a');
    await addLimit(database.pool, 'a', 50_000, '2026-08-15T00:00:00Z', '2026-09-15T00:00:00Z');
    await addLimit(database.pool, 'a', 80_000, '2026-09-15T00:00:00Z');
    await handle(
      database.pool,
      [7, 8, 9, 10].map((month) => statement('a', month, { limitMinor: undefined })),
      NOW,
    );
    expect((await list('a')).map((one) => one.limitMinor).reverse()).toEqual([null, 50_000, 80_000, 80_000]);
  });

  test("the lender's statement takes the place of one that ECS closed for the same instant", async () => {
    await addCustomer(database.pool, 'a', { openPeriodAt: '2026-10-15T00:00:00Z' });
    await database.pool.query(
      `insert into statements values ('a', '2026-10-15', 'ecs', 1, 1, 0, 0, 'revolving', null, 0, now())`,
    );
    await expect(handle(database.pool, [statement('a', 10)], NOW)).resolves.toMatchObject({ counted: [true] });
    expect(await list('a')).toMatchObject([{ closedBy: 'lender', balanceMinor: 50_000 }]);
    expect(await loadStatementsBy('a')).toBe('lender');
  });

  test('an empty batch is no work', async () => {
    await expect(handle(database.pool, [], NOW)).resolves.toEqual({ counted: [], rejections: [], dropped: {} });
  });
});

describe('saveStatements', () => {
  test('refuses a standing that contradicts the months past due, and queues nothing', async () => {
    const base = {
      customerId: 'a',
      currency: 'EUR',
      balanceMinor: 0,
      minimumDueMinor: 0,
      paidMinor: 0,
      limitMinor: null,
    };
    const outcomes = await saveStatements(
      database.pool,
      [
        { ...base, closedAtMs: 1, monthsPastDue: 0, standing: 'past_due' },
        { ...base, closedAtMs: 2, monthsPastDue: 3, standing: 'revolving' },
        { ...base, closedAtMs: 3, monthsPastDue: 3, standing: 'past_due' },
      ],
      NOW,
    );
    const refused = { kind: 'refused', code: 'schema', field: 'standing', message: expect.any(String) };
    expect(outcomes).toEqual([refused, refused, { kind: 'saved', newest: true }]);
    expect(await loadQueued(database.pool)).toEqual([]);
  });
});
