import type pg from 'pg';
import { startCuttingProxy } from '../../test/support/cutting-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  countReadings,
  countTransactions,
  letIn,
  loadStoredDeadLetters,
  makeEvent,
  makeHandlers,
  makeIngest,
  PARTITIONS,
  toBytes,
  waitForLockWait,
} from '../../test/support/ingest-world.ts';
import { createPool, inTransaction } from '../db/index.ts';
import { partitionOf } from '../events/partition-of.ts';
import type { InputTopic } from '../events/topics.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts';
import { makeId } from '../lib/ids.ts';
import { recordConsents } from '../privacy/index.ts';
import type { IncomingRecord, Ingest, IngestBatch, IngestOutcome } from './incoming.ts';

// Customers of partition 1, where all batches here are read.
const PARTITION = 1;
const [ANN, BOB, CAT] = Array.from({ length: 100 }, (_, i) => `customer-${i}`).filter(
  (id) => partitionOf(id, PARTITIONS) === PARTITION,
) as [string, string, string];
const STRANGER = Array.from({ length: 100 }, (_, i) => `x-${i}`).find(
  (id) => partitionOf(id, PARTITIONS) !== PARTITION,
)!;

let database: TestDatabase;
let pool: pg.Pool;

beforeEach(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  await letIn(pool, [ANN, BOB, CAT]);
});
afterEach(() => database.drop());

type Value = object | string | Buffer | null;

function toRecords(values: readonly Value[], from: number, acceptedAtMs = Date.now()): IncomingRecord[] {
  return values.map((value, i) => ({
    offset: from + i,
    value:
      value === null || Buffer.isBuffer(value)
        ? value
        : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    headers: {},
    acceptedAtMs,
  }));
}

function toBatch(topic: InputTopic, values: readonly Value[], from = 0, acceptedAtMs?: number): IngestBatch {
  const records = toRecords(values, from, acceptedAtMs);
  return { topic, partition: PARTITION, fetchedFrom: from, nextOffset: from + values.length, records };
}

/** Claims the partition and counts the values from where it stands. */
async function feed(
  ingest: Ingest,
  topic: InputTopic,
  values: readonly Value[],
  acceptedAtMs?: number,
): Promise<IngestOutcome> {
  const { ownerEpoch, nextOffset } = await ingest.claimPartition(topic, PARTITION);
  return ingest.ingestBatch(toBatch(topic, values, nextOffset, acceptedAtMs), ownerEpoch);
}

const emotion = (subject: string, id: string, time = new Date().toISOString()) =>
  makeEvent('ecs.emotions.v1', { subject, id, time });
const purchase = (subject: string, id: string, data = {}) => makeEvent('ecs.transactions.v1', { subject, id }, data);

async function loadPosition(topic: InputTopic) {
  const { rows } = await pool.query<{ next_offset: number; fingerprints_from: Date | number }>(
    'select next_offset, fingerprints_from from ingest_offsets where topic = $1 and partition = $2',
    [topic, PARTITION],
  );
  return rows[0];
}

async function countFingerprints(): Promise<number> {
  const { rows } = await pool.query<{ n: number }>(
    'select coalesce(sum(octet_length(fingerprints)) / 8, 0)::int as n from event_fingerprints',
  );
  return rows[0]?.n ?? 0;
}

async function loadOutbox() {
  const { rows } = await pool.query<{ topic: string; message_key: string | null; message_value: Buffer }>(
    'select topic, message_key, message_value from topic_outbox order by topic_outbox_id',
  );
  return rows;
}

