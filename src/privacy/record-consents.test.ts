import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accept } from '../../test/support/accepted-events.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { addCustomer, addLimit, loadQueued } from '../../test/support/ledger-rows.ts';
import { createEmotionHandler } from '../affect/index.ts';
import { inTransaction, type Queryable } from '../db/index.ts';
import { DAY_MS, HOUR_MS } from '../lib/clock.ts';
import { makeId } from '../lib/ids.ts';
import { type ConsentChange, listConsents, recordConsents } from './index.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const handleEmotions = createEmotionHandler({ triggers: { valenceChange: 0.3, stressChange: 0.2 } });

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('truncate customers, outbox_events cascade');
  await addCustomer(database.pool, 'a');
});

const change = (granted: boolean, changedAtMs = NOW, fields: Partial<ConsentChange> = {}): ConsentChange => ({
  customerId: 'a',
  purpose: 'emotions',
  granted,
  changedAtMs,
  recordedBy: 'key:test',
  ...fields,
});
const recordIn = (tx: Queryable, ...changes: ConsentChange[]) =>
  recordConsents(tx, changes, NOW, { kafka: true, makeId });
const record = (...changes: ConsentChange[]) => inTransaction(database.pool, (tx) => recordIn(tx, ...changes));

const load = async (sql: string) => (await database.pool.query(sql)).rows;
const loadStates = () => load('select customer_id, purpose, readings from emotional_states order by 1, 2');
const feelIn = (tx: Queryable, subject: string, ...timesMs: number[]) =>
  handleEmotions(
    tx,
    timesMs.map((timeMs) => accept('ecs.emotions.v1', { subject, timeMs })),
    NOW,
  );
const feelAt = (...timesMs: number[]) => inTransaction(database.pool, (tx) => feelIn(tx, 'a', ...timesMs));
const feel = (subject: string) => inTransaction(database.pool, (tx) => feelIn(tx, subject, NOW, NOW, NOW));

