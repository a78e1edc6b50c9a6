import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { accept } from '../../test/support/accepted-events.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { inTransaction } from '../db/index.ts';
import { saveCustomerProfiles } from '../ledger/index.ts';
import { makeId } from '../lib/ids.ts';
import { createCustomerHandler, listConsents, recordConsents } from './index.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const handle = createCustomerHandler({
  saveProfiles: saveCustomerProfiles,
  recordConsents: (tx, changes, nowMs) => recordConsents(tx, changes, nowMs, { kafka: false, makeId }),
});

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate customers, outbox_events cascade'));

const customer = (subject: string, data: Record<string, unknown> = {}, timeMs = NOW) =>
  accept('ecs.customers.v1', { subject, timeMs, source: 'urn:app' }, data);
const run = (events: readonly ReturnType<typeof customer>[]) =>
  inTransaction(database.pool, (tx) => handle(tx, events, NOW));
const granted = async (customerId: string) =>
  (await listConsents(database.pool, customerId)).map((consent) => consent.granted);

describe('customer handler', () => {
  test('keeps facts and consents of one event together', async () => {
    await expect(run([customer('a', { consents: { emotions: true } })])).resolves.toEqual({
      counted: [true],
      rejections: [],
      dropped: {},
    });
    const { rows } = await database.pool.query('select jurisdiction, declared_income_minor from customers');
    expect(rows).toEqual([{ jurisdiction: 'DE', declared_income_minor: 250_000 }]);
    expect(await listConsents(database.pool, 'a')).toMatchObject([
      { purpose: 'emotions', granted: true, changedAt: new Date(NOW).toISOString(), recordedBy: 'event:urn:app' },
      { purpose: 'thoughts', granted: false, changedAt: null },
    ]);
  });

  test('an event that is refused is refused with its consents', async () => {
    await run([customer('a', { consents: undefined })]);
    const missing = customer('new', { currency: undefined, consents: { emotions: true } });
    const wrong = customer('a', { currency: 'USD', consents: { emotions: true } });
    await expect(run([missing, wrong, customer('a', { consents: { thoughts: true } })])).resolves.toEqual({
      counted: [false, false, true],
      rejections: [
        { offset: missing.offset, code: 'currency_missing', field: 'data.currency', message: expect.any(String) },
        { offset: wrong.offset, code: 'wrong_currency', field: 'data.currency', message: expect.any(String) },
      ],
      dropped: {},
    });
    expect(await granted('a')).toEqual([false, true]);
    expect(await granted('new')).toEqual([false, false]);
  });

  test('a repeat of an event changes nothing', async () => {
    const event = customer('a', { consents: { emotions: true } });
    await run([event]);
    await run([event, event]);
    const { rows } = await database.pool.query('select count(*) as words from consent_changes');
    expect(rows).toEqual([{ words: 1 }]);
  });

  test('of several words in one batch the newest stands, in any order', async () => {
    const later = customer('a', { consents: { emotions: false, thoughts: true } }, NOW);
    const earlier = customer('a', { consents: { emotions: true, thoughts: false } }, NOW - 1);
    await run([later, earlier]);
    expect(await granted('a')).toEqual([false, true]);
  });
});