describe('counting', () => {
  test('a batch enters the state once, with its offset, fingerprints and numbers', async () => {
    const outcome = await feed(makeIngest(pool), 'ecs.emotions.v1', [
      emotion(ANN, '1'),
      emotion(ANN, '2'),
      emotion(BOB, '1b'),
    ]);
    expect(outcome).toEqual({ records: 3, counted: 3, duplicates: 0, dropped: {}, deadLetters: {}, misplaced: 0 });
    expect(await countReadings(pool)).toEqual({ [ANN]: 2, [BOB]: 1, [CAT]: 0 });
    expect(await loadPosition('ecs.emotions.v1')).toMatchObject({ next_offset: 3 });
    expect(await countFingerprints()).toBe(3);
  });

  test('copies in the batch, in the next one and after a restart are dropped', async () => {
    const first = makeIngest(pool);
    const one = emotion(ANN, 'one');
    expect(await feed(first, 'ecs.emotions.v1', [one, one, emotion(ANN, 'two')])).toMatchObject({
      counted: 2,
      duplicates: 1,
    });
    const { ownerEpoch, nextOffset } = await first.claimPartition('ecs.emotions.v1', PARTITION);
    expect(await first.ingestBatch(toBatch('ecs.emotions.v1', [one], nextOffset), ownerEpoch)).toMatchObject({
      counted: 0,
      duplicates: 1,
    });
    expect(await first.ingestBatch(toBatch('ecs.emotions.v1', [one], nextOffset + 1), ownerEpoch)).toMatchObject({
      duplicates: 1,
    });
    expect(await feed(makeIngest(pool), 'ecs.emotions.v1', [one, emotion(ANN, 'three')])).toMatchObject({
      counted: 1,
      duplicates: 1,
    });
    expect(await countReadings(pool)).toMatchObject({ [ANN]: 3 });
  });

  test('the same id of another source is another event', async () => {
    const other = { ...emotion(ANN, 'one'), source: 'urn:other' };
    expect(await feed(makeIngest(pool), 'ecs.emotions.v1', [emotion(ANN, 'one'), other])).toMatchObject({ counted: 2 });
  });

  test('copies are found with no memory at all for fingerprints, in late hours too', async () => {
    const ingest = makeIngest(pool, { fingerprintBytesMax: 0 });
    const late = Array.from({ length: 50 }, (_, i) =>
      emotion(ANN, `late-${i}`, new Date(Date.now() - i * 3 * HOUR_MS).toISOString()),
    );
    expect(await feed(ingest, 'ecs.emotions.v1', late)).toMatchObject({ counted: 50 });
    expect(await feed(ingest, 'ecs.emotions.v1', [...late].reverse())).toMatchObject({ counted: 0, duplicates: 50 });
  });

  test('what was dropped for want of consent leaves no fingerprint, so it counts once consent from then is heard of', async () => {
    const ingest = makeIngest(pool);
    const event = emotion(ANN, 'early');
    const nowMs = Date.now();
    const change = { customerId: ANN, purpose: 'emotions', recordedBy: 'test' } as const;
    const options = { kafka: false, makeId };
    await inTransaction(pool, (tx) =>
      recordConsents(tx, [{ ...change, granted: false, changedAtMs: nowMs - 2 * HOUR_MS }], nowMs, options),
    );
    expect(await feed(ingest, 'ecs.emotions.v1', [event])).toMatchObject({ counted: 0, dropped: { no_consent: 1 } });
    expect(await countFingerprints()).toBe(0);
    await inTransaction(pool, (tx) =>
      recordConsents(tx, [{ ...change, granted: true, changedAtMs: nowMs - HOUR_MS }], nowMs, options),
    );
    const before = emotion(ANN, 'before', new Date(nowMs - 3 * HOUR_MS).toISOString());
    expect(await feed(ingest, 'ecs.emotions.v1', [event, before])).toMatchObject({
      counted: 1,
      duplicates: 0,
      dropped: { before_consent: 1 },
    });
    expect(await countFingerprints()).toBe(1);
  });

  test('a transaction is known by its key; money needs no fingerprints', async () => {
    const ingest = makeIngest(pool);
    expect(await feed(ingest, 'ecs.transactions.v1', [purchase(ANN, 't1'), purchase(ANN, 't2')])).toMatchObject({
      counted: 2,
    });
    expect(await feed(ingest, 'ecs.transactions.v1', [purchase(ANN, 't1')])).toMatchObject({
      duplicates: expect.any(Number),
    });
    expect(await countTransactions(pool)).toBe(2);
    expect(await countFingerprints()).toBe(0);
  });

  test('a batch of nothing but a gap moves the offset', async () => {
    const ingest = makeIngest(pool);
    const { ownerEpoch } = await ingest.claimPartition('ecs.emotions.v1', PARTITION);
    await ingest.ingestBatch({ ...toBatch('ecs.emotions.v1', []), nextOffset: 17 }, ownerEpoch);
    expect(await loadPosition('ecs.emotions.v1')).toMatchObject({ next_offset: 17 });
  });

  test('a partition that was never read may begin elsewhere than at 0, one that was may not', async () => {
    const ingest = makeIngest(pool);
    const wanted = { topic: 'ecs.emotions.v1', partition: PARTITION } as const;
    expect(await ingest.claimPartitions([{ ...wanted, startOffset: 40 }])).toMatchObject([
      { nextOffset: 40, ownerEpoch: 1 },
    ]);
    expect(await ingest.claimPartitions([{ ...wanted, startOffset: 90 }])).toMatchObject([
      { nextOffset: 40, ownerEpoch: 2, previousEpoch: 1 },
    ]);
  });
});

