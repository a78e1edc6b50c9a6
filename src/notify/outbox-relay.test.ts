import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { appendEvents, clearOutbox, insertCustomers, loadStoredDeliveries } from '../../test/support/outbox.ts';
import {
  type ReceivedWebhook,
  startWebhookReceiver,
  type WebhookAnswer,
  type WebhookReceiver,
} from '../../test/support/webhook-receiver.ts';
import { inTransaction } from '../db/index.ts';
import { makeId } from '../lib/ids.ts';
import { createLog } from '../lib/log.ts';
import { createSeededRandom } from '../lib/seeded-random.ts';
import { claimDeliveries } from './claim-deliveries.ts';
import { type DeliveryOutcome, webhookDestination } from './delivery.ts';
import type { RulesByKind } from './delivery-lanes.ts';
import type { KafkaPublisher } from './kafka-publisher.ts';
import { listDeliveries } from './load-deliveries.ts';
import { getWebhook } from './load-webhooks.ts';
import { createRelay, type Relay, type RelayOptions } from './outbox-relay.ts';
import type { RetryPolicy } from './retry-policy.ts';
import { redeliver } from './save-redelivery.ts';
import { createWebhook, deleteWebhook } from './save-webhook.ts';
import { createWebhookSender } from './webhook-sender.ts';

const QUICK: RetryPolicy = { delaysMs: [5, 10], jitter: 0.2, giveUpAfterMs: 3_600_000, retryAfterMaxMs: 86_400_000 };
const PATIENT: RetryPolicy = { ...QUICK, delaysMs: Array.from({ length: 200 }, () => 5) };
const RULES: RulesByKind = {
  kafka: { lanes: 2, batch: 7, pause: { failures: 1, firstMs: 5, maxMs: 20 } },
  webhook: { lanes: 2, batch: 5, pause: { failures: 5, firstMs: 5, maxMs: 20 } },
};

let database: TestDatabase;
const relays: Relay[] = [];
const receivers: WebhookReceiver[] = [];
beforeAll(async () => {
  database = await createTestDatabase({ max: 20 });
});
afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
  await clearOutbox(database.pool);
});
afterAll(() => database.drop());

function makeRelay(options: Partial<RelayOptions> & { timeoutMs?: number } = {}): Relay {
  const { timeoutMs = 5_000, ...rest } = options;
  const relay = createRelay({
    pool: database.pool,
    publishers: { webhook: createWebhookSender({ allowPrivateTargets: true, timeoutMs, clock: Date.now }) },
    clock: Date.now,
    random: Math.random,
    makeId,
    log: createLog('silent'),
    retryPolicy: QUICK,
    rules: RULES,
    pollMs: 20,
    leaseMs: 20_000,
    stopGraceMs: 100,
    ...rest,
  });
  relays.push(relay);
  return relay;
}

async function makeReceiver(): Promise<WebhookReceiver> {
  const receiver = await startWebhookReceiver();
  receivers.push(receiver);
  return receiver;
}

/** A webhook that gets decisions; gives its id. */
async function register(url: string): Promise<string> {
  const { webhook } = await createWebhook(
    database.pool,
    { webhookId: randomUUID(), url, eventTypes: ['decision.created'], createdBy: 'test' },
    Date.now(),
    { allowPrivateTargets: true },
  );
  return webhook.webhookId;
}

const name = (request: ReceivedWebhook): string => `${request.customerId}${request.sequence}`;
const names = (receiver: WebhookReceiver): string[] => receiver.received.map(name);
const statesAt = async (destination: string) =>
  (await loadStoredDeliveries(database.pool))
    .filter((row) => row.destination === destination)
    .map((row) => `${row.customerId}${row.sequence}:${row.state}:${row.attempts}:${row.claimedBy ?? ''}`);

/** A Kafka publisher in this process, which does as the test says. */
function makeKafka(answer: () => DeliveryOutcome) {
  const published: string[] = [];
  const kafka: KafkaPublisher = {
    timeoutMs: 1_000,
    publish: async (events) =>
      events.map((event) => {
        const outcome = answer();
        if (outcome.result === 'delivered') published.push(`${event.subject}${event.sequence}`);
        return outcome;
      }),
    stop: async () => {},
  };
  return { kafka, published };
}

