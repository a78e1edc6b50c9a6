import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { inTransaction, type Queryable } from '../db/index.ts';
import { DAY_MS } from '../lib/clock.ts';
import { landmarkDayOf } from './decay.ts';
import { foldReadings, SUM_NAMES } from './fold-readings.ts';
import { lockLiveConsents } from './lock-live-consents.ts';
import type { Reading } from './reading.ts';
import { saveEmotionalStates } from './save-emotional-states.ts';

const LANDMARK = landmarkDayOf(Date.UTC(2026, 0, 1));
const TRIGGERS = { valenceChange: 0.3, stressChange: 0.2 };
const SUM_COLUMNS = [3, 30].flatMap((halfLife) => SUM_NAMES.map((name) => `${name}_${halfLife}`));

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate customers, outbox_events cascade'));

async function addCustomers(customerIds: readonly string[], landmarkDay = 0): Promise<void> {
  await database.pool.query(
    `insert into customers (customer_id, currency, created_at) select id, 'EUR', now() from unnest($1::text[]) id`,
    [customerIds],
  );
  await database.pool.query(
    `insert into emotional_states (customer_id, purpose, consented_from, landmark_day)
     select id, 'emotions', '1970-01-01', $2 from unnest($1::text[]) id`,
    [customerIds, landmarkDay],
  );
}

const reading = (fields: Partial<Reading> = {}): Reading => ({
  timeMs: LANDMARK * DAY_MS,
  weight: 1,
  valence: 0,
  arousal: 0,
  stress: null,
  ...fields,
});

type Given = readonly (readonly [string, Reading])[];

/** As a handler does it: lock first. */
async function saveIn(tx: Queryable, given: Given) {
  const customerIds = given.map(([customerId]) => customerId);
  await lockLiveConsents(tx, 'emotions', customerIds, 0);
  const folds = foldReadings(
    customerIds,
    given.map(([, one]) => one),
  );
  return saveEmotionalStates(tx, 'emotions', [...folds.values()], TRIGGERS);
}

const save = (given: Given) => inTransaction(database.pool, (tx) => saveIn(tx, given));

interface Stored {
  landmark_day: number;
  readings: number;
  last_event_at: Date;
  [column: string]: number | Date;
}

async function loadState(customerId: string): Promise<Stored | undefined> {
  const { rows } = await database.pool.query<Stored>('select * from emotional_states where customer_id = $1', [
    customerId,
  ]);
  return rows[0];
}

async function loadDays(customerId: string) {
  const { rows } = await database.pool.query(
    `select day - date '1970-01-01' as day, readings, weight, valence, arousal, stress_weight, stress
     from emotion_days where customer_id = $1 order by day`,
    [customerId],
  );
  return rows;
}

