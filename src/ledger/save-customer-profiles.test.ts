import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { addCustomer, loadQueued } from '../../test/support/ledger-rows.ts';
import { loadCustomer, type ProfileChange, saveCustomerProfiles } from './index.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate customers, outbox_events cascade'));

const change = (customerId: string, fields: Partial<ProfileChange> = {}): ProfileChange => ({
  customerId,
  timeMs: NOW,
  ...fields,
});
const save = (...changes: ProfileChange[]) => saveCustomerProfiles(database.pool, changes, NOW);
const load = (customerId: string) => loadCustomer(database.pool, customerId);

describe('saveCustomerProfiles', () => {
  test('creates a customer with account and facts', async () => {
    await expect(save(change('a', { currency: 'BRL', jurisdiction: 'BR', declaredIncomeMinor: 0 }))).resolves.toEqual(
      [],
    );
    await expect(load('a')).resolves.toEqual({
      customerId: 'a',
      currency: 'BRL',
      jurisdiction: 'BR',
      declaredIncomeMinor: 0,
      createdAt: new Date(NOW).toISOString(),
      account: { limitMinor: null, limitChangedAt: null, statementsBy: 'ecs', frozen: null },
    });
  });

  test('refuses an unknown customer without currency, and another currency than known', async () => {
    await addCustomer(database.pool, 'usd', { currency: 'USD' });
    const problems = await save(
      change('unknown', { jurisdiction: 'DE' }),
      change('usd', { currency: 'EUR', jurisdiction: 'DE' }),
      change('usd', { jurisdiction: 'US' }),
      change('new', { currency: 'EUR' }),
      change('new', { currency: 'USD', declaredIncomeMinor: 5 }),
    );
    expect(problems).toEqual([
      { index: 0, code: 'currency_missing', field: 'currency', message: expect.any(String) },
      { index: 1, code: 'wrong_currency', field: 'currency', message: expect.any(String) },
      { index: 4, code: 'wrong_currency', field: 'currency', message: expect.any(String) },
    ]);
    expect(await load('unknown')).toBeNull();
    expect(await load('usd')).toMatchObject({ jurisdiction: 'US' });
    expect(await load('new')).toMatchObject({ currency: 'EUR', declaredIncomeMinor: null });
  });

  test('a currency anywhere in the batch makes the customer known', async () => {
    await expect(save(change('a', { jurisdiction: 'DE' }), change('a', { currency: 'EUR' }))).resolves.toEqual([]);
    expect(await load('a')).toMatchObject({ currency: 'EUR', jurisdiction: 'DE' });
  });

  test('each fact is the newest by its own time, in any order and any split', async () => {
    const fact = fc.record({
      timeMs: fc.integer({ min: 0, max: 1_000 }),
      jurisdiction: fc.option(fc.constantFrom('DE', 'FR', 'BR'), { nil: undefined }),
      declaredIncomeMinor: fc.option(fc.nat(9), { nil: undefined }),
    });
    // Times differ: of two said at the same time the first to arrive counts.
    const facts = fc.uniqueArray(fact, { selector: (one) => one.timeMs, minLength: 1, maxLength: 8 });
    await fc.assert(
      fc
        .asyncProperty(facts, fc.nat(8), async (given, split) => {
          const changes = given.map((one) => change('a', { currency: 'EUR', ...one }));
          await save(...changes.slice(0, split));
          await save(...changes.slice(split));
          const newest = (name: 'jurisdiction' | 'declaredIncomeMinor') =>
            given.filter((one) => one[name] !== undefined).sort((x, y) => y.timeMs - x.timeMs)[0]?.[name] ?? null;
          expect(await load('a')).toMatchObject({
            jurisdiction: newest('jurisdiction'),
            declaredIncomeMinor: newest('declaredIncomeMinor'),
          });
        })
        .beforeEach(() => database.pool.query('truncate customers, outbox_events cascade').then(() => undefined)),
      { numRuns: 25 },
    );
  });

  test('only a fact that changed asks for a decision', async () => {
    await save(change('a', { currency: 'EUR' }), change('b', { currency: 'EUR', declaredIncomeMinor: 5 }));
    expect(await loadQueued(database.pool)).toEqual([{ customer_id: 'b', trigger: 'profile' }]);
    await database.pool.query('delete from decision_queue');
    await save(
      change('b', { declaredIncomeMinor: 5, timeMs: NOW + 1 }),
      change('b', { declaredIncomeMinor: 6, timeMs: NOW - 1 }),
    );
    expect(await loadQueued(database.pool)).toEqual([]);
    await save(change('b', { declaredIncomeMinor: 6, timeMs: NOW + 2 }), change('a', { jurisdiction: 'DE' }));
    expect((await loadQueued(database.pool)).map((row) => row.customer_id)).toEqual(['a', 'b']);
  });
});
