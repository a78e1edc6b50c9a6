// Whatever a broker, a network or a restart does to a stream (copies, other order, other batches, a new owner in between),
// the same events enter the state, each once.
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { letIn, makeEvent, makeIngest, toBytes } from '../../test/support/ingest-world.ts';
import { HOUR_MS } from '../lib/clock.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const TOPIC = 'ecs.emotions.v1';
const NOW_MS = Date.UTC(2026, 10, 22, 12, 20);
const CUSTOMERS = 4;

interface Sent {
  readonly customer: number;
  readonly id: number;
  readonly hoursAgo: number;
}

const sent = fc.record({ customer: fc.nat(CUSTOMERS - 1), id: fc.nat(15), hoursAgo: fc.nat(100) });

/** A stream in which every event has some copies, cut into batches, with a new owner before some of them. */
const stream = fc
  .uniqueArray(sent, { minLength: 1, maxLength: 25, selector: ({ customer, id }) => `${customer}/${id}` })
  .chain((events) =>
    fc.record({
      events: fc.constant(events),
      order: fc
        .array(fc.nat(events.length - 1), { maxLength: 30 })
        .chain((copies) =>
          fc.shuffledSubarray([...events.keys(), ...copies], { minLength: events.length + copies.length }),
        ),
      cuts: fc.array(fc.record({ size: fc.integer({ min: 1, max: 12 }), restart: fc.boolean() }), {
        minLength: 1,
        maxLength: 60,
      }),
    }),
  );

let runs = 0;

async function count(
  order: readonly Sent[],
  cuts: readonly { size: number; restart: boolean }[],
): Promise<Map<string, number>> {
  const { pool } = database;
  const prefix = `run-${runs++}`;
  const options = { partitions: 1, consumerGroup: prefix, clock: () => NOW_MS, fingerprintBytesMax: 400 };
  await letIn(
    pool,
    Array.from({ length: CUSTOMERS }, (_, i) => `${prefix}-${i}`),
    NOW_MS,
  );
  const value = ({ customer, id, hoursAgo }: Sent) =>
    toBytes(
      makeEvent(TOPIC, {
        subject: `${prefix}-${customer}`,
        id: `${prefix}-${customer}-${id}`,
        time: new Date(NOW_MS - hoursAgo * HOUR_MS).toISOString(),
      }),
    );
  let ingest = makeIngest(pool, options);
  let claim = await ingest.claimPartition(TOPIC, 0);
  for (let from = 0, batch = 0; from < order.length; batch++) {
    const { size = 12, restart = false } = cuts[batch % cuts.length] ?? {};
    if (restart) {
      ingest = makeIngest(pool, options);
      claim = await ingest.claimPartition(TOPIC, 0);
      expect(claim.nextOffset).toBe(from);
    }
    const records = order
      .slice(from, from + size)
      .map((event, i) => ({ offset: from + i, value: value(event), headers: {}, acceptedAtMs: NOW_MS }));
    const nextOffset = from + records.length;
    await ingest.ingestBatch({ topic: TOPIC, partition: 0, fetchedFrom: from, nextOffset, records }, claim.ownerEpoch);
    from = nextOffset;
  }
  const { rows } = await pool.query<{ customer_id: string; readings: number }>(
    `select customer_id, readings from emotional_states where purpose = 'emotions' and customer_id like $1`,
    [`${prefix}-%`],
  );
  return new Map(rows.map(({ customer_id, readings }) => [customer_id.slice(prefix.length + 1), readings]));
}

test('every event counts once in any order, any batches, any number of copies and restarts', async () => {
  await fc.assert(
    fc.asyncProperty(stream, async ({ events, order, cuts }) => {
      const expected = new Map(
        Array.from({ length: CUSTOMERS }, (_, i) => [
          String(i),
          events.filter(({ customer }) => customer === i).length,
        ]),
      );
      expect(
        await count(
          order.map((i) => events[i] as Sent),
          cuts,
        ),
      ).toEqual(expected);
    }),
    { numRuns: 25 },
  );
}, 60_000);
