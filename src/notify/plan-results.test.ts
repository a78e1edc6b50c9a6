import type { Delivery, DeliveryOutcome, DestinationKind } from './delivery.ts';
import { planResults } from './plan-results.ts';
import type { RetryPolicy } from './retry-policy.ts';

const policy: RetryPolicy = { delaysMs: [1_000, 2_000], jitter: 0, giveUpAfterMs: 1, retryAfterMaxMs: 60_000 };

function deliver(customerId: string, sequence: number, attempts = 0): Delivery {
  return {
    customerId,
    sequence,
    attempts,
    event: {
      specversion: '1.0',
      id: `${customerId}-${sequence}`,
      source: 'urn:ecs',
      type: 'decision.created',
      subject: customerId,
      time: '2026-11-22T09:30:00.000Z',
      datacontenttype: 'application/json',
      sequence: String(sequence),
      data: {},
    },
  };
}

const plan = (kind: DestinationKind, pairs: ReadonlyArray<readonly [Delivery, DeliveryOutcome]>) =>
  planResults(
    pairs.map(([delivery]) => delivery),
    pairs.map(([, outcome]) => outcome),
    { kind, policy, random: () => 0.5 },
  ).map((result) => [result.customerId, result.sequence, result.state, result.attempted, result.delayMs, result.error]);

const failed: DeliveryOutcome = { result: 'failed', error: 'answered 500', overloaded: false };
const untried: DeliveryOutcome = { result: 'untried' };
const delivered: DeliveryOutcome = { result: 'delivered' };

describe('planResults', () => {
  it('lets what was not tried wait for the failed head of the same customer, and for no other', () => {
    expect(
      plan('webhook', [
        [deliver('a', 1), delivered],
        [deliver('a', 2, 1), failed],
        [deliver('a', 3), untried],
        [deliver('b', 1), untried],
      ]),
    ).toEqual([
      ['a', 1, 'delivered', true, null, null],
      ['a', 2, 'pending', true, 2_000, 'answered 500'],
      ['a', 3, 'pending', false, 2_000, null],
      ['b', 1, 'pending', false, null, null],
    ]);
  });

  it('lets the line move on at once behind an event that died', () => {
    expect(
      plan('webhook', [
        [deliver('a', 1, 2), failed],
        [deliver('a', 2), untried],
      ]),
    ).toEqual([
      ['a', 1, 'dead', true, null, 'answered 500'],
      ['a', 2, 'pending', false, null, null],
    ]);
  });

  it.each<[DestinationKind, DeliveryOutcome, number, unknown[]]>([
    ['webhook', { ...failed, retryAfterMs: 30_000 }, 0, ['pending', 30_000, 'answered 500']],
    ['webhook', { result: 'gone', error: '410' }, 0, ['dead', null, '410']],
    ['kafka', { result: 'refused', error: 'too large' }, 0, ['dead', null, 'too large']],
    // However often the broker was away.
    ['kafka', failed, 1_000_000, ['pending', null, 'answered 500']],
  ])('%s: %j after %d attempts', (kind, outcome, attempts, expected) => {
    const [result] = plan(kind, [[deliver('a', 1, attempts), outcome]]);
    expect([result?.[2], result?.[4], result?.[5]]).toEqual(expected);
  });

  it('bounds the error text it keeps', () => {
    const [result] = plan('kafka', [[deliver('a', 1), { ...failed, error: 'x'.repeat(10_000) }]]);
    expect(result?.[5]).toHaveLength(500);
  });
});
