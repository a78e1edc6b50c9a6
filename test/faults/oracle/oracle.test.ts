import type { EventEntry } from '../load/journal.ts';
import { createOracle } from './oracle.ts';

const DAY_MS = 86_400_000;
const LANDMARK_MS = 20_736 * DAY_MS;

const event = (id: string, over: Partial<EventEntry> = {}): EventEntry => ({
  kind: 'event',
  topic: 'ecs.emotions.v1',
  id,
  customerId: 'c-1',
  timeMs: LANDMARK_MS,
  facts: [-0.5, 0.5, 0.8, 0.5],
  origin: 'first',
  road: 'kafka',
  partition: 0,
  offset: 0,
  acked: true,
  ...over,
});
const word = (granted: boolean, changedAtMs: number) =>
  ({ kind: 'consent', customerId: 'w-1', purpose: 'emotions', granted, changedAtMs }) as const;

function stateAfter(entries: readonly Parameters<ReturnType<typeof createOracle>['take']>[0][], key = 'emotions c-1') {
  const oracle = createOracle();
  for (const entry of entries) oracle.take(entry);
  return oracle.expectedStates().get(key);
}

test('a copy counts once, by whatever road; sums follow the documented weights', () => {
  const later = event('b', { timeMs: LANDMARK_MS + 3 * DAY_MS });
  const state = stateAfter([event('a'), event('a', { origin: 'road-copy', road: 'http' }), later]);
  expect(state?.readings).toBe(2);
  expect(Object.fromEntries(state?.sums ?? [])).toMatchObject({
    w_3: 1.5,
    valence_3: -0.75,
    stress_3: expect.closeTo(1.2, 12),
    distressed_3: 1.5,
  });
  expect(state?.sums.get('w_30')).toBeCloseTo(0.5 + 0.5 * 2 ** 0.1, 12);
});

test('what was never acknowledged may have counted, until it is acknowledged', () => {
  const open = event('b', { acked: false });
  expect(stateAfter([event('a'), open])).toMatchObject({ readings: 1, maybe: 1 });
  expect(stateAfter([event('a'), open, event('b')])).toMatchObject({ readings: 2, maybe: 0 });
});

test('consent: only what was felt since the last grant, and nothing after a withdrawal', () => {
  const own = (id: string, timeMs: number) => event(id, { customerId: 'w-1', timeMs });
  const said = [own('a', 5), word(true, 10), own('b', 11), word(false, 20), own('c', 21)];
  expect(stateAfter(said, 'emotions w-1')).toBeUndefined();
  expect(stateAfter([...said, word(true, 30), own('d', 29), own('e', 31)], 'emotions w-1')?.readings).toBe(1);
  // A grant that is repeated moves nothing.
  expect(stateAfter([word(true, 10), own('b', 11), word(true, 20), own('c', 21)], 'emotions w-1')?.readings).toBe(2);
});
