import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { appendEvents, clearOutbox, insertCustomers } from '../../test/support/outbox.ts';
import type { Queryable } from '../db/index.ts';
import { listNotifications } from './load-notifications.ts';
import { createNotificationStream, type NotificationStream } from './notification-stream.ts';
import { markNotificationRead } from './save-notification-read.ts';
import { toOutgoingEvent } from './to-outgoing-event.ts';

let database: TestDatabase;
const streams: NotificationStream[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(() => insertCustomers(database.pool, ['a', 'b', 'c']));
afterEach(async () => {
  await Promise.all(streams.splice(0).map((stream) => stream.stop()));
  await clearOutbox(database.pool);
});
afterAll(() => database.drop());

function makeStream(pool: Queryable = database.pool, patienceMs = 60_000): NotificationStream {
  const stream = createNotificationStream({ pool, pollMs: 10, patienceMs });
  streams.push(stream);
  return stream;
}

function listen(stream: NotificationStream, customerId: string, afterSequence = 0, take = (_sequence: number) => true) {
  const heard: string[] = [];
  const closed: unknown[] = [];
  const unsubscribe = stream.subscribe(
    customerId,
    afterSequence,
    (event) => {
      if (!take(event.sequence)) return false;
      heard.push(`${event.customerId}${event.sequence}`);
      return true;
    },
    (reason, error) => closed.push(error === undefined ? reason : [reason, error]),
  );
  return { heard, closed, unsubscribe };
}

const upTo = (customerId: string, count: number, from = 1): string[] =>
  Array.from({ length: count }, (_, index) => `${customerId}${from + index}`);

/** A pool that counts what it is asked, and can be out of order. */
function watchedPool() {
  const watched = { asked: 0, trouble: undefined as Error | undefined };
  const query = (...args: unknown[]): unknown => {
    watched.asked++;
    if (watched.trouble !== undefined) return Promise.reject(watched.trouble);
    return (database.pool.query as (...all: unknown[]) => unknown)(...args);
  };
  return { watched, pool: { query } as Queryable };
}

describe('the stream', () => {
  it('gives each listener its customer, from its place on, in order', async () => {
    await appendEvents(database.pool, ['a', 'a', 'b', 'a']);
    const stream = makeStream();
    const all = listen(stream, 'a');
    const rest = listen(stream, 'a', 2);
    const other = listen(stream, 'b', 1);
    await eventually(() => expect([all.heard, rest.heard]).toEqual([upTo('a', 3), ['a3']]));
    await appendEvents(database.pool, ['b', 'c', 'a']);
    await eventually(() => expect([all.heard, rest.heard, other.heard]).toEqual([upTo('a', 4), ['a3', 'a4'], ['b2']]));
    expect(stream.size()).toBe(3);
  });

  it('has no gap and no double while events are written by many at once and listeners come back', async () => {
    const stream = makeStream();
    const heard: string[] = [];
    let current = listen(stream, 'a');
    const reconnecting = setInterval(() => {
      current.unsubscribe();
      heard.push(...current.heard);
      current = listen(stream, 'a', heard.length);
    }, 7);
    try {
      await Promise.all(
        Array.from({ length: 6 }, async () => {
          for (let round = 0; round < 20; round++) await appendEvents(database.pool, ['a', 'b', 'a']);
        }),
      );
      await eventually(() => expect(heard.length + current.heard.length).toBe(240));
    } finally {
      clearInterval(reconnecting);
    }
    expect([...heard, ...current.heard]).toEqual(upTo('a', 240));
  });

  it('catches up a long way without waiting between pages', async () => {
    await appendEvents(
      database.pool,
      Array.from({ length: 1_050 }, () => 'a'),
    );
    const stream = createNotificationStream({ pool: database.pool, pollMs: 1_000_000 });
    streams.push(stream);
    const { heard } = listen(stream, 'a');
    await eventually(() => expect(heard).toEqual(upTo('a', 1_050)));
  });

  it('brings an event again to a listener that could not take it, and holds up no other', async () => {
    const stream = makeStream();
    const refused: number[] = [];
    // Takes two events of each three that it is offered.
    let offered = 0;
    const busy = listen(stream, 'a', 0, (sequence) => {
      offered++;
      if (offered % 3 === 0) refused.push(sequence);
      return offered % 3 !== 0;
    });
    const quick = listen(stream, 'a');
    await appendEvents(
      database.pool,
      Array.from({ length: 20 }, () => 'a'),
    );
    await eventually(() => expect([busy.heard, quick.heard]).toEqual([upTo('a', 20), upTo('a', 20)]));
    expect(refused.length).toBeGreaterThan(5);
    expect(busy.closed).toEqual([]);
  });

  it('closes a listener that takes nothing for too long, and no other', async () => {
    const stream = makeStream(database.pool, 50);
    const stuck = listen(stream, 'a', 0, (sequence) => sequence < 3);
    const quick = listen(stream, 'a');
    await appendEvents(database.pool, ['a', 'a', 'a', 'a']);
    await eventually(() => expect(stuck.closed).toEqual(['slow']));
    expect([stuck.heard, quick.heard, stream.size()]).toEqual([upTo('a', 2), upTo('a', 4), 1]);
  });

  it('closes a listener that throws, tells it why, and no other', async () => {
    const stream = makeStream();
    const failure = new Error('broken listener');
    const broken = listen(stream, 'a', 0, () => {
      throw failure;
    });
    const sound = listen(stream, 'a');
    await appendEvents(database.pool, ['a', 'a']);
    await eventually(() => expect(sound.heard).toEqual(upTo('a', 2)));
    expect(broken.closed).toEqual([['failed', failure]]);
  });

  it('asks the database only while somebody listens, once for all', async () => {
    const { watched, pool } = watchedPool();
    const stream = makeStream(pool);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(watched.asked).toBe(0);
    const listeners = [listen(stream, 'a'), listen(stream, 'b'), listen(stream, 'c')];
    await eventually(() => expect(watched.asked).toBeGreaterThan(2));
    for (const { unsubscribe } of listeners) unsubscribe();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { asked } = watched;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(watched.asked).toBe(asked);
    const again = listen(stream, 'a');
    await appendEvents(database.pool, ['a']);
    await eventually(() => expect(again.heard).toEqual(['a1']));
  });

  it('loses nothing in an outage of the database, and ends for a bug', async () => {
    const { watched, pool } = watchedPool();
    const stream = makeStream(pool);
    const { heard, closed } = listen(stream, 'a');
    watched.trouble = Object.assign(new Error('connection refused'), { code: 'ECONNREFUSED' });
    await appendEvents(database.pool, ['a', 'a']);
    const { asked } = watched;
    await eventually(() => expect(watched.asked).toBeGreaterThan(asked + 1));
    watched.trouble = undefined;
    await eventually(() => expect(heard).toEqual(upTo('a', 2)));
    watched.trouble = new Error('bug');
    await eventually(() => expect(closed).toEqual([['failed', watched.trouble]]));
  });

  it('closes all when it stops, and takes nobody afterwards', async () => {
    const stream = makeStream();
    const before = listen(stream, 'a');
    await stream.stop();
    const after = listen(stream, 'a');
    expect([before.closed, after.closed, stream.size()]).toEqual([['stopped'], ['stopped'], 0]);
  });
});

describe('the inbox', () => {
  it('lists in order, either way, and remembers the first reading', async () => {
    await appendEvents(database.pool, ['a', 'b', 'a', 'a'], { data: { limitMinor: 5 } });
    const sequences = async (query: object) =>
      (await listNotifications(database.pool, 'a', { limit: 2, ...query })).map((row) => row.sequence);
    expect(await sequences({})).toEqual([1, 2]);
    expect(await sequences({ afterSequence: 2 })).toEqual([3]);
    expect(await sequences({ newestFirst: true })).toEqual([3, 2]);
    expect(await sequences({ newestFirst: true, beforeSequence: 2 })).toEqual([1]);

    const readAt = '2026-11-22T09:30:00.000Z';
    expect((await markNotificationRead(database.pool, 'a', 2, Date.parse(readAt)))?.readAt).toBe(readAt);
    expect((await markNotificationRead(database.pool, 'a', 2, Date.parse(readAt) + 1))?.readAt).toBe(readAt);
    expect(await markNotificationRead(database.pool, 'b', 2, 0)).toBeNull();
    const [, row] = await listNotifications(database.pool, 'a', { limit: 2 });
    expect(row).toMatchObject({ sequence: 2, type: 'decision.created', data: { limitMinor: 5 }, readAt });
    expect(row && toOutgoingEvent(row)).toEqual({
      specversion: '1.0',
      id: row?.eventId,
      source: 'urn:ecs',
      type: 'decision.created',
      subject: 'a',
      time: row?.occurredAt,
      datacontenttype: 'application/json',
      sequence: '2',
      data: { limitMinor: 5 },
    });
  });
});
