// `npm run bench:stream`: the production Kafka road on a real broker, all on the same cores, against the seed's way on the
// same broker; how long an event takes from its sending to committed state; and how a burst is worked off. Fails where
// one event was lost or counted twice. The last line is JSON.

import { randomUUID } from 'node:crypto';
import { runChild } from './support/child-process.mjs';
import { createEventSource } from './support/make-events.mjs';
import { measure, round } from './support/measure.mjs';
import { loadServerVersion } from './support/open-bench-system.mjs';
import {
  createTopics,
  makeGroup,
  openStreamWorld,
  PARTITIONS,
  produce,
  startIngestProcess,
  startProducerProcess,
  TOPIC,
  waitForPartitions,
  waitForPosition,
} from './support/open-stream-world.mjs';
import { percentileOfCounts } from './support/pace-events.mjs';
import { recordBench } from './support/record-bench.mjs';
import { seedCustomers } from './support/seed-customers.mjs';
import { createSeedTables } from './support/seeds-way.mjs';
import { renderStream, summarizeStream } from './support/stream-report.mjs';

const CUSTOMERS = 10_000;
const ROUNDS = 3;
const EVENTS = 300_000;
const SEED_EVENTS = 2_000;
const FLOOD_EVENTS = 300_000;
const PACED_SECONDS = 10;
const BURST_EVENTS = 100_000;

