import fc from 'fast-check';
import { accept } from '../../test/support/accepted-events.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { makeDecider, saveCustomers } from '../../test/support/decision-database.ts';
import { loadStoredDeadLetters, makeEvent, makeIngest, toBytes } from '../../test/support/ingest-world.ts';
import { addCustomer, loadQueued } from '../../test/support/ledger-rows.ts';
import { NOW_MS } from '../../test/support/policy-facts.ts';
import { inTransaction } from '../db/index.ts';
import { partitionOf } from '../events/partition-of.ts';
import { DAY_MS } from '../lib/clock.ts';
import { createOutcomeHandler } from './index.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const handle = createOutcomeHandler();
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate customers, outbox_events cascade'));

const outcome = (subject: string, data: Record<string, unknown> = {}, options: { id?: string; timeMs?: number } = {}) =>
  accept('ecs.outcomes.v1', { subject, timeMs: NOW, ...options }, data);

async function loadOutcomes() {
  const { rows } = await database.pool.query(
    'select customer_id, as_of, window_months, defaulted, observed_at, report_id, decision_id from outcomes order by 1, 2, 3',
  );
  return rows;
}
const countReports = async () =>
  (await database.pool.query('select count(*)::int as n from outcome_reports')).rows[0].n;

test('keeps an outcome as it was said, and asks for no decision', async () => {
  await addCustomer(database.pool, 'a');
  await expect(handle(database.pool, [outcome('a', {}, { id: 'o-1' })], NOW)).resolves.toEqual({
    counted: [true],
    rejections: [],
    dropped: {},
  });
  expect(await loadOutcomes()).toEqual([
    {
      customer_id: 'a',
      as_of: new Date('2026-05-01T00:00:00Z'),
      window_months: 6,
      defaulted: false,
      observed_at: new Date('2026-11-01T00:00:00Z'),
      report_id: 'o-1',
      decision_id: null,
    },
  ]);
  expect(await loadQueued(database.pool)).toEqual([]);
});

test('a repeat counts once, inside a batch and later', async () => {
  await addCustomer(database.pool, 'a');
  const same = () => outcome('a', {}, { id: 'o-1' });
  await expect(handle(database.pool, [same(), same(), outcome('a', { windowMonths: 3 })], NOW)).resolves.toEqual({
    counted: [true, false, true],
    rejections: [],
    dropped: { duplicate: 1 },
  });
  await expect(handle(database.pool, [same()], NOW)).resolves.toMatchObject({
    counted: [false],
    dropped: { duplicate: 1 },
  });
  expect(await countReports()).toBe(2);
});

test('nobody knows the customer: refused, and nothing is created', async () => {
  await addCustomer(database.pool, 'a');
  const stranger = outcome('stranger');
  await expect(handle(database.pool, [stranger, outcome('a')], NOW)).resolves.toEqual({
    counted: [false, true],
    rejections: [{ offset: stranger.offset, code: 'unknown_customer', field: 'subject', message: expect.any(String) }],
    dropped: {},
  });
});

test.each<[string, Record<string, unknown>, number]>([
  ['data.asOf', { asOf: '2026-04-30T00:00:00Z' }, NOW],
  ['data.windowMonths', { windowMonths: 5 }, NOW],
  ['data.defaulted', { defaulted: true }, NOW],
  ['data.observedAt', { observedAt: '2026-11-02T00:00:00Z' }, NOW],
  ['time', {}, NOW - 1_000],
])('refuses the same id with another %s, in the same batch and later', async (field, data, timeMs) => {
  const first = () => outcome('a', {}, { id: 'o-1' });
  for (const together of [true, false]) {
    await database.pool.query('truncate customers, outbox_events cascade');
    await addCustomer(database.pool, 'a');
    const other = outcome('a', data, { id: 'o-1', timeMs });
    if (!together) await handle(database.pool, [first()], NOW);
    const result = await handle(database.pool, together ? [first(), other] : [other], NOW);
    expect(result.rejections).toEqual([
      { offset: other.offset, code: 'content_differs', field, message: expect.any(String) },
    ]);
    expect(await loadOutcomes()).toMatchObject([{ defaulted: false, window_months: 6 }]);
  }
});

const report = fc.record({
  window: fc.constantFrom(3, 6),
  defaulted: fc.boolean(),
  observedDay: fc.integer({ min: 1, max: 4 }),
  saidHour: fc.integer({ min: 0, max: 3 }),
});

let runs = 0;