describe('order', () => {
  /** Records what a receiver must never see: an event before all earlier ones of its customer were accepted. */
  function watchOrder(receiver: WebhookReceiver, decide: (request: ReceivedWebhook) => WebhookAnswer) {
    const accepted = new Map<string, Set<number>>();
    const violations: string[] = [];
    receiver.answerWith((request) => {
      const done = accepted.get(request.customerId) ?? new Set<number>();
      accepted.set(request.customerId, done);
      for (let sequence = 1; sequence < request.sequence; sequence++) {
        if (!done.has(sequence)) violations.push(`${name(request)} came before ${request.customerId}${sequence}`);
      }
      const answer = decide(request);
      if (typeof answer === 'object' && answer.status < 300) done.add(request.sequence);
      return answer;
    });
    return { accepted, violations };
  }

  it.each([1, 2, 3])(
    'holds per customer with three relays, random failures and events written meanwhile (seed %d)',
    async (seed) => {
      const random = createSeededRandom(seed);
      const customers = ['a', 'b', 'c', 'd', 'e', 'f'];
      await insertCustomers(database.pool, customers);
      const chance = (): WebhookAnswer => {
        const dice = random();
        if (dice < 0.15) return { status: 500 };
        if (dice < 0.25) return 'drop';
        return dice < 0.3 ? { status: 503, headers: { 'retry-after': '0' } } : { status: 204 };
      };
      const watches = [];
      for (let count = 0; count < 2; count++) {
        const receiver = await makeReceiver();
        await register(receiver.url);
        watches.push({ receiver, ...watchOrder(receiver, chance) });
      }
      for (let count = 0; count < 3; count++) makeRelay({ random, retryPolicy: PATIENT }).start();
      const events = Array.from({ length: 120 }, () => customers[Math.floor(random() * customers.length)] ?? 'a');
      for (let from = 0; from < events.length; from += 10) {
        await appendEvents(database.pool, events.slice(from, from + 10));
      }
      await eventually(async () => {
        const stored = await loadStoredDeliveries(database.pool);
        expect(stored.filter((row) => row.state !== 'delivered')).toEqual([]);
        expect(stored).toHaveLength(240);
      });
      const ids = new Map(
        (await loadStoredDeliveries(database.pool)).map((row) => [`${row.customerId}${row.sequence}`, row.eventId]),
      );
      for (const { receiver, accepted, violations } of watches) {
        expect(violations).toEqual([]);
        expect([...accepted.values()].reduce((sum, done) => sum + done.size, 0)).toBe(120);
        expect(receiver.received.length).toBeGreaterThan(120);
        for (const request of receiver.received) expect(request.id).toBe(ids.get(name(request)));
      }
    },
    60_000,
  );

  it('holds when a relay dies with a claim: what it had sent comes again under the same id, and nothing overtakes it', async () => {
    await insertCustomers(database.pool, ['a', 'b']);
    const receiver = await makeReceiver();
    const { violations } = watchOrder(receiver, () => ({ status: 204 }));
    const destination = webhookDestination(await register(receiver.url));
    await appendEvents(database.pool, ['a', 'a', 'b']);
    const dying = await claimDeliveries(database.pool, { destination, claimId: 'dying', limit: 2, leaseMs: 400 });
    expect(dying).toHaveLength(2);
    makeRelay().start();
    await appendEvents(database.pool, ['a']);
    await eventually(() => expect(names(receiver)).toEqual(['b1', 'a1', 'a2', 'a3']));
    expect(violations).toEqual([]);
    await eventually(async () =>
      expect((await statesAt(destination)).every((row) => row.includes('delivered'))).toBe(true),
    );
  });
});