describe('recordConsents', () => {
  test('a grant opens the state, tells the world, and asks for no decision', async () => {
    await expect(record(change(true, NOW - 5))).resolves.toEqual(['changed']);
    expect(await loadStates()).toEqual([{ customer_id: 'a', purpose: 'emotions', readings: 0 }]);
    expect(await loadQueued(database.pool)).toEqual([]);
    expect(await load('select customer_id, sequence, type, data, occurred_at from outbox_events')).toEqual([
      {
        customer_id: 'a',
        sequence: 1,
        type: 'consent.changed',
        data: { purpose: 'emotions', granted: true, changedAt: new Date(NOW - 5).toISOString() },
        occurred_at: new Date(NOW),
      },
    ]);
    expect(await load('select destination from deliveries')).toEqual([{ destination: 'kafka' }]);
    await expect(listConsents(database.pool, 'a')).resolves.toEqual([
      {
        purpose: 'emotions',
        granted: true,
        changedAt: new Date(NOW - 5).toISOString(),
        recordedAt: new Date(NOW).toISOString(),
        recordedBy: 'key:test',
      },
      { purpose: 'thoughts', granted: false, changedAt: null, recordedAt: null, recordedBy: null },
    ]);
  });

  test('a withdrawal deletes everything derived under it, and only that, and asks for a decision', async () => {
    await addCustomer(database.pool, 'b');
    for (const customerId of ['a', 'b']) {
      await record(change(true, NOW - 5, { customerId }), change(true, NOW - 5, { customerId, purpose: 'thoughts' }));
      await feel(customerId);
      await addLimit(database.pool, customerId, 100, '2026-01-01T00:00Z');
    }
    await database.pool.query(`insert into decision_emotions select customer_id, decision_id, '{}' from decisions`);
    await database.pool.query('delete from decision_queue');

    await expect(record(change(false))).resolves.toEqual(['changed']);

    expect(await loadStates()).toEqual([
      { customer_id: 'a', purpose: 'thoughts', readings: 0 },
      { customer_id: 'b', purpose: 'emotions', readings: 3 },
      { customer_id: 'b', purpose: 'thoughts', readings: 0 },
    ]);
    expect(await load('select distinct customer_id from emotion_days')).toEqual([{ customer_id: 'b' }]);
    expect(await load('select customer_id from decision_emotions')).toEqual([{ customer_id: 'b' }]);
    expect(await load('select count(*) as kept from decisions')).toEqual([{ kept: 2 }]);
    expect(await loadQueued(database.pool)).toEqual([{ customer_id: 'a', trigger: 'consent' }]);
    expect(
      (await load(`select data from outbox_events where customer_id = 'a' order by sequence`)).at(-1),
    ).toMatchObject({
      data: { purpose: 'emotions', granted: false },
    });
  });

  test('every word is kept once for the proof, whoever passes it on', async () => {
    await record(change(true, NOW - 5));
    await expect(record(change(true, NOW - 5), change(false, NOW - 9), change(false))).resolves.toEqual([
      'unchanged',
      'stale',
      'changed',
    ]);
    expect(await load('select granted, changed_at, recorded_by from consent_changes order by changed_at')).toEqual([
      { granted: false, changed_at: new Date(NOW - 9), recorded_by: 'key:test' },
      { granted: true, changed_at: new Date(NOW - 5), recorded_by: 'key:test' },
      { granted: false, changed_at: new Date(NOW), recorded_by: 'key:test' },
    ]);
    expect(await load('select count(*) as events from outbox_events')).toEqual([{ events: 2 }]);
  });

  test('the same word again leaves the state alone', async () => {
    await record(change(true, NOW - 5));
    await feel('a');
    await expect(record(change(true, NOW - 5), change(true, NOW - 1))).resolves.toEqual(['unchanged', 'unchanged']);
    expect(await loadStates()).toEqual([{ customer_id: 'a', purpose: 'emotions', readings: 3 }]);
    expect((await listConsents(database.pool, 'a'))[0]).toMatchObject({ changedAt: new Date(NOW - 1).toISOString() });
  });

  test('withdrawn and granted again in one batch starts from nothing', async () => {
    await record(change(true, NOW - 5));
    await feel('a');
    await record(change(true, NOW), change(false, NOW - 1));
    expect(await loadStates()).toEqual([{ customer_id: 'a', purpose: 'emotions', readings: 0 }]);
  });

  test('granted and withdrawn in one batch leaves no state', async () => {
    await expect(record(change(true, NOW - 1), change(false, NOW))).resolves.toEqual(['changed', 'changed']);
    expect(await loadStates()).toEqual([]);
  });

  test('a withdrawal between two grants that comes last begins everything anew from the second grant', async () => {
    await record(change(true, NOW - 9), change(true, NOW - 3));
    await feelAt(NOW - 8, NOW - 1);
    await addLimit(database.pool, 'a', 100, '2026-01-01T00:00Z');
    await database.pool.query(`insert into decision_emotions select customer_id, decision_id, '{}' from decisions`);
    await database.pool.query('delete from decision_queue');

    await expect(record(change(false, NOW - 5))).resolves.toEqual(['restarted']);

    expect(await load('select readings, consented_from from emotional_states')).toEqual([
      { readings: 0, consented_from: new Date(NOW - 3) },
    ]);
    expect(await load('select * from emotion_days')).toEqual([]);
    expect(await load('select * from decision_emotions')).toEqual([]);
    expect(await loadQueued(database.pool)).toEqual([{ customer_id: 'a', trigger: 'consent' }]);
    expect((await listConsents(database.pool, 'a'))[0]).toMatchObject({
      granted: true,
      changedAt: new Date(NOW - 3).toISOString(),
    });
    const told = await load('select data from outbox_events order by sequence');
    expect(told.map(({ data }) => [data.granted, Date.parse(data.changedAt) - NOW])).toEqual([
      [true, -9],
      [false, -5],
      [true, -3],
    ]);
    await expect(feelAt(NOW - 4, NOW - 2)).resolves.toMatchObject({ counted: [false, true] });
  });

  test('nothing is kept of a customer that is not known', async () => {
    await expect(record(change(true, NOW, { customerId: 'x' }), change(true))).resolves.toEqual([
      'unknown_customer',
      'changed',
    ]);
    expect(await load('select distinct customer_id from consent_changes')).toEqual([{ customer_id: 'a' }]);
    await expect(record()).resolves.toEqual([]);
  });
});

