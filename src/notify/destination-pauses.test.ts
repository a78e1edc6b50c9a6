import { createDestinationPauses, type PauseRule } from './destination-pauses.ts';

const rule: PauseRule = { failures: 3, firstMs: 1_000, maxMs: 4_000 };
const FAILED = { delivered: 0, overloaded: 1 };
const DELIVERED = { delivered: 1, overloaded: 0 };

function setUp(random = 0.5) {
  let nowMs = 0;
  const pauses = createDestinationPauses(
    () => nowMs,
    () => random,
  );
  return {
    pauses,
    pass: (ms: number) => {
      nowMs += ms;
    },
    fail: (more: object = {}) => pauses.record('webhook:1', rule, { ...FAILED, ...more }),
    state: () => pauses.stateOf('webhook:1'),
  };
}

it('rests a destination after failures in a row, doubles the rest up to its cap, and then says so', () => {
  const { pauses, fail, pass, state } = setUp();
  expect([fail(), fail(), state()]).toEqual([undefined, undefined, 'open']);
  expect([fail(), state()]).toEqual(['paused', 'paused']);
  pass(999);
  expect(state()).toBe('paused');
  pass(1);
  expect(state()).toBe('probing');
  expect([fail(), state()]).toEqual([undefined, 'paused']);
  pass(1_999);
  expect(state()).toBe('paused');
  pass(1);
  expect(fail()).toBeUndefined();
  pass(4_000);
  expect([state(), fail(), state()]).toEqual(['probing', 'exhausted', 'paused']);
  pass(4_000);
  expect(fail()).toBe('exhausted');
  pass(4_000);
  expect(pauses.record('webhook:1', rule, DELIVERED)).toBe('recovered');
  expect(state()).toBe('open');
});

it('forgets failures at the first success, and counts none that is about one event', () => {
  const { pauses, fail, state } = setUp();
  fail();
  fail();
  expect(pauses.record('webhook:1', rule, { delivered: 1, overloaded: 5 })).toBeUndefined();
  fail();
  fail();
  pauses.record('webhook:1', rule, { delivered: 0, overloaded: 0 });
  expect(state()).toBe('open');
});

it('does not double the rest for lanes that were under way when it began', () => {
  const { fail, pass, state } = setUp();
  fail({ overloaded: 16 });
  fail({ overloaded: 16 });
  fail({ overloaded: 16 });
  pass(1_000);
  expect(state()).toBe('probing');
});

it('keeps the destinations apart', () => {
  const { pauses, fail } = setUp();
  fail({ overloaded: 3 });
  expect(pauses.stateOf('webhook:2')).toBe('open');
});

it.each([
  [0, 800],
  [1, 1_200],
])('spreads the rests of several relays: random %d gives %d ms', (random, waitMs) => {
  const { fail, pass, state } = setUp(random);
  fail({ overloaded: 3 });
  pass(waitMs - 1);
  expect(state()).toBe('paused');
  pass(1);
  expect(state()).toBe('probing');
});

it.each([
  [2_500, 2_500],
  [100, 1_000],
  [1_000_000, 4_000],
])('rests as long as a Retry-After of %d ms asks, within bounds: %d ms', (retryAfterMs, waitMs) => {
  const { fail, pass, state } = setUp();
  fail({ overloaded: 3, retryAfterMs });
  pass(waitMs - 1);
  expect(state()).toBe('paused');
  pass(1);
  expect(state()).toBe('probing');
});