describe('what cannot be counted', () => {
  const good = () => emotion(ANN, makeId());

  test.each<[string, InputTopic, () => Value, string, string, string]>([
    ['malformed JSON', 'ecs.emotions.v1', () => '{"specversion":', 'not_json', '', 'is not JSON'],
    ['no content', 'ecs.emotions.v1', () => null, 'not_json', '', 'has no value'],
    ['a wrong schema', 'ecs.emotions.v1', () => ({ hello: 'world' }), 'schema', 'specversion', 'is missing'],
    ['an unknown field', 'ecs.emotions.v1', () => ({ ...good(), mood: 1 }), 'schema', 'mood', 'is not a known field'],
    [
      'a number out of range',
      'ecs.emotions.v1',
      () => makeEvent('ecs.emotions.v1', { subject: ANN }, { valence: -1.01 }),
      'schema',
      'data.valence',
      'must be at least -1',
    ],
    ['NaN', 'ecs.emotions.v1', () => JSON.stringify(good()).replace(':0.4,', ':NaN,'), 'not_json', '', 'is not JSON'],
    [
      'a 10 MB body',
      'ecs.emotions.v1',
      () => Buffer.alloc(10 * 1024 * 1024, 'x'),
      'too_large',
      '',
      'at most 65536 are read',
    ],
    ['deep nesting', 'ecs.emotions.v1', () => '['.repeat(60_000), 'not_json', '', 'is not JSON'],
    [
      'an event of another topic',
      'ecs.emotions.v1',
      () => purchase(ANN, 'p'),
      'wrong_topic',
      'type',
      'belong on ecs.transactions.v1',
    ],
    [
      'a NUL where PostgreSQL takes none',
      'ecs.emotions.v1',
      () => ({ ...good(), id: 'a\0b', subject: 'c\0d' }),
      'schema',
      'id',
      'must be in this form',
    ],
    [
      'an event from the future',
      'ecs.emotions.v1',
      () => emotion(ANN, 'f', new Date(Date.now() + 6 * MINUTE_MS).toISOString()),
      'time_in_future',
      'time',
      'is more than 5 minutes after',
    ],
    [
      'an emotion past the horizon',
      'ecs.emotions.v1',
      () => emotion(ANN, 'l', new Date(Date.now() - 8 * DAY_MS).toISOString()),
      'too_late',
      'time',
      'is more than 7 days before',
    ],
    [
      'an unknown label',
      'ecs.emotions.v1',
      () => makeEvent('ecs.emotions.v1', { subject: ANN }, { valence: undefined, arousal: undefined, label: 'quux' }),
      'unknown_label',
      'data.label',
      'not in the published table',
    ],
    [
      'a wrong currency',
      'ecs.transactions.v1',
      () => purchase(ANN, 'w', { currency: 'USD' }),
      'wrong_currency',
      'data.currency',
      "is not the customer's currency",
    ],
    [
      'a fraction of a cent',
      'ecs.transactions.v1',
      () => purchase(ANN, 'c', { amountMinor: 0.5 }),
      'schema',
      'data.amountMinor',
      'must be',
    ],
  ])(
    '%s becomes a dead letter that names field and rule, and nothing else is lost',
    async (_, topic, bad, code, field, message) => {
      const neighbour = () => (topic === 'ecs.emotions.v1' ? good() : purchase(BOB, makeId()));
      const outcome = await feed(makeIngest(pool), topic, [neighbour(), bad(), neighbour()]);
      expect(outcome).toMatchObject({ records: 3, counted: 2, deadLetters: { [code]: 1 } });
      expect(await loadStoredDeadLetters(pool)).toMatchObject([
        { record_offset: 1, code, field, message: expect.stringContaining(message) },
      ]);
      expect(await loadPosition(topic)).toMatchObject({ next_offset: 3 });
    },
  );

  test('the same transaction with other content is refused, the first one stays', async () => {
    const ingest = makeIngest(pool);
    const first = purchase(ANN, 'same');
    const other = { ...first, data: { ...first.data, amountMinor: 1 } };
    expect(await feed(ingest, 'ecs.transactions.v1', [first])).toMatchObject({ counted: 1 });
    expect(await feed(ingest, 'ecs.transactions.v1', [other])).toMatchObject({
      counted: 0,
      deadLetters: { content_differs: 1 },
    });
    const [letter] = await loadStoredDeadLetters(pool);
    expect(letter).toMatchObject({ code: 'content_differs', field: 'data.amountMinor', customer_id: ANN });
    expect(JSON.parse(String(letter?.original))).toEqual(other);
  });

  test('money keeps its bytes for a retry; feelings keep none', async () => {
    await feed(makeIngest(pool), 'ecs.transactions.v1', [{ ...purchase(ANN, 'x'), surplus: 1 }]);
    await feed(makeIngest(pool), 'ecs.emotions.v1', [{ ...emotion(ANN, 'secret-id'), surplus: 1 }]);
    await feed(makeIngest(pool), 'ecs.transactions.v1', [emotion(ANN, 'on-a-money-topic')]);
    const letters = await loadStoredDeadLetters(pool);
    expect(letters.map(({ code, original }) => [code, original !== null])).toEqual([
      ['schema', false],
      ['schema', true],
      ['wrong_topic', false],
    ]);
  });

  test('each is announced once, though its batch is tried twice', async () => {
    const ingest = makeIngest(pool);
    await feed(ingest, 'ecs.transactions.v1', ['poison']);
    await pool.query('update ingest_offsets set next_offset = 0');
    await feed(ingest, 'ecs.transactions.v1', ['poison']);
    expect(await loadStoredDeadLetters(pool)).toHaveLength(1);
    const outbox = await loadOutbox();
    expect(outbox.map(({ topic }) => topic)).toEqual(['ecs.dead-letters.v1']);
    const announced = JSON.parse(String(outbox[0]?.message_value));
    expect(announced).toMatchObject({
      topic: 'ecs.transactions.v1',
      partition: PARTITION,
      offset: 0,
      code: 'not_json',
    });
    expect(Buffer.from(announced.originalBase64, 'base64').toString()).toBe('poison');
  });

  test('without Kafka nothing is announced', async () => {
    await feed(makeIngest(pool, { deadLetterTopic: false }), 'ecs.transactions.v1', ['poison']);
    expect(await loadOutbox()).toEqual([]);
    expect(await loadStoredDeadLetters(pool)).toHaveLength(1);
  });

  test("an event in another customer's partition goes back onto its topic under its customer", async () => {
    const event = emotion(STRANGER, 'lost');
    expect(await feed(makeIngest(pool), 'ecs.emotions.v1', [event, emotion(ANN, 'home')])).toMatchObject({
      counted: 1,
      misplaced: 1,
    });
    const outbox = await loadOutbox();
    expect(outbox).toMatchObject([{ topic: 'ecs.emotions.v1', message_key: STRANGER }]);
    expect(JSON.parse(String(outbox[0]?.message_value))).toEqual(event);
    expect(await loadStoredDeadLetters(pool)).toEqual([]);
  });

  test('a whole batch of poison is quarantined, and none of it twice', async () => {
    const poison = Array.from({ length: 3_000 }, (_, i) => `poison ${i}`);
    expect(await feed(makeIngest(pool), 'ecs.transactions.v1', poison)).toMatchObject({
      deadLetters: { not_json: 3_000 },
    });
    expect(await loadStoredDeadLetters(pool)).toHaveLength(3_000);
  });
});

