import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { accept } from '../../test/support/accepted-events.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { CONSENT_PURPOSES } from '../events/customer-event.ts';
import { DAY_MS, HOUR_MS } from '../lib/clock.ts';
import {
  createEmotionHandler,
  createThoughtHandler,
  loadEmotionalState,
  loadEmotionDays,
  lockEmotionFeatures,
  markDecidedLevels,
} from './index.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const CONSENTED_FROM = NOW - 5 * DAY_MS;
const TRIGGERS = { valenceChange: 0.3, stressChange: 0.2 };
const handleEmotions = createEmotionHandler({ triggers: TRIGGERS });
const handleThoughts = createThoughtHandler({ triggers: TRIGGERS });

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate customers, outbox_events cascade'));

async function addCustomer(customerId: string, granted: readonly string[] = CONSENT_PURPOSES): Promise<void> {
  const { pool } = database;
  await pool.query(`insert into customers (customer_id, currency, created_at) values ($1, 'EUR', now())`, [customerId]);
  await pool.query(
    `insert into consents (customer_id, purpose, granted, changed_at, recorded_at, recorded_by)
     select $1, p, true, $3, $3, 'test' from unnest($2::text[]) p`,
    [customerId, granted, new Date(CONSENTED_FROM)],
  );
  await pool.query(
    `insert into emotional_states (customer_id, purpose, consented_from, landmark_day)
     select $1, p, $3, 0 from unnest($2::text[]) p`,
    [customerId, granted, new Date(CONSENTED_FROM)],
  );
}

const emotion = (subject: string, data: Record<string, unknown> = {}, timeMs = NOW) =>
  accept('ecs.emotions.v1', { subject, timeMs }, data);
const thought = (subject: string, data: Record<string, unknown> = {}, timeMs = NOW) =>
  accept('ecs.thoughts.v1', { subject, timeMs }, data);

async function loadQueue() {
  const { rows } = await database.pool.query('select customer_id, trigger from decision_queue order by customer_id');
  return rows;
}

describe('emotion handler', () => {
  test('tells what became of every event', async () => {
    await addCustomer('with');
    await addCustomer('without', ['thoughts']);
    const unknownLabel = emotion('with', { valence: undefined, arousal: undefined, label: 'zorn' });
    const events = [
      emotion('with'),
      emotion('without'),
      unknownLabel,
      emotion('stranger'),
      emotion('with', { confidence: 0 }),
      emotion('with', { valence: undefined, arousal: undefined, label: 'joy' }),
      emotion('without'),
    ];
    await expect(handleEmotions(database.pool, events, NOW)).resolves.toEqual({
      counted: [true, false, false, false, false, true, false],
      rejections: [
        { offset: unknownLabel.offset, code: 'unknown_label', field: 'data.label', message: expect.any(String) },
      ],
      dropped: { no_consent: 2, unknown_customer: 1, no_confidence: 1 },
    });
  });

  test('no word of an event gets into a rejection', async () => {
    await addCustomer('a');
    const event = emotion('a', { valence: undefined, arousal: undefined, label: 'secretword' });
    const { rejections } = await handleEmotions(database.pool, [event], NOW);
    expect(JSON.stringify(rejections)).not.toContain('secretword');
  });

  test('queues a decision for those that moved, and for nobody else', async () => {
    await addCustomer('moved');
    await addCustomer('still');
    await handleEmotions(database.pool, [...Array(3).fill(emotion('moved')), emotion('still')], NOW);
    expect(await loadQueue()).toEqual([{ customer_id: 'moved', trigger: 'state_change' }]);
  });

  test('after a decision the next move is measured from its levels', async () => {
    await addCustomer('a');
    await handleEmotions(database.pool, Array(3).fill(emotion('a', { valence: 0 })), NOW);
    await markDecidedLevels(database.pool, ['a']);
    await database.pool.query('delete from decision_queue');
    await handleEmotions(database.pool, [emotion('a', { valence: 0.1 })], NOW);
    expect(await loadQueue()).toEqual([]);
    await handleEmotions(database.pool, Array(6).fill(emotion('a', { valence: 1 })), NOW);
    expect(await loadQueue()).toEqual([{ customer_id: 'a', trigger: 'state_change' }]);
  });

  test('an empty batch is no work', async () => {
    await expect(handleEmotions(database.pool, [], NOW)).resolves.toEqual({ counted: [], rejections: [], dropped: {} });
    await markDecidedLevels(database.pool, []);
  });
});