describe('adding to a state', () => {
  test('the first reading of an empty state is the sum', async () => {
    await addCustomers(['a']);
    await expect(save([['a', reading({ weight: 0.5, valence: -0.4, stress: 0.8 })]])).resolves.toEqual([]);
    expect(await loadState('a')).toMatchObject({
      landmark_day: LANDMARK,
      readings: 1,
      last_event_at: new Date(LANDMARK * DAY_MS),
      w_3: 0.5,
      w2_30: 0.25,
      valence_3: -0.2,
      stress_w_3: 0.5,
      stress_30: 0.4,
      negative_3: 0.5,
      distressed_3: 0.5,
    });
    expect(await loadDays('a')).toEqual([
      { day: LANDMARK, readings: 1, weight: 0.5, valence: -0.2, arousal: 0, stress_weight: 0.5, stress: 0.4 },
    ]);
  });

  test('with the landmark standing still, adding is adding: the same bits', async () => {
    await addCustomers(['a']);
    const at = (days: number) => reading({ timeMs: (LANDMARK + days) * DAY_MS, weight: 0.37, valence: 0.123 });
    await save([['a', at(200)]]);
    const before = await loadState('a');
    await save([['a', at(250)]]);
    const second = foldReadings(['a'], [at(250)]).get('a')!;
    const after = await loadState('a');
    SUM_COLUMNS.forEach((column, index) => {
      expect(after![column]).toBe((before![column] as number) + second.sums[index]!);
    });
  });

  test('an older event neither moves the landmark back nor the last event', async () => {
    await addCustomers(['a']);
    await save([['a', reading({ timeMs: (LANDMARK + 257) * DAY_MS })]]);
    await save([['a', reading({ timeMs: (LANDMARK + 255) * DAY_MS })]]);
    const state = await loadState('a');
    expect(state).toMatchObject({ landmark_day: LANDMARK + 256, last_event_at: new Date((LANDMARK + 257) * DAY_MS) });
    expect(state!.w_3).toBeCloseTo(2 ** (1 / 3) + 2 ** (-1 / 3), 12);
  });

  test('a customer without a row is a bug, and nothing is kept', async () => {
    await addCustomers(['b']);
    const saving = save([
      ['a', reading()],
      ['b', reading()],
    ]);
    await expect(saving).rejects.toThrow(/^bug:/);
    expect(await loadState('b')).toMatchObject({ readings: 0 });
    expect(await loadDays('b')).toEqual([]);
  });

  test('the other purpose of the same customer is left alone', async () => {
    await addCustomers(['a']);
    await database.pool.query(
      `insert into emotional_states (customer_id, purpose, consented_from, landmark_day)
       values ('a', 'thoughts', '1970-01-01', 0)`,
    );
    await save([['a', reading()]]);
    const { rows } = await database.pool.query('select purpose, readings from emotional_states order by purpose');
    expect(rows).toEqual([
      { purpose: 'emotions', readings: 1 },
      { purpose: 'thoughts', readings: 0 },
    ]);
  });

  test('decades of roll-overs and vanishing sums never underflow', async () => {
    await addCustomers(['a']);
    const tiny = { weight: 0.01, valence: 1e-6, stress: 1e-6 };
    await save([['a', reading({ ...tiny, timeMs: 0 })]]);
    for (let landmark = 1; landmark <= 60; landmark += 1) {
      await save([['a', reading({ timeMs: landmark * 256 * DAY_MS, weight: 0.01 })]]);
    }
    await database.pool.query(`update emotional_states set stress_3 = 1e-300, w2_3 = 1e-250, valence_30 = -1e-290`);
    await save([['a', reading({ ...tiny, timeMs: 63 * 256 * DAY_MS })]]);
    await save([['a', reading({ ...tiny, timeMs: 0 })]]);
    expect(await loadState('a')).toMatchObject({ readings: 63, stress_3: expect.any(Number) });
    await save([['a', reading({ timeMs: 400 * 256 * DAY_MS })]]);
    expect(await loadState('a')).toMatchObject({ w_3: 1, w_30: 1, stress_3: 0 });
  });
});

describe('moves', () => {
  const at = (valence: number, stress: number | null = null) => reading({ valence, stress });

  test('before the first decision three readings are a move, and so is every batch until there is one', async () => {
    await addCustomers(['a']);
    expect(
      await save([
        ['a', at(0)],
        ['a', at(0)],
      ]),
    ).toEqual([]);
    expect(await save([['a', at(0)]])).toEqual(['a']);
    expect(await save([['a', at(0)]])).toEqual(['a']);
  });

  test.each<[string, number, number | null, boolean]>([
    ['a valence that stays', 0.1, null, false],
    ['a valence just below the threshold', 0.58, null, false],
    ['a valence past the threshold', 0.62, null, true],
    ['a fall as much as a rise', -0.62, null, true],
    ['a stress below the threshold', 0.1, 0.67, false],
    ['a stress past the threshold', 0.1, 0.72, true],
  ])('%s', async (_, valence, stress, moved) => {
    await addCustomers(['a']);
    await save([['a', at(0, 0.3)]]);
    await database.pool.query(
      'update emotional_states set decided_valence_3 = valence_3 / w_3, decided_stress_3 = stress_3 / stress_w_3',
    );
    expect(await save([['a', at(valence, stress)]])).toEqual(moved ? ['a'] : []);
  });

  test('the first stress after a decision without any counts once there are three readings', async () => {
    await addCustomers(['a']);
    await save([['a', at(0)]]);
    await database.pool.query('update emotional_states set decided_valence_3 = 0');
    expect(await save([['a', at(0, 0.5)]])).toEqual([]);
    expect(await save([['a', at(0, 0.5)]])).toEqual(['a']);
  });
});