describe('a destination in trouble', () => {
  beforeEach(() => insertCustomers(database.pool, ['a', 'b', 'c']));

  it('that hangs holds up no other: they are served while its first requests are still open', async () => {
    const [dead, sound] = [await makeReceiver(), await makeReceiver()];
    dead.answerWith('hang');
    const [deadId] = [await register(dead.url), await register(sound.url)];
    const { kafka, published } = makeKafka(() => ({ result: 'delivered' }));
    const webhook = createWebhookSender({ allowPrivateTargets: true, timeoutMs: 15_000, clock: Date.now });
    const customers = Array.from({ length: 60 }, (_, index) => 'abc'.charAt(index % 3));
    await appendEvents(database.pool, customers, { kafka: true });
    makeRelay({ publishers: { webhook, kafka } }).start();
    await eventually(() => expect([sound.received.length, published.length]).toEqual([60, 60]));
    await appendEvents(database.pool, customers, { kafka: true });
    await eventually(() => expect([sound.received.length, published.length]).toEqual([120, 120]));
    // Nothing there was answered or given up, so the others did not merely wait for its time-outs.
    expect(dead.openSockets()).toBe(dead.received.length);
    expect(dead.received.length).toBeGreaterThan(0);
    expect(await listDeliveries(database.pool, webhookDestination(deadId), { state: 'delivered', limit: 1 })).toEqual(
      [],
    );
  });

  it('gets each event so often, then it is a dead letter, and the line goes on; redelivered it has the same id', async () => {
    const receiver = await makeReceiver();
    const destination = webhookDestination(await register(receiver.url));
    receiver.answerWith((request) => ({ status: name(request) === 'a1' ? 500 : 204 }));
    await appendEvents(database.pool, ['a', 'a', 'b']);
    makeRelay().start();
    await eventually(async () =>
      expect(await statesAt(destination)).toEqual(['a1:dead:3:', 'a2:delivered:1:', 'b1:delivered:1:']),
    );
    expect(names(receiver).filter((each) => each !== 'b1')).toEqual(['a1', 'a1', 'a1', 'a2']);
    const [dead] = await listDeliveries(database.pool, destination, { state: 'dead', limit: 10 });
    expect(dead).toMatchObject({ customerId: 'a', sequence: 1, attempts: 3, lastError: 'the receiver answered 500' });

    receiver.answerWith({ status: 200 });
    expect(await redeliver(database.pool, destination)).toBe(1);
    await eventually(async () => expect((await statesAt(destination))[0]).toBe('a1:delivered:1:'));
    expect(
      new Set(receiver.received.filter((request) => name(request) === 'a1').map((request) => request.id)).size,
    ).toBe(1);
  });

  it('that says Gone is disabled, and what waits becomes dead letters', async () => {
    const receiver = await makeReceiver();
    const webhookId = await register(receiver.url);
    receiver.answerWith({ status: 410 });
    await appendEvents(database.pool, ['a', 'a', 'b', 'c']);
    await makeRelay().drainOnce();
    expect((await getWebhook(database.pool, webhookId))?.state).toBe('disabled');
    const dead = await listDeliveries(database.pool, webhookDestination(webhookId), { state: 'dead', limit: 10 });
    expect(dead.map((row) => row.lastError)).toEqual(Array.from({ length: 4 }, () => 'the receiver answered 410 Gone'));
    const { length } = receiver.received;
    await appendEvents(database.pool, ['a']);
    expect(await makeRelay().drainOnce()).toBe(0);
    expect(receiver.received).toHaveLength(length);
  });

  it('is given the time that it asks for', async () => {
    const receiver = await makeReceiver();
    const destination = webhookDestination(await register(receiver.url));
    receiver.answerWith({ status: 503, headers: { 'retry-after': '3600' } });
    await appendEvents(database.pool, ['a', 'a']);
    const beforeMs = Date.now();
    await makeRelay().drainOnce();
    const pending = await listDeliveries(database.pool, destination, { state: 'pending', limit: 10 });
    // The second waits with the first.
    for (const { nextAttemptAt } of pending) {
      expect(Date.parse(nextAttemptAt ?? '')).toBeGreaterThan(beforeMs + 3_500_000);
    }
    expect([pending.length, names(receiver)]).toEqual([2, ['a1']]);
  });

  it('for days is given up as a whole, also what was never tried', async () => {
    const receiver = await makeReceiver();
    const webhookId = await register(receiver.url);
    await receiver.close();
    const customers = Array.from({ length: 30 }, (_, index) => `customer-${index}`);
    await insertCustomers(database.pool, customers);
    await appendEvents(database.pool, customers);
    await database.pool.query(`update deliveries set queued_at = now() - interval '73 h'`);
    await appendEvents(database.pool, customers.slice(0, 1));
    const policy = { ...PATIENT, giveUpAfterMs: 72 * 3_600_000, delaysMs: Array.from({ length: 200 }, () => 60_000) };
    makeRelay({ retryPolicy: policy }).start();
    await eventually(async () => {
      const dead = await listDeliveries(database.pool, webhookDestination(webhookId), { state: 'dead', limit: 100 });
      expect(dead).toHaveLength(30);
      expect(dead.some((row) => row.attempts === 0)).toBe(true);
      expect(dead[0]?.lastError).toMatch(/^given up after 72 hours; last: /);
    });
    const pending = await listDeliveries(database.pool, webhookDestination(webhookId), { state: 'pending', limit: 9 });
    expect(pending.map((row) => [row.customerId, row.sequence])).toEqual([['customer-0', 2]]);
    receivers.splice(0);
  });

  it('that is Kafka keeps everything pending while it is away, and gets it in order when it is back', async () => {
    let away = true;
    const trouble: DeliveryOutcome = { result: 'failed', error: 'ECS_KAFKA_UNAVAILABLE', overloaded: true };
    const { kafka, published } = makeKafka(() => (away ? trouble : { result: 'delivered' }));
    await appendEvents(database.pool, ['a', 'b', 'a'], { kafka: true });
    makeRelay({ publishers: { kafka } }).start();
    await eventually(async () => {
      const stored = await loadStoredDeliveries(database.pool);
      // One event at a time tries the way, far more often than a webhook would be tried.
      expect(stored.reduce((sum, row) => sum + row.attempts, 0)).toBeGreaterThan(20);
      expect(stored.every((row) => row.state === 'pending')).toBe(true);
    });
    away = false;
    await eventually(() => expect([...published].sort()).toEqual(['a1', 'a2', 'b1']));
    expect(published.indexOf('a1')).toBeLessThan(published.indexOf('a2'));
  });
});