test('the report observed last counts, at a tie the one said last, then by id, in whatever order they come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc
        .array(report, { minLength: 1, maxLength: 6 })
        .chain((reports) =>
          fc.tuple(
            fc.constant(reports),
            fc.shuffledSubarray([...reports.keys()], { minLength: reports.length }),
            fc.nat(reports.length),
          ),
        ),
      async ([reports, order, cut]) => {
        runs += 1;
        const customerId = `run-${String(runs).padStart(3, '0')}`;
        await addCustomer(database.pool, customerId);
        const events = order.map((place) => {
          const { window, defaulted, observedDay, saidHour } = reports[place] ?? raise();
          const observedAt = new Date(Date.UTC(2026, 10, observedDay)).toISOString();
          const timeMs = NOW - saidHour * 3_600_000;
          return outcome(customerId, { windowMonths: window, defaulted, observedAt }, { id: `o-${place}`, timeMs });
        });
        await handle(database.pool, events.slice(0, cut), NOW);
        await handle(database.pool, events.slice(cut), NOW);
        const expected = [3, 6].flatMap((window) => {
          const told = reports.map((one, place) => ({ ...one, place })).filter((one) => one.window === window);
          const last = told.toSorted(
            (one, other) =>
              other.observedDay - one.observedDay || one.saidHour - other.saidHour || other.place - one.place,
          )[0];
          return last === undefined ? [] : [`${window} ${last.defaulted} o-${last.place}`];
        });
        const found = (await loadOutcomes()).filter((row) => row.customer_id === customerId);
        expect(found.map((row) => `${row.window_months} ${row.defaulted} ${row.report_id}`)).toEqual(expected);
      },
    ),
    { numRuns: 30 },
  );
});

function raise(): never {
  throw new Error('no such report');
}

test('joins the newest decision by a model at or before the start of the window', async () => {
  const { decider, time, model } = await makeDecider(database.pool);
  await saveCustomers(database.pool, [{ customerId: 'a' }]);
  const decideAt = async (nowMs: number) => {
    time.nowMs = nowMs;
    return inTransaction(database.pool, (tx) =>
      decider.decideCustomer(tx, { customerId: 'a', trigger: 'api', requestedBy: 'test' }),
    );
  };
  const first = await decideAt(NOW_MS);
  time.nowMs = NOW_MS + DAY_MS;
  await inTransaction(database.pool, (tx) =>
    decider.setLimitByHand(tx, { customerId: 'a', limitMinor: 70_000, reason: 'x', requestedBy: 'officer' }),
  );
  const second = await decideAt(NOW_MS + 2 * DAY_MS);
  const asOfs = [NOW_MS - 1, NOW_MS, NOW_MS + DAY_MS + 1, NOW_MS + 2 * DAY_MS, NOW_MS + 900 * DAY_MS];
  const events = asOfs.map((asOfMs) =>
    outcome('a', {
      asOf: new Date(asOfMs).toISOString(),
      defaulted: true,
      observedAt: new Date(asOfMs + DAY_MS).toISOString(),
    }),
  );
  await handle(database.pool, events, NOW);
  const found = await loadOutcomes();
  expect(found.map((row) => row.decision_id)).toEqual([
    null,
    ...[first, first, second, second].map((decision) => decision.decisionId),
  ]);
  const { rows } = await database.pool.query(
    'select distinct model_version from outcomes where decision_id is not null',
  );
  expect(rows).toEqual([{ model_version: model.modelVersion }]);
});

test('by the road of all events: counted once, dead letters keep the bytes', async () => {
  await addCustomer(database.pool, 'a');
  const ingest = makeIngest(database.pool, { partitions: 1 });
  const topic = 'ecs.outcomes.v1';
  const { ownerEpoch, nextOffset } = await ingest.claimPartition(topic, 0);
  const values = [
    makeEvent(topic, { subject: 'a', id: 'o-1' }),
    makeEvent(topic, { subject: 'a', id: 'o-1' }, { defaulted: true }),
    makeEvent(topic, { subject: 'stranger', id: 'o-2' }),
    makeEvent(topic, { subject: 'a', id: 'o-3' }, { observedAt: '2026-10-31T23:59:59Z' }),
  ].map((event) => toBytes({ ...event, time: '2026-11-20T00:00:00Z' }));
  expect(partitionOf('a', 1)).toBe(0);
  const records = values.map((value, offset) => ({ offset, value, headers: {}, acceptedAtMs: Date.now() }));
  const result = await ingest.ingestBatch(
    { topic, partition: 0, fetchedFrom: nextOffset, nextOffset: records.length, records },
    ownerEpoch,
  );
  expect(result).toMatchObject({ counted: 1, deadLetters: { content_differs: 1, unknown_customer: 1, schema: 1 } });
  const letters = await loadStoredDeadLetters(database.pool, topic);
  expect(letters.map((letter) => [letter.record_offset, letter.code, letter.field])).toEqual([
    [1, 'content_differs', 'data.defaulted'],
    [2, 'unknown_customer', 'subject'],
    [3, 'schema', 'data.observedAt'],
  ]);
  expect(letters.every((letter) => letter.original !== null)).toBe(true);
});