describe('any split into batches', () => {
  const anyReading: fc.Arbitrary<Reading> = fc.record({
    timeMs: fc.integer({ min: 0, max: 700 * DAY_MS }).map((ms) => LANDMARK * DAY_MS + ms),
    weight: fc.integer({ min: 10_000, max: 1_000_000 }).map((millionths) => millionths / 1e6),
    valence: fc.integer({ min: -100, max: 100 }).map((percent) => percent / 100),
    arousal: fc.integer({ min: -100, max: 100 }).map((percent) => percent / 100),
    stress: fc.option(fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100)),
  });
  const customer = fc.constantFrom('a', 'b', 'c');
  const batches = fc.array(fc.array(fc.tuple(customer, anyReading), { maxLength: 12 }), { minLength: 1, maxLength: 6 });

  test('stored batch by batch equals the pure fold of everything at once', async () => {
    await fc.assert(
      fc
        .asyncProperty(batches, async (split) => {
          for (const batch of split) await save(batch);
          await expectStoredEqualsFold(split.flat());
        })
        .beforeEach(async () => {
          await database.pool.query('truncate customers, outbox_events cascade');
          await addCustomers(['a', 'b', 'c'], LANDMARK - 256);
        }),
      { numRuns: 40 },
    );
  });

  async function expectStoredEqualsFold(given: readonly (readonly [string, Reading])[]): Promise<void> {
    const folds = foldReadings(
      given.map(([customerId]) => customerId),
      given.map(([, one]) => one),
    );
    for (const [customerId, folded] of folds) {
      const state = await loadState(customerId);
      expect(state).toMatchObject({ readings: folded.readings, landmark_day: folded.landmarkDay });
      expect(state!.last_event_at.getTime()).toBe(folded.lastEventMs);
      SUM_COLUMNS.forEach((column, index) => {
        const weight = folded.sums[index < SUM_NAMES.length ? 0 : SUM_NAMES.length]!;
        const scale = column.startsWith('w2_') ? weight * weight : weight;
        expect(Math.abs((state![column] as number) - folded.sums[index]!)).toBeLessThanOrEqual(1e-9 * scale);
      });
      const days = [...folded.days].sort((x, y) => x.day - y.day);
      expect(await loadDays(customerId)).toEqual(
        days.map(({ stressWeight, ...day }) => ({
          ...day,
          weight: expect.closeTo(day.weight, 9),
          valence: expect.closeTo(day.valence, 9),
          arousal: expect.closeTo(day.arousal, 9),
          stress: expect.closeTo(day.stress, 9),
          stress_weight: expect.closeTo(stressWeight, 9),
        })),
      );
    }
  }
});

describe('races', () => {
  const isWaiting = async (count = 1) => {
    const { rows } = await database.pool.query(
      `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    expect(rows[0].waiting).toBe(count);
  };

  test('a batch that waited adds to what the other has committed', async () => {
    await addCustomers(['a']);
    const second = await inTransaction(database.pool, async (tx) => {
      await saveIn(tx, [['a', reading({ timeMs: (LANDMARK + 300) * DAY_MS })]]);
      const waiting = save([['a', reading()]]);
      await eventually(() => isWaiting());
      return { waiting };
    });
    await second.waiting;
    const pure = foldReadings(['a', 'a'], [reading(), reading({ timeMs: (LANDMARK + 300) * DAY_MS })]).get('a')!;
    const state = await loadState('a');
    expect(state).toMatchObject({ readings: 2, landmark_day: LANDMARK + 256 });
    expect(state!.w_30).toBeCloseTo(pure.sums[SUM_NAMES.length]!, 12);
    expect((await loadDays('a')).map((day) => day.readings)).toEqual([1, 1]);
  });

  test('nobody gets at a state between its lock and its update', async () => {
    await addCustomers(['a', 'b']);
    const withdrawal = await inTransaction(database.pool, async (tx) => {
      await lockLiveConsents(tx, 'emotions', ['a'], 0);
      const waiting = database.pool.query('delete from emotional_states');
      await eventually(() => isWaiting());
      await saveIn(tx, [['a', reading()]]);
      return { waiting };
    });
    expect((await withdrawal.waiting).rowCount).toBe(2);
    expect(await loadDays('a')).toEqual([]);
  });

  test('batches with the same customers in opposite order do not deadlock and lose nothing', async () => {
    const customerIds = Array.from({ length: 200 }, (_, index) => `customer-${index}`);
    await addCustomers(customerIds);
    const batch = customerIds.map((customerId) => [customerId, reading()] as const);
    const opposite = [...batch].reverse();
    const runs = Array.from({ length: 16 }, (_, index) => save(index % 2 === 0 ? batch : opposite));
    await Promise.all(runs);
    const { rows } = await database.pool.query('select distinct readings, w_3 from emotional_states');
    expect(rows).toEqual([{ readings: 16, w_3: 16 }]);
  });
});