describe('the watermark of fingerprints', () => {
  const acceptedAtMs = Date.UTC(2026, 5, 1, 12, 30);
  const at = (ms: number) => new Date(acceptedAtMs + ms).toISOString();
  const clock = () => acceptedAtMs + 365 * DAY_MS;

  test('moves with what was accepted, forward only, and old fingerprints go', async () => {
    const ingest = makeIngest(pool, { clock });
    await feed(
      ingest,
      'ecs.emotions.v1',
      [emotion(ANN, 'old', at(-6 * DAY_MS)), emotion(ANN, 'new', at(0))],
      acceptedAtMs,
    );
    expect((await loadPosition('ecs.emotions.v1'))?.fingerprints_from).toEqual(new Date(Date.UTC(2026, 4, 25, 11)));
    expect(await countFingerprints()).toBe(2);
    await feed(ingest, 'ecs.emotions.v1', [emotion(ANN, 'later', at(3 * DAY_MS))], acceptedAtMs + 3 * DAY_MS);
    expect((await loadPosition('ecs.emotions.v1'))?.fingerprints_from).toEqual(new Date(Date.UTC(2026, 4, 28, 11)));
    expect(await countFingerprints()).toBe(2);
    await feed(ingest, 'ecs.emotions.v1', [emotion(ANN, 'again', at(0))], acceptedAtMs);
    expect((await loadPosition('ecs.emotions.v1'))?.fingerprints_from).toEqual(new Date(Date.UTC(2026, 4, 28, 11)));
  });

  test('an event whose fingerprints are gone is too late, also where its own acceptance would let it pass', async () => {
    const ingest = makeIngest(pool, { clock });
    await feed(ingest, 'ecs.emotions.v1', [emotion(ANN, 'newest', at(10 * DAY_MS))], acceptedAtMs + 10 * DAY_MS);
    const outcome = await feed(ingest, 'ecs.emotions.v1', [emotion(ANN, 'copy?', at(-DAY_MS))], acceptedAtMs);
    expect(outcome).toMatchObject({ counted: 0, deadLetters: { too_late: 1 } });
  });

  test('a record time ahead of our clock does not throw fingerprints away', async () => {
    const ingest = makeIngest(pool);
    await feed(ingest, 'ecs.emotions.v1', [emotion(ANN, 'a')], Date.now() + 400 * DAY_MS);
    expect((await loadPosition('ecs.emotions.v1'))?.fingerprints_from.valueOf()).toBeLessThan(Date.now());
    expect(await feed(ingest, 'ecs.emotions.v1', [emotion(ANN, 'b')])).toMatchObject({ counted: 1 });
  });

  test.each([0, -1, Number.NaN])('a record time of %s counts as now', async (time) => {
    expect(await feed(makeIngest(pool), 'ecs.emotions.v1', [emotion(ANN, 'a')], time)).toMatchObject({ counted: 1 });
  });
});

