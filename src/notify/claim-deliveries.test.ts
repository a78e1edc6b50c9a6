import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { appendEvents, clearOutbox, insertCustomers, loadStoredDeliveries } from '../../test/support/outbox.ts';
import { claimDeliveries } from './claim-deliveries.ts';
import { loadDueDestinations } from './load-due-destinations.ts';
import { type DeliveryResult, parkLines, saveDeliveryResults } from './save-delivery-results.ts';
import { redeliver } from './save-redelivery.ts';

const DAY_MS = 86_400_000;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => clearOutbox(database.pool));
afterAll(() => database.drop());

/** One event at Kafka for each letter: the customers are single letters. */
async function append(letters: string): Promise<void> {
  await appendEvents(database.pool, [...letters], { kafka: true });
}

async function claim(claimId: string, limit = 100, leaseMs = 30_000): Promise<string> {
  const claimed = await claimDeliveries(database.pool, { destination: 'kafka', claimId, limit, leaseMs });
  return claimed.map(({ customerId, sequence }) => `${customerId}${sequence}`).join(' ');
}

/** `a1` with an outcome. */
function save(claimId: string, results: Record<string, Partial<DeliveryResult>>): Promise<number> {
  return saveDeliveryResults(
    database.pool,
    'kafka',
    claimId,
    Object.entries(results).map(([name, result]) => ({
      customerId: name.slice(0, 1),
      sequence: Number(name.slice(1)),
      state: 'delivered',
      attempted: true,
      delayMs: null,
      error: null,
      ...result,
    })),
  );
}

const states = async (): Promise<string> =>
  (await loadStoredDeliveries(database.pool)).map((row) => `${row.customerId}${row.sequence}:${row.state}`).join(' ');