describe('consent at the time of the event', () => {
  test.each<[string, [boolean, number][], number, number[]]>([
    ['granted once', [[true, 2]], 2, [2, 3, 4, 5, 6]],
    [
      'said again while live',
      [
        [true, 2],
        [true, 4],
      ],
      2,
      [2, 3, 4, 5, 6],
    ],
    [
      'said before, heard later',
      [
        [true, 4],
        [true, 2],
      ],
      4,
      [4, 5, 6],
    ],
    [
      'granted, withdrawn, granted again',
      [
        [true, 1],
        [false, 3],
        [true, 5],
      ],
      5,
      [5, 6],
    ],
    [
      'the withdrawal heard last',
      [
        [true, 1],
        [true, 5],
        [false, 3],
      ],
      5,
      [5, 6],
    ],
    [
      'the withdrawal heard first',
      [
        [false, 3],
        [true, 5],
        [true, 1],
      ],
      5,
      [5, 6],
    ],
  ])('%s', async (_, words, from, counted) => {
    for (const [granted, hour] of words) await record(change(granted, NOW + hour * HOUR_MS));
    expect(await load('select consented_from from emotional_states')).toEqual([
      { consented_from: new Date(NOW + from * HOUR_MS) },
    ]);
    const hours = [0, 1, 2, 3, 4, 5, 6];
    await expect(feelAt(...hours.map((hour) => NOW + hour * HOUR_MS))).resolves.toEqual({
      counted: hours.map((hour) => counted.includes(hour)),
      rejections: [],
      dropped: { before_consent: hours.length - counted.length },
    });
  });

  /** Times are whole days, so that the days kept of a state say which events are in it. */
  const START = Math.floor(NOW / DAY_MS) * DAY_MS;
  const anyWord = fc.record({ granted: fc.boolean(), day: fc.nat(7) });
  const anyStory = fc
    .record({ words: fc.array(anyWord, { maxLength: 4 }), days: fc.uniqueArray(fc.nat(9), { maxLength: 6 }) })
    .chain(({ words, days }) => {
      const first = [true, false, true].map((granted, index) => ({ granted, day: 2 + 2 * index }));
      const happenings = [...first, ...words, ...days];
      return fc.shuffledSubarray(happenings, { minLength: happenings.length });
    });

  test('whatever arrives when, nothing from outside the last live time is in a state', async () => {
    let keptRuns = 0;
    const story = fc.asyncProperty(anyStory, async (happenings) => {
      await database.pool.query('truncate customers, outbox_events cascade');
      await addCustomer(database.pool, 'a');
      for (const one of happenings) {
        if (typeof one === 'number') await feelAt(START + one * DAY_MS);
        else await record(change(one.granted, START + one.day * DAY_MS));
      }
      const words = happenings.filter((one) => typeof one !== 'number');
      const withdrawn = Math.max(...words.filter((word) => !word.granted).map((word) => word.day));
      const liveFrom = Math.min(
        ...words.filter(({ granted, day }) => granted && day > withdrawn).map(({ day }) => day),
      );
      const days = await load(`select day - '2026-11-22' as day, readings from emotion_days order by day`);
      const [state] = await load('select readings from emotional_states');
      expect(state?.readings).toBe(liveFrom === Infinity ? undefined : days.length);
      for (const { day, readings } of days) {
        expect(readings).toBe(1);
        expect(day).toBeGreaterThanOrEqual(liveFrom);
      }
      keptRuns += Number(days.length > 0);
    });
    await fc.assert(story, { numRuns: 80 });
    expect(keptRuns).toBeGreaterThan(0);
  });
});