describe('races', () => {
  test('a batch from another offset than the next one writes nothing', async () => {
    const ingest = makeIngest(pool);
    await feed(ingest, 'ecs.emotions.v1', [emotion(ANN, '1')]);
    const { ownerEpoch } = await ingest.claimPartition('ecs.emotions.v1', PARTITION);
    for (const from of [0, 2, 100]) {
      const attempt = ingest.ingestBatch(
        toBatch('ecs.emotions.v1', [emotion(ANN, `at-${from}`), 'poison'], from),
        ownerEpoch,
      );
      await expect(attempt).rejects.toMatchObject({ code: 'ECS_OFFSET_MISMATCH' });
    }
    expect(await countReadings(pool)).toMatchObject({ [ANN]: 1 });
    expect(await loadStoredDeadLetters(pool)).toEqual([]);
    expect(await countFingerprints()).toBe(1);
  });

  test('a former owner writes nothing, neither before nor after the new one has', async () => {
    const former = makeIngest(pool);
    const present = makeIngest(pool);
    const old = await former.claimPartition('ecs.emotions.v1', PARTITION);
    const now = await present.claimPartition('ecs.emotions.v1', PARTITION);
    const batch = toBatch('ecs.emotions.v1', [emotion(ANN, '1'), 'poison']);
    await expect(former.ingestBatch(batch, old.ownerEpoch)).rejects.toMatchObject({ code: 'ECS_STALE_OWNER' });
    expect(await countReadings(pool)).toMatchObject({ [ANN]: 0 });
    expect(await loadStoredDeadLetters(pool)).toEqual([]);
    await present.ingestBatch(batch, now.ownerEpoch);
    await expect(former.ingestBatch(batch, old.ownerEpoch)).rejects.toMatchObject({ code: 'ECS_STALE_OWNER' });
    expect(await countReadings(pool)).toMatchObject({ [ANN]: 1 });
  });

  test('a claim waits for the batch that is being counted, and begins behind it', async () => {
    const former = makeIngest(pool);
    const present = makeIngest(pool);
    const old = await former.claimPartition('ecs.emotions.v1', PARTITION);
    const blocker = await pool.connect();
    await blocker.query('begin');
    await blocker.query('select 1 from emotional_states where customer_id = $1 for update', [ANN]);
    const event = emotion(ANN, 'first');
    const counting = former.ingestBatch(toBatch('ecs.emotions.v1', [event]), old.ownerEpoch);
    await waitForLockWait(pool);
    const claiming = present.claimPartition('ecs.emotions.v1', PARTITION);
    await blocker.query('commit');
    blocker.release();
    expect(await counting).toMatchObject({ counted: 1 });
    const claim = await claiming;
    expect(claim).toMatchObject({ nextOffset: 1 });
    expect(await present.ingestBatch(toBatch('ecs.emotions.v1', [event], 1), claim.ownerEpoch)).toMatchObject({
      duplicates: 1,
    });
  });

  test('of two batches for the same offset one counts', async () => {
    const one = makeIngest(pool);
    const two = makeIngest(pool);
    const { ownerEpoch } = await one.claimPartition('ecs.transactions.v1', PARTITION);
    // As if both held the same epoch: what is left to protect the count is the offset.
    await pool.query('update ingest_offsets set owner_epoch = owner_epoch - 1');
    expect(await two.claimPartition('ecs.transactions.v1', PARTITION)).toMatchObject({ ownerEpoch });
    const results = await Promise.allSettled([
      one.ingestBatch(toBatch('ecs.transactions.v1', [purchase(ANN, 'a')]), ownerEpoch),
      two.ingestBatch(toBatch('ecs.transactions.v1', [purchase(ANN, 'b')]), ownerEpoch),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(results.find((result) => result.status === 'rejected')?.reason).toMatchObject({
      code: 'ECS_OFFSET_MISMATCH',
    });
    expect(await countTransactions(pool)).toBe(1);
  });

  test('consent withdrawn while a batch waits: the withdrawal wins, nothing is kept', async () => {
    const ingest = makeIngest(pool);
    const { ownerEpoch } = await ingest.claimPartition('ecs.emotions.v1', PARTITION);
    const withdrawing = await pool.connect();
    await withdrawing.query('begin');
    const nowMs = Date.now();
    const change = {
      customerId: ANN,
      purpose: 'emotions',
      granted: false,
      changedAtMs: nowMs + 1,
      recordedBy: 'test',
    } as const;
    await recordConsents(withdrawing, [change], nowMs, { kafka: false, makeId });
    const counting = ingest.ingestBatch(toBatch('ecs.emotions.v1', [emotion(ANN, '1'), emotion(BOB, '2')]), ownerEpoch);
    await waitForLockWait(pool);
    await withdrawing.query('commit');
    withdrawing.release();
    expect(await counting).toMatchObject({ counted: 1, dropped: { no_consent: 1 } });
    expect(await countReadings(pool)).toEqual({ [BOB]: 1, [CAT]: 0 });
    expect((await pool.query('select 1 from emotion_days where customer_id = $1', [ANN])).rowCount).toBe(0);
    expect(await countFingerprints()).toBe(1);
  });

  test('a batch that fails after the fold leaves nothing, in memory neither, and counts when it comes again', async () => {
    const handlers = makeHandlers();
    let failures = 1;
    const failing: typeof handlers = {
      ...handlers,
      'ecs.emotions.v1': async (tx, events, nowMs) => {
        const result = await handlers['ecs.emotions.v1'](tx, events, nowMs);
        if (failures-- > 0) throw new Error('killed between two statements');
        return result;
      },
    };
    const ingest = makeIngest(pool, { handlers: failing });
    const { ownerEpoch } = await ingest.claimPartition('ecs.emotions.v1', PARTITION);
    const batch = toBatch('ecs.emotions.v1', [emotion(ANN, '1'), 'poison']);
    await expect(ingest.ingestBatch(batch, ownerEpoch)).rejects.toThrow('killed');
    expect(await countReadings(pool)).toMatchObject({ [ANN]: 0 });
    expect(await loadStoredDeadLetters(pool)).toEqual([]);
    expect(await ingest.ingestBatch(batch, ownerEpoch)).toMatchObject({
      counted: 1,
      duplicates: 0,
      deadLetters: { not_json: 1 },
    });
    expect(await countReadings(pool)).toMatchObject({ [ANN]: 1 });
  });

  test('a commit whose answer is lost is unknown; a new claim tells that it took place', async () => {
    const proxy = await startCuttingProxy(database.connectionString);
    const cut = createPool({ connectionString: proxy.connectionString, max: 2 });
    const ingest = makeIngest(cut);
    try {
      const { ownerEpoch } = await ingest.claimPartition('ecs.emotions.v1', PARTITION);
      const batch = toBatch('ecs.emotions.v1', [emotion(ANN, '1')]);
      proxy.cutAfter('commit\0');
      await expect(ingest.ingestBatch(batch, ownerEpoch)).rejects.toMatchObject({ code: 'ECS_COMMIT_UNKNOWN' });
      await expect(ingest.ingestBatch(batch, ownerEpoch)).rejects.toMatchObject({ code: 'ECS_STALE_OWNER' });
      const claim = await ingest.claimPartition('ecs.emotions.v1', PARTITION);
      expect(claim).toMatchObject({ nextOffset: 1, previousEpoch: ownerEpoch });
      const copy = {
        ...batch,
        fetchedFrom: 1,
        nextOffset: 2,
        records: toRecords([toBytes(JSON.parse(String(batch.records[0]?.value)))], 1),
      };
      expect(await ingest.ingestBatch(copy, claim.ownerEpoch)).toMatchObject({ counted: 0, duplicates: 1 });
      expect(await countReadings(pool)).toMatchObject({ [ANN]: 1 });
    } finally {
      await cut.end();
      await proxy.stop();
    }
  });
});

test('another consumer group reads from its own start, but counts nothing again', async () => {
  const events = [emotion(ANN, 'a', new Date(Date.now() - 20 * DAY_MS).toISOString()), emotion(ANN, 'b')];
  const first = makeIngest(pool);
  await feed(first, 'ecs.emotions.v1', events.slice(0, 1), Date.now() - 20 * DAY_MS);
  await feed(first, 'ecs.emotions.v1', events.slice(1));
  const renamed = makeIngest(pool, { consumerGroup: 'renamed' });
  const outcome = await feed(renamed, 'ecs.emotions.v1', events, Date.now() - 20 * DAY_MS);
  expect(outcome).toMatchObject({ counted: 0 });
  expect(await countReadings(pool)).toMatchObject({ [ANN]: 2 });
});