describe('claimDeliveries', () => {
  beforeEach(() => insertCustomers(database.pool, ['a', 'b', 'c']));

  it('gives what is due from the heads on, with the event and its sequence, and gives nothing twice', async () => {
    await append('aabba');
    const [first] = await claimDeliveries(database.pool, {
      destination: 'kafka',
      claimId: 'x',
      limit: 1,
      leaseMs: 30_000,
    });
    expect(first).toMatchObject({
      customerId: 'a',
      sequence: 1,
      attempts: 0,
      event: { specversion: '1.0', source: 'urn:ecs', type: 'decision.created', subject: 'a', sequence: '1' },
    });
    expect(first?.event.id).toBe((await loadStoredDeliveries(database.pool))[0]?.eventId);
    // The rest of a's line waits for its head.
    expect(await claim('y')).toBe('b1 b2');
    expect(await claim('z')).toBe('');
    expect(await save('x', { a1: {} })).toBe(1);
    expect(await claim('z')).toBe('a2 a3');
  });

  it('sees no other destination', async () => {
    await append('a');
    expect(await claimDeliveries(database.pool, { destination: 'k', claimId: 'x', limit: 9, leaseMs: 1 })).toEqual([]);
  });

  it('leaves a line alone whose head retries later, and takes the others', async () => {
    await append('aab');
    await claim('x');
    await save('x', { a1: { state: 'pending', delayMs: DAY_MS }, a2: { state: 'pending' }, b1: { state: 'pending' } });
    await append('ab');
    expect(await claim('y')).toBe('b1 b2');
    expect(await claim('z')).toBe('');
  });

  it('goes on behind a dead letter', async () => {
    await append('aa');
    await claim('x', 1);
    await save('x', { a1: { state: 'dead', error: 'no' } });
    expect(await claim('y')).toBe('a2');
  });

  it('skips what another relay is claiming at this moment, and every line it meets there', async () => {
    await append('aaabbc');
    const other = await database.pool.connect();
    try {
      await other.query('begin');
      // The other relay has locked a's head and b's second event, and has not written its claim yet.
      await other.query(
        `select from deliveries where (customer_id, sequence) in (('a', 1), ('b', 2)) and destination = 'kafka' for update`,
      );
      expect(await claim('x')).toBe('b1 c1');
      await other.query('rollback');
    } finally {
      other.release();
    }
    expect(await claim('y')).toBe('a1 a2 a3');
  });

  it('is not starved by one long line that is blocked', async () => {
    await append(`a${'a'.repeat(200)}b`);
    await claim('x', 1);
    expect(await claim('y', 10)).toBe('b1');
    await save('x', { a1: { state: 'pending', delayMs: DAY_MS } });
    await append('c');
    expect(await claim('z', 10)).toBe('c1');
  });

  it('takes a line from its head, also where what waits behind it is due for longer', async () => {
    await append('a');
    await claim('x');
    await save('x', { a1: { state: 'pending', delayMs: 1 } });
    await append('aaaaaab');
    await database.pool.query(`update deliveries set next_attempt_at = now() - interval '1 h' where sequence > 1`);
    expect(await claim('y', 3)).toBe('a1 a2 a3');
    await save('y', { a1: {}, a2: {}, a3: {} });
    expect(await claim('z')).toBe('a4 a5 a6 a7 b1');
  });

  it('ends a run before an event that another claim holds', async () => {
    await append('aaaa');
    await claim('x', 1);
    await save('x', { a1: { state: 'dead', error: 'no' } });
    expect(await claim('y', 2)).toBe('a2 a3');
    expect(await redeliver(database.pool, 'kafka')).toBe(1);
    // a1 is the head again; a4 stands behind a2 and a3, which are on their way.
    expect(await claim('z')).toBe('a1');
  });

  it('gives a claim to others when its lease ends, and takes no results from its old holder', async () => {
    await append('aa');
    expect(await claim('dead', 100, 1)).toBe('a1 a2');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await claim('alive')).toBe('a1 a2');
    expect(await save('dead', { a1: { state: 'dead', error: 'too late' }, a2: {} })).toBe(0);
    expect(await save('alive', { a1: {}, a2: {} })).toBe(2);
    expect(await save('alive', { a1: { state: 'pending' } })).toBe(0);
    expect(await states()).toBe('a1:delivered a2:delivered');
  });
});

describe('parkLines', () => {
  beforeEach(() => insertCustomers(database.pool, ['a', 'b']));

  it('moves what waits behind a retrying head to its time, so that nothing is due there meanwhile', async () => {
    await append('aaaab');
    await claim('x', 2);
    await save('x', { a1: { state: 'pending', delayMs: DAY_MS }, a2: { state: 'pending', delayMs: DAY_MS } });
    expect(await loadDueDestinations(database.pool)).toEqual(['kafka']);
    await parkLines(database.pool, 'kafka', ['a']);
    expect(await claim('y')).toBe('b1');
    await save('y', { b1: {} });
    expect(await loadDueDestinations(database.pool)).toEqual([]);
    await database.pool.query(`update deliveries set next_attempt_at = now() where sequence = 1`);
    await parkLines(database.pool, 'kafka', ['a']);
    expect(await claim('z')).toBe('a1');
  });
});

describe('loadDueDestinations', () => {
  it('names each destination with something due, once', async () => {
    await insertCustomers(database.pool, ['a', 'b']);
    await append('aab');
    expect(await loadDueDestinations(database.pool)).toEqual(['kafka']);
    await database.pool.query(
      `insert into deliveries (destination, customer_id, sequence, next_attempt_at, state)
       select d, customer_id, sequence, at, state from outbox_events,
         (values ('webhook:1', now(), 'pending'), ('webhook:2', now() + '1 h', 'pending'), ('webhook:3', now(), 'dead'),
                 ('webhook:4', now(), 'pending')) as v (d, at, state)`,
    );
    expect(await loadDueDestinations(database.pool)).toEqual(['kafka', 'webhook:1', 'webhook:4']);
  });
});
