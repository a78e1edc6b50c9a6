// `npm run bench:ingest`: bytes of events to durable, counted state through the production ingest function, against the
// seed's way and against raw COPY, in turns in one run. Fails where one event was lost or counted twice. The last line is JSON.

import pg from 'pg';
import {
  COPIED_READINGS,
  COPIED_TRANSACTIONS,
  copyChunks,
  createCopyTables,
  makeBinaryChunks,
  makeTextChunks,
  makeTransactionChunks,
} from './support/copy-rows.mjs';
import { claimTopic, feedBatches, prepareBatches } from './support/feed-batches.mjs';
import { renderIngest, summarizeIngest } from './support/ingest-report.mjs';
import { loadProduct } from './support/load-product.mjs';
import { createEventSource } from './support/make-events.mjs';
import { measure, round } from './support/measure.mjs';
import { measureStages } from './support/measure-stages.mjs';
import { loadServerVersion, openBenchSystem } from './support/open-bench-system.mjs';
import { recordBench } from './support/record-bench.mjs';
import { recycleLogFiles } from './support/recycle-log-files.mjs';
import { seedCustomers } from './support/seed-customers.mjs';
import { countEmotion, countTransaction, createSeedTables } from './support/seeds-way.mjs';

const CUSTOMERS = 10_000;
const PARTITIONS = 12;
const BATCH = 5_000;
const ROUNDS = 5;
const EVENTS = 240_000;
const STAGE_EVENTS = 120_000;
const TRANSACTIONS = 120_000;
const SEED_EVENTS = 1_200;
const EMOTIONS_TOPIC = 'ecs.emotions.v1';
const TRANSACTIONS_TOPIC = 'ecs.transactions.v1';