describe('a relay', () => {
  beforeEach(() => insertCustomers(database.pool, ['a', 'b', 'c']));

  it('gives its claims back when it stops, and counts an attempt it broke off as none', async () => {
    const receiver = await makeReceiver();
    const destination = webhookDestination(await register(receiver.url));
    receiver.answerWith('hang');
    await appendEvents(database.pool, ['a', 'a', 'b']);
    const relay = makeRelay();
    relay.start();
    await eventually(() => expect(names(receiver).sort()).toEqual(['a1', 'b1']));
    await relay.stop();
    expect(await statesAt(destination)).toEqual(['a1:pending:0:', 'a2:pending:0:', 'b1:pending:0:']);
    receiver.answerWith({ status: 204 });
    expect(await makeRelay().drainOnce()).toBe(3);
  });

  it('leaves alone what it has no publisher for', async () => {
    await appendEvents(database.pool, ['a'], { kafka: true });
    expect(await makeRelay().drainOnce()).toBe(0);
    expect(await statesAt('kafka')).toEqual(['a1:pending:0:']);
  });

  it('sends nothing to a webhook that was deleted while a decision about its events was being written', async () => {
    const receiver = await makeReceiver();
    const webhookId = await register(receiver.url);
    await inTransaction(database.pool, (tx) => deleteWebhook(tx, webhookId));
    await appendEvents(database.pool, ['a', 'b'], { kafka: true });
    // As the transaction writes it that began before the deletion and ends after it.
    await database.pool.query('update deliveries set destination = $1', [webhookDestination(webhookId)]);
    expect(await makeRelay().drainOnce()).toBe(0);
    expect(receiver.received).toEqual([]);
    expect(await statesAt(webhookDestination(webhookId))).toEqual(['a1:dead:0:', 'b1:dead:0:']);
  });

  it('looks at once when it is woken', async () => {
    const { kafka, published } = makeKafka(() => ({ result: 'delivered' }));
    const relay = makeRelay({ publishers: { kafka }, pollMs: 3_600_000 });
    relay.start();
    // Its waits double; by now the next one is far longer than this test.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await appendEvents(database.pool, ['a'], { kafka: true });
    relay.wake();
    await eventually(() => expect(published).toEqual(['a1']), { timeoutMs: 5_000 });
  });

  it('goes on by itself when the database was away', async () => {
    const { kafka, published } = makeKafka(() => ({ result: 'delivered' }));
    let away = true;
    const query = (...args: unknown[]): unknown =>
      away
        ? Promise.reject(Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' }))
        : (database.pool.query as (...all: unknown[]) => unknown)(...args);
    makeRelay({ publishers: { kafka }, pool: { query } as unknown as pg.Pool }).start();
    await appendEvents(database.pool, ['a'], { kafka: true });
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(published).toEqual([]);
    away = false;
    await eventually(() => expect(published).toEqual(['a1']));
  });
});