describe('consent at the time of the event', () => {
  test.each<[string, number, boolean]>([
    ['long before the grant', CONSENTED_FROM - DAY_MS, false],
    ['a millisecond before the grant', CONSENTED_FROM - 1, false],
    ['at the grant', CONSENTED_FROM, true],
    ['after the grant', CONSENTED_FROM + 1, true],
  ])('%s', async (_, timeMs, counts) => {
    await addCustomer('a');
    const dropped = counts ? {} : { before_consent: 1 };
    const result = { counted: [counts], rejections: [], dropped };
    await expect(handleEmotions(database.pool, [emotion('a', {}, timeMs)], NOW)).resolves.toEqual(result);
    await expect(handleThoughts(database.pool, [thought('a', {}, timeMs)], NOW)).resolves.toEqual(result);
    const { rows } = await database.pool.query('select purpose, readings from emotional_states order by purpose');
    const readings = Number(counts);
    expect(rows).toEqual([
      { purpose: 'emotions', readings },
      { purpose: 'thoughts', readings },
    ]);
    expect(await loadEmotionDays(database.pool, 'a', 'emotions', 10)).toHaveLength(readings);
  });

  test('nothing from before it is judged, not even a label', async () => {
    await addCustomer('a');
    const wrong = { valence: undefined, arousal: undefined, label: 'zorn' };
    const events = [emotion('a', wrong, CONSENTED_FROM - 1), emotion('stranger', wrong)];
    await expect(handleEmotions(database.pool, events, NOW)).resolves.toEqual({
      counted: [false, false],
      rejections: [],
      dropped: { before_consent: 1, unknown_customer: 1 },
    });
  });
});

describe('thought handler', () => {
  test('folds thoughts about money under their own purpose', async () => {
    await addCustomer('a');
    await addCustomer('b', ['emotions']);
    const events = [
      thought('a', { sentiment: -0.5 }),
      thought('a', { sentiment: undefined, text: 'I am happy about my savings', confidence: 0.9 }),
      thought('a', { topic: 'other' }),
      thought('a', { sentiment: undefined, text: 'xyz' }),
      thought('b', { sentiment: 1 }),
      thought('c', { sentiment: 1 }),
    ];
    await expect(handleThoughts(database.pool, events, NOW)).resolves.toEqual({
      counted: [true, true, false, false, false, false],
      rejections: [],
      dropped: { other_topic: 1, no_sentiment: 1, no_consent: 1, unknown_customer: 1 },
    });
    const { rows } = await database.pool.query(
      'select customer_id, purpose, readings from emotional_states where readings > 0',
    );
    expect(rows).toEqual([{ customer_id: 'a', purpose: 'thoughts', readings: 2 }]);
  });

  test('looks at no text without consent, or from before it', async () => {
    await addCustomer('a', ['emotions']);
    const read: string[] = [];
    const handle = createThoughtHandler({
      triggers: TRIGGERS,
      scoreText: (text) => {
        read.push(text);
        return 0;
      },
    });
    await handle(database.pool, [thought('a', { sentiment: undefined, text: 'private' })], NOW);
    await addCustomer('b');
    const told = { sentiment: undefined, text: 'shared' };
    const former = thought('b', { sentiment: undefined, text: 'former' }, CONSENTED_FROM - 1);
    await expect(handle(database.pool, [former, thought('b', told)], NOW)).resolves.toMatchObject({
      counted: [false, true],
      dropped: { before_consent: 1 },
    });
    expect(read).toEqual(['shared']);
  });

  test('keeps no text anywhere', async () => {
    await addCustomer('a');
    await handleThoughts(database.pool, [thought('a', { sentiment: undefined, text: 'happy Zanzibar' })], NOW);
    const { rows } = await database.pool.query(
      `select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`,
    );
    for (const { table_name } of rows) {
      const found = await database.pool.query(`select 1 from ${table_name} t where t::text ilike '%zanzibar%'`);
      expect(found.rowCount).toBe(0);
    }
  });
});