const startedMs = Date.now();
const say = (line) => console.log(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${line}`);

async function openWorld() {
  const product = await loadProduct(
    'config.js',
    'open-system.js',
    'start-events-in.js',
    'ingest/index.js',
    'ingest/kafka/kafka-reader.js',
    'lib/log.js',
    'lib/ids.js',
    'lib/seeded-random.js',
    'events/partition-of.js',
    'events/emotion-event.js',
    'events/transaction-event.js',
    'ingest/sift-records.js',
    'ingest/duplicates/drop-duplicates.js',
    'ingest/duplicates/fingerprint.js',
    'ingest/duplicates/fingerprint-set.js',
    'affect/reading.js',
    'affect/fold-readings.js',
    'affect/save-emotional-states.js',
  );
  const world = await openBenchSystem(product, { ECS_PARTITIONS: String(PARTITIONS) });
  const { pool } = world.system;
  await seedCustomers(pool, 1, CUSTOMERS);
  await createSeedTables(pool, CUSTOMERS);
  await createCopyTables(pool);
  await recycleLogFiles(pool);
  const ingest = product.makeIngest(world, 'bench', product.createIngestMetrics(world.system.metrics));
  const random = product.createSeededRandom(1);
  const source = (topic) => createEventSource({ product, topic, partitions: PARTITIONS, customers: CUSTOMERS, random });
  return {
    ...world,
    product,
    pool,
    ingest,
    emotions: source(EMOTIONS_TOPIC),
    transactions: source(TRANSACTIONS_TOPIC),
  };
}

/** The seed's way over single events, one after the other on one connection. */
async function runSeed(world, events, schema, count) {
  const values = interleave(events.values).slice(0, SEED_EVENTS);
  const client = await world.pool.connect();
  try {
    const { seconds } = await measure(world.postmasterPid, async () => {
      for (const value of values) await count(client, schema, value);
    });
    return { rate: values.length / seconds };
  } finally {
    client.release();
  }
}

/** As a consumer of all partitions meets them. */
function interleave(byPartition) {
  const longest = Math.max(...byPartition.map((own) => own.length));
  const values = [];
  for (let i = 0; i < longest; i++) for (const own of byPartition) if (i < own.length) values.push(own[i]);
  return values;
}

async function runEcs(world, places, events) {
  const prepared = prepareBatches(places, events, BATCH);
  const { result, seconds, nodeMicros, databaseMicros } = await measure(world.postmasterPid, () =>
    feedBatches(world.ingest, prepared, world.product.PARTITIONS_AT_ONCE),
  );
  const perEvent = (micros) => (micros === null ? null : micros / result.records);
  return {
    rate: result.records / seconds,
    nodeMicros: perEvent(nodeMicros),
    databaseMicros: perEvent(databaseMicros),
    outcome: result,
  };
}

async function runCopy(world, chunks, rows, into, format) {
  const clients = await connectPlainly(world.pool, world.product.PARTITIONS_AT_ONCE);
  const { table, keepsRows } = into;
  const count = async () => (await clients[0].query(`select count(*)::int as n from ${table}`)).rows[0].n;
  try {
    if (!keepsRows) await clients[0].query(`truncate ${table}`);
    const before = await count();
    const { seconds } = await measure(world.postmasterPid, () => copyChunks(clients, chunks, into, format));
    const taken = (await count()) - before;
    if (taken !== rows) throw new Error(`COPY took ${taken} of ${rows} rows`);
    return { rate: rows / seconds };
  } finally {
    for (const client of clients) await client.end();
  }
}

/** Connections of the driver's own making: those of the product's pool pipeline, and COPY cannot stand in a pipeline. */
async function connectPlainly({ options }, count) {
  const clients = Array.from({ length: count }, () => new pg.Client({ connectionString: options.connectionString }));
  for (const client of clients) await client.connect();
  return clients;
}

/** The round's events once each, as COPY would have them. */
function firstCopies(values) {
  const events = values.flat().map((value) => JSON.parse(value));
  return [...new Map(events.map((event) => [event.id, event])).values()];
}

/** Transactions that no round before has sent: their table keeps those. */
function onlyNew(transactions, sent) {
  return firstCopies(transactions.values).filter(({ id }) => {
    const isNew = !sent.ids.has(id);
    sent.ids.add(id);
    return isNew;
  });
}

async function runRound(world, places, sent) {
  return {
    ...(await runFeelings(world, places.emotions, sent)),
    ...(await runTransactions(world, places.transactions, sent)),
  };
}

/** Everything is made when its turn comes: no process that ingests holds a quarter of a million parsed events beside. */
async function runFeelings(world, places, sent) {
  const events = world.emotions.next(EVENTS);
  sent.emotions += events.distinct;
  const seed = await runSeed(world, events, world.product.emotionEventSchema, countEmotion);
  const ecs = await runEcs(world, places, events);
  const once = firstCopies(events.values);
  const copyBinary = await runCopy(world, makeBinaryChunks(once, BATCH), once.length, COPIED_READINGS, 'binary');
  const copyText = await runCopy(world, makeTextChunks(once, BATCH), once.length, COPIED_READINGS, 'text');
  return { seed, ecs, copyBinary, copyText };
}

async function runTransactions(world, places, sent) {
  const events = world.transactions.next(TRANSACTIONS);
  sent.transactions += events.distinct;
  const keyedSeed = await runSeed(world, events, world.product.transactionEventSchema, countTransaction);
  const keyed = await runEcs(world, places, events);
  const once = onlyNew(events, sent);
  const chunks = makeTransactionChunks(once, BATCH);
  const keyedCopy = await runCopy(world, chunks, once.length, COPIED_TRANSACTIONS, 'binary');
  return { keyedSeed, keyed, keyedCopy };
}

async function checkCounts({ pool }, sent) {
  const { rows } = await pool.query(`
    select (select sum(readings)::int from emotional_states) as readings,
      (select sum(readings)::int from emotion_days) as day_readings,
      (select sum(octet_length(fingerprints) / 8)::int from event_fingerprints) as fingerprints,
      (select count(*)::int from transactions) as transactions,
      (select count(*)::int from dead_letters) as dead_letters`);
  const counted = rows[0];
  const wanted = {
    readings: sent.emotions,
    day_readings: sent.emotions,
    fingerprints: sent.emotions,
    transactions: sent.transactions,
    dead_letters: 0,
  };
  for (const [name, value] of Object.entries(wanted)) {
    if (counted[name] !== value) throw new Error(`${name}: ${counted[name]} counted, ${value} sent`);
  }
  say(`counts agree: ${sent.emotions} readings and ${sent.transactions} transactions, each once`);
}

async function run() {
  const world = await openWorld();
  try {
    const places = {
      emotions: await claimTopic(world.ingest, EMOTIONS_TOPIC, PARTITIONS),
      transactions: await claimTopic(world.ingest, TRANSACTIONS_TOPIC, PARTITIONS),
    };
    const sent = { emotions: 0, transactions: 0, ids: new Set() };
    const rounds = [];
    // The first one warms up the compilers and fills the tables a little; it is checked, not timed.
    await runRound(world, places, sent);
    for (let i = 1; i <= ROUNDS; i++) {
      const round = await runRound(world, places, sent);
      rounds.push(round);
      say(describeRound(i, round));
    }
    await checkCounts(world, sent);
    const stages = await measureStages(world.product, world.emotions, {
      topic: EMOTIONS_TOPIC,
      partitions: PARTITIONS,
      events: STAGE_EVENTS,
      batch: BATCH,
    });
    const keyedBytes = await loadBytesOfTransaction(world.pool);
    const figures = summarizeIngest(rounds, stages, keyedBytes);
    const settings = {
      inFlight: world.product.PARTITIONS_AT_ONCE,
      customers: CUSTOMERS,
      partitions: PARTITIONS,
      batch: BATCH,
      events: EVENTS,
      rounds: ROUNDS,
    };
    recordBench({
      name: 'ingest',
      command: 'npm run bench:ingest',
      figures,
      markdown: renderIngest(figures, settings),
      postgres: await loadServerVersion(world.pool),
    });
    console.log(JSON.stringify(figures));
  } finally {
    await world.close();
  }
}

async function loadBytesOfTransaction(pool) {
  const { rows } = await pool.query(
    "select pg_total_relation_size('transactions')::float8 / (select count(*) from transactions) as bytes",
  );
  return rows[0].bytes;
}

function describeRound(i, { seed, ecs, copyBinary, copyText, keyedSeed, keyed, keyedCopy }) {
  const k = ({ rate }) => `${round(rate / 1000)}k/s`;
  const micros = ({ nodeMicros, databaseMicros }) =>
    `${round(nodeMicros)} µs here, ${databaseMicros === null ? '?' : round(databaseMicros)} µs in PostgreSQL`;
  return `round ${i}: seed ${k(seed)}, ECS ${k(ecs)} (${micros(ecs)}), COPY binary ${k(copyBinary)}, text ${k(copyText)}; keyed: seed ${k(keyedSeed)}, ECS ${k(keyed)} (${micros(keyed)}), COPY binary ${k(keyedCopy)}`;
}

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
}
