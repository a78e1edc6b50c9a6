// A process with the production Kafka road and nothing else, led over IPC. Beside what production does it notes how long
// after its record time each event was committed, and can hold back its next batches while a backlog is made.

import { loadProduct } from './load-product.mjs';

const product = await loadProduct(
  'config.js',
  'open-system.js',
  'start-events-in.js',
  'ingest/index.js',
  'lib/clock.js',
  'lib/log.js',
);
const config = product.loadConfig(process.env);
const system = await product.openSystem(config, product.createLog(config.logLevel), { migrate: false });
const installation = await product.loadInstallation(system.pool);
const metrics = product.createIngestMetrics(system.metrics);
const ingest = product.makeIngest({ system, installation }, config.kafka.consumerGroup, metrics);

/** Events by how many milliseconds after their record time they were committed; the last place holds what took longer. */
const LATENCY_MS_MAX = 60_000;
const latencies = new Uint32Array(LATENCY_MS_MAX + 1);
/** The part of it that was over when its batch came to the ingest function; and the batches by how long that took. */
const waits = new Uint32Array(LATENCY_MS_MAX + 1);
const batchTimes = new Uint32Array(LATENCY_MS_MAX + 1);
let counted = 0;
let residentBytesMax = 0;

let held = Promise.resolve();
let release = () => {};

function noteTime(counts, ms) {
  counts[Math.min(Math.max(ms, 0), LATENCY_MS_MAX)] += 1;
}

/** `[milliseconds, count]` in order, without the empty ones. */
function listCounts(counts) {
  return [...counts.entries()].filter(([, count]) => count > 0);
}

async function ingestAndNote(batch, ownerEpoch) {
  await held;
  const begunMs = Date.now();
  const outcome = await ingest.ingestBatch(batch, ownerEpoch);
  const nowMs = Date.now();
  for (const { acceptedAtMs } of batch.records) {
    noteTime(latencies, nowMs - acceptedAtMs);
    noteTime(waits, begunMs - acceptedAtMs);
  }
  noteTime(batchTimes, nowMs - begunMs);
  counted += outcome.counted;
  return outcome;
}

const road = product.createKafkaRoad({
  ingest: { ...ingest, ingestBatch: ingestAndNote },
  pool: system.pool,
  kafka: config.kafka,
  partitions: installation.partitions,
  clock: product.systemClock,
  random: Math.random,
  log: system.log,
  metrics,
  onStalled: (error) => {
    throw error;
  },
});
const watch = setInterval(() => {
  residentBytesMax = Math.max(residentBytesMax, process.memoryUsage.rss());
}, 100);

const COMMANDS = {
  start: () => road.start(),
  stop: () => road.stop(),
  /** How many partitions it reads. */
  partitions: async () => road.status().partitions.length,
  hold: async () => {
    held = new Promise((resolve) => {
      release = resolve;
    });
  },
  release: async () => release(),
  usage: async () => {
    const { user, system: kernel } = process.cpuUsage();
    const noted = {
      latencies: listCounts(latencies),
      waits: listCounts(waits),
      batchTimes: listCounts(batchTimes),
    };
    for (const counts of [latencies, waits, batchTimes]) counts.fill(0);
    return { ...noted, counted, residentBytesMax, processorMicros: user + kernel };
  },
  exit: async () => {
    clearInterval(watch);
    release();
    await road.stop();
    await system.close();
    process.disconnect();
  },
};

process.on('message', async ({ id, command }) => {
  try {
    const value = await COMMANDS[command]();
    if (process.connected) process.send({ id, value });
  } catch (error) {
    process.send({ id, error: String(error) });
  }
});
// The bench has gone, however it went: nothing is left behind.
process.on('disconnect', () => process.exit());
process.send({ ready: true });