describe('reading a state', () => {
  test('features of everybody asked for, null where there is nothing', async () => {
    await addCustomer('a');
    await addCustomer('silent');
    await handleEmotions(
      database.pool,
      Array(4).fill(emotion('a', { valence: -0.5, stress: 0.75, confidence: 1 })),
      NOW,
    );
    const features = await lockEmotionFeatures(database.pool, ['a', 'silent', 'stranger'], NOW + HOUR_MS);
    expect(features.get('silent')).toEqual({ emotions: null, thoughts: null });
    expect(features.get('stranger')).toEqual({ emotions: null, thoughts: null });
    expect(features.get('a')).toEqual({
      thoughts: null,
      emotions: {
        valence30: expect.closeTo(-0.5, 9),
        stress30: expect.closeTo(0.75, 9),
        valenceVariability30: expect.closeTo(0, 6),
        effectiveSamples30: expect.closeTo(4 * 2 ** (-1 / 720), 9),
        lastEventAgeMs: HOUR_MS,
        valence3: expect.closeTo(-0.5, 9),
        stress3: expect.closeTo(0.75, 9),
        effectiveSamples3: expect.closeTo(4 * 2 ** (-1 / 72), 9),
      },
    });
  });

  test('the state as it is shown, per purpose', async () => {
    await addCustomer('a', ['emotions']);
    await handleEmotions(
      database.pool,
      [emotion('a', { valence: -0.5, arousal: 0.5, stress: 0.7, confidence: 1 })],
      NOW,
    );
    const levels = {
      valence: expect.closeTo(-0.5, 9),
      arousal: expect.closeTo(0.5, 9),
      stress: expect.closeTo(0.7, 9),
      valenceVariability: null,
      negativeShare: 1,
      distressedShare: 1,
      effectiveSamples: 1,
    };
    await expect(loadEmotionalState(database.pool, 'a', NOW)).resolves.toEqual([
      {
        purpose: 'emotions',
        consent: { granted: true, changedAt: new Date(CONSENTED_FROM).toISOString() },
        readings: 1,
        lastEventAt: new Date(NOW).toISOString(),
        recent: levels,
        longTerm: levels,
      },
      { purpose: 'thoughts', consent: null, readings: 0, lastEventAt: null, recent: null, longTerm: null },
    ]);
  });

  test('thoughts have no arousal', async () => {
    await addCustomer('a');
    await handleThoughts(database.pool, [thought('a', { sentiment: 0.5 })], NOW);
    const [, thoughts] = await loadEmotionalState(database.pool, 'a', NOW);
    expect(thoughts).toMatchObject({
      readings: 1,
      recent: { valence: 0.5, arousal: null },
      longTerm: { arousal: null },
    });
    await expect(loadEmotionDays(database.pool, 'a', 'thoughts', 10)).resolves.toEqual([
      { day: '2026-11-22', readings: 1, valence: 0.5, arousal: null, stress: null },
    ]);
  });

  test('the newest days, oldest first, as means', async () => {
    await addCustomer('a');
    const days = [4, 3, 2, 1].map((age) => NOW - age * DAY_MS);
    const events = days.flatMap((timeMs, index) => [
      emotion('a', { valence: index / 10, arousal: 0.2, stress: undefined, confidence: 1 }, timeMs),
      emotion('a', { valence: 1, arousal: 0.2, stress: 0.4, confidence: 0.5 }, timeMs + 1),
    ]);
    await handleEmotions(database.pool, events, NOW);
    const found = await loadEmotionDays(database.pool, 'a', 'emotions', 2);
    expect(found.map((day) => day.day)).toEqual(['2026-11-20', '2026-11-21']);
    expect(found[1]).toEqual({
      day: '2026-11-21',
      readings: 2,
      valence: expect.closeTo((0.3 + 0.5) / 1.5, 9),
      arousal: expect.closeTo(0.2, 9),
      stress: expect.closeTo(0.4, 9),
    });
  });
});