const startedMs = Date.now();
const say = (line) => console.log(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${line}`);

function createSource({ product }, seed) {
  const random = product.createSeededRandom(seed);
  return createEventSource({ product, topic: TOPIC, partitions: PARTITIONS, customers: CUSTOMERS, random });
}

/** Sends to ECS from a process of its own, and notes what was sent, so that the end can be checked. */
async function createSender(world) {
  const child = await startProducerProcess(world, CUSTOMERS);
  const sent = { records: 0, distinct: 0 };
  const prepare = async (count) => {
    sent.distinct += await child.ask('prepare', count);
    sent.records += count;
  };
  return { sent, prepare, send: () => child.ask('send'), pace: (perSecond) => child.ask('pace', perSecond) };
}

async function runSeed(world, source) {
  const topic = `seed.${randomUUID()}`;
  await createTopics(world.kafka, [topic]);
  await produce(world.producer, topic, source.next(SEED_EVENTS).values);
  const { seconds, messages } = await runChild('seed-consumer.mjs', {
    PATH: process.env.PATH,
    SEED_BROKERS: world.brokers,
    SEED_TOPIC: topic,
    SEED_GROUP: `seed-${randomUUID()}`,
    SEED_MESSAGES: String(SEED_EVENTS),
    SEED_DATABASE_URL: world.pool.options.connectionString,
  });
  return messages / seconds;
}

/** A backlog is there; how fast is it worked off, and with how much processor time? */
async function runEcs(world, sender, child, group) {
  await child.ask('hold');
  await sender.prepare(EVENTS);
  await sender.send();
  const before = await child.ask('usage');
  const { seconds, databaseMicros } = await measure(world.postmasterPid, async () => {
    await child.ask('release');
    await waitForPosition(world.pool, group, sender.sent.records);
  });
  const { processorMicros } = await child.ask('usage');
  return {
    rate: EVENTS / seconds,
    nodeMicros: (processorMicros - before.processorMicros) / EVENTS,
    databaseMicros: (databaseMicros ?? 0) / EVENTS,
  };
}

async function measureRatio(world, sender, child, group) {
  const rounds = [];
  const seedSource = createSource(world, 1);
  for (let i = 0; i <= ROUNDS; i++) {
    const seed = await runSeed(world, seedSource);
    const ecs = await runEcs(world, sender, child, group);
    say(
      `${i === 0 ? 'warm-up' : `round ${i}`}: seed ${round(seed)}/s, ECS ${round(ecs.rate / 1000)}k/s, ${round(ecs.rate / seed)} times; ${round(ecs.nodeMicros)} µs in the process, ${round(ecs.databaseMicros)} µs in PostgreSQL`,
    );
    if (i > 0) rounds.push({ seed, ecs });
  }
  return rounds;
}

/** The most that producer, broker, ECS and PostgreSQL carry together on these cores. */
async function measurePeak(world, sender, group) {
  await sender.prepare(FLOOD_EVENTS);
  const startedMs = performance.now();
  await sender.send();
  await waitForPosition(world.pool, group, sender.sent.records);
  return FLOOD_EVENTS / ((performance.now() - startedMs) / 1000);
}

async function measureLatency(world, sender, child, group, perSecond) {
  await sender.prepare(Math.round(perSecond * PACED_SECONDS));
  await child.ask('usage');
  const took = await sender.pace(perSecond);
  await waitForPosition(world.pool, group, sender.sent.records);
  const { latencies, waits, batchTimes } = await child.ask('usage');
  const batches = batchTimes.reduce((sum, [, count]) => sum + count, 0);
  const both = (counts) => ({ p50: percentileOfCounts(counts, 0.5), p99: percentileOfCounts(counts, 0.99) });
  const latency = both(latencies);
  const parts = { waited: both(waits), batch: both(batchTimes), eventsPerBatch: (perSecond * PACED_SECONDS) / batches };
  say(
    `${round(perSecond)} events/s for ${round(took)} s: p50 ${latency.p50} ms, p99 ${latency.p99} ms from due to committed; before the ingest function ${parts.waited.p50} and ${parts.waited.p99} ms, in it ${parts.batch.p50} and ${parts.batch.p99} ms a batch of ${round(parts.eventsPerBatch)}`,
  );
  return { ...latency, ...parts };
}

async function measureBurst(world, sender, group) {
  await sender.prepare(BURST_EVENTS);
  await sender.send();
  const sentMs = performance.now();
  await waitForPosition(world.pool, group, sender.sent.records);
  const seconds = (performance.now() - sentMs) / 1000;
  say(`a burst of ${BURST_EVENTS}: no lag ${round(seconds)} s after its last event was acknowledged`);
  return seconds;
}

async function checkCounts({ pool }, { distinct }) {
  const { rows } = await pool.query(`
    select (select sum(readings)::int from emotional_states) as readings,
      (select sum(octet_length(fingerprints) / 8)::int from event_fingerprints) as fingerprints,
      (select count(*)::int from dead_letters) as dead_letters`);
  const { readings, fingerprints, dead_letters } = rows[0];
  if (readings !== distinct || fingerprints !== distinct || dead_letters !== 0) {
    throw new Error(
      `${distinct} sent, ${readings} counted, ${fingerprints} fingerprints, ${dead_letters} dead letters`,
    );
  }
  say(`counts agree: ${distinct} readings, each once`);
}

async function run() {
  const world = await openStreamWorld({ say });
  try {
    await seedCustomers(world.pool, 1, CUSTOMERS);
    await createSeedTables(world.pool, CUSTOMERS);
    const group = makeGroup();
    const child = await startIngestProcess(world, group);
    await child.ask('start');
    await waitForPartitions([child], world.product.INPUT_TOPICS.length);
    const sender = await createSender(world);
    const rounds = await measureRatio(world, sender, child, group);
    const peak = await measurePeak(world, sender, group);
    say(`peak with the producer on the same cores: ${round(peak / 1000)}k events/s`);
    const low = await measureLatency(world, sender, child, group, peak * 0.2);
    const high = await measureLatency(world, sender, child, group, peak * 0.8);
    const burstSeconds = await measureBurst(world, sender, group);
    await checkCounts(world, sender.sent);
    const figures = summarizeStream({ rounds, peak, low, high, burstSeconds });
    const settings = {
      rounds: ROUNDS,
      events: EVENTS,
      burst: BURST_EVENTS,
      seconds: PACED_SECONDS,
      customers: CUSTOMERS,
      partitionsAtOnce: world.product.PARTITIONS_AT_ONCE,
    };
    recordBench({
      name: 'stream',
      command: 'npm run bench:stream',
      figures,
      markdown: renderStream(figures, settings),
      postgres: await loadServerVersion(world.pool),
    });
    console.log(JSON.stringify(figures));
  } finally {
    await world.close();
  }
}

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
}