describe('races', () => {
  const isWaiting = async (count = 1) => {
    const [row] = await load(
      `select count(*) as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    expect(row?.waiting).toBe(count);
  };

  test('a withdrawal that commits while a batch of events waits wins', async () => {
    await record(change(true, NOW - 5));
    const batch = await inTransaction(database.pool, async (tx) => {
      await recordIn(tx, change(false));
      const waiting = feel('a');
      await eventually(() => isWaiting());
      return { waiting };
    });
    await expect(batch.waiting).resolves.toMatchObject({ counted: [false, false, false], dropped: { no_consent: 3 } });
    expect(await loadStates()).toEqual([]);
    expect(await load('select * from emotion_days')).toEqual([]);
  });

  test('withdrawn and granted again while a batch waits: what it holds counts no more', async () => {
    await record(change(true, NOW - 5));
    const batch = await inTransaction(database.pool, async (tx) => {
      await recordIn(tx, change(false, NOW - 2), change(true, NOW + 1));
      const waiting = feel('a');
      await eventually(() => isWaiting());
      return { waiting };
    });
    await expect(batch.waiting).resolves.toMatchObject({ counted: [false, false, false] });
    await expect(feel('a')).resolves.toMatchObject({ dropped: { before_consent: 3 } });
    expect(await loadStates()).toEqual([{ customer_id: 'a', purpose: 'emotions', readings: 0 }]);
  });

  test('a withdrawal that waits for a batch deletes what the batch has written', async () => {
    await record(change(true, NOW - 5));
    const withdrawal = await inTransaction(database.pool, async (tx) => {
      await feelIn(tx, 'a', NOW, NOW, NOW);
      const waiting = record(change(false));
      await eventually(() => isWaiting());
      return { waiting };
    });
    await expect(withdrawal.waiting).resolves.toEqual(['changed']);
    expect(await loadStates()).toEqual([]);
    expect(await load('select * from emotion_days')).toEqual([]);
    expect(await load('select trigger from decision_queue')).toEqual([{ trigger: 'consent' }]);
  });

  test('the same word from two sides at once is one word', async () => {
    const outcomes = await Promise.all([record(change(true)), record(change(true)), record(change(true))]);
    expect(outcomes.flat().sort()).toEqual(['changed', 'unchanged', 'unchanged']);
    expect(await load('select count(*) as words from consent_changes')).toEqual([{ words: 1 }]);
  });

  // Whoever held the last customer and waited for the middle one would then want the first, which the batch of events
  // holds while it waits for the middle one too.
  test.each([[['z', 'm', 'b']], [['b', 'z', 'm']], [['m', 'z', 'b']], [['z', 'b', 'm']]])(
    'a withdrawal of %j and a batch of events do not deadlock',
    async (order) => {
      // One by one, so that this is their order in the table too.
      for (const customerId of order) {
        await addCustomer(database.pool, customerId);
        await record(change(true, NOW - 5, { customerId }));
      }
      const waiters = await inTransaction(database.pool, async (tx) => {
        await tx.query(`select from emotional_states where customer_id = 'm' for update`);
        const withdrawal = record(...order.map((customerId) => change(false, NOW, { customerId })));
        await eventually(() => isWaiting(1));
        const events = order.map((subject) => accept('ecs.emotions.v1', { subject, timeMs: NOW }));
        const batch = inTransaction(database.pool, (other) => handleEmotions(other, events, NOW));
        await eventually(() => isWaiting(2));
        return { both: Promise.all([withdrawal, batch]) };
      });
      const [, batch] = await waiters.both;
      expect(batch.dropped).toEqual({ no_consent: 3 });
      expect(await loadStates()).toEqual([]);
    },
  );

  test('withdrawals and batches of events over the same customers, back and forth, do not deadlock', async () => {
    const customerIds = Array.from({ length: 60 }, (_, index) => `customer-${index}`);
    for (const customerId of customerIds) await addCustomer(database.pool, customerId);
    await record(...customerIds.map((customerId) => change(true, NOW - 100, { customerId })));
    const runs = Array.from({ length: 20 }, (_, index) => {
      const order = index % 4 < 2 ? customerIds : [...customerIds].reverse();
      if (index % 2 === 0) {
        return record(...order.map((customerId) => change(index % 4 === 0, NOW - 50 + index, { customerId })));
      }
      const events = order.map((subject) => accept('ecs.emotions.v1', { subject, timeMs: NOW }));
      return inTransaction(database.pool, (tx) => handleEmotions(tx, events, NOW));
    });
    await Promise.all(runs);
    const granted = await load(`select customer_id from consents where granted order by 1`);
    expect((await loadStates()).map((row) => row.customer_id)).toEqual(granted.map((row) => row.customer_id));
  });
});
