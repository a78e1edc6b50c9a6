// `npm run bench:portfolio`: 30,000 real card holders through a real Kafka broker into a running ECS, which decides all of
// them. Fails where serving and training differ in any feature of any customer, or where the decisions rank those who
// defaulted worse than promised. The last line is JSON.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build, isBuilt } from '../scripts/build.mjs';
import { compareWithTraining } from './support/compare-portfolio.mjs';
import { ROOT, runEcs, startWorld, waitFor } from './support/start-world.mjs';

const MINUTES_MAX = 15;
const AUC_MIN = 0.775;
const PREFIX = 'card-';
const CURRENCY = 'TWD';
const INPUT_TOPICS = 6;
const PARTITIONS = 12;
const STARTED_WITHIN_MS = 120_000;

const startedMs = Date.now();
const say = (line) => console.log(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${line}`);

function findData(file) {
  const path = join(process.env.ECS_SHARED_DATA ?? join(ROOT, '..', 'shared', 'data'), file);
  if (!existsSync(path)) throw new Error(`${path} is missing. Set ECS_SHARED_DATA to the folder that holds it.`);
  return path;
}

async function loadProduct() {
  if (!isBuilt()) {
    say('building');
    build();
  }
  const from = (path) => import(new URL(`../dist/${path}`, import.meta.url).href);
  return {
    ...(await from('db/index.js')),
    ...(await from('decision/index.js')),
    ...(await from('ingest/index.js')),
    ...(await from('model/index.js')),
    ...(await from('model/metrics.js')),
    ...(await from('model/train/load-training-data.js')),
    ...(await from('policy/index.js')),
  };
}

/** Training and serving must measure amounts in the same unit, or equal features would be chance. */
async function requireSameUnit(product, spec) {
  const { byPack, defaultPack } = await product.loadPolicies();
  const unitMinor = byPack.get(defaultPack).document.amounts[CURRENCY]?.referenceUnitMinor;
  if (unitMinor === spec.referenceUnitMinor) return;
  throw new Error(`the policy measures ${CURRENCY} in ${unitMinor}, training did in ${spec.referenceUnitMinor}`);
}

async function openPool(product, world) {
  const connectionString = await waitFor(world, 'its database', () => product.findRunningPostgres(world.dataDir));
  const pool = product.createPool({ connectionString, max: 4 });
  try {
    await waitFor(world, 'its partitions', () => ownsAllPartitions(product, world, pool));
    return pool;
  } catch (error) {
    await pool.end();
    throw error;
  }
}

async function ownsAllPartitions(product, world, pool) {
  try {
    const owned = await product.loadIngestStatus(pool, world.env.KAFKA_CONSUMER_GROUP);
    return owned.length === INPUT_TOPICS * PARTITIONS;
  } catch (error) {
    // While it starts there is no server yet, then no table.
    if (Date.now() - startedMs < STARTED_WITHIN_MS) return false;
    throw error;
  }
}

async function waitForDecisions(product, world, pool) {
  let saidMs = Date.now();
  return waitFor(world, 'the decisions', async () => {
    const queue = await product.getQueueStatus(pool, Date.now());
    if (queue.failing > 0) throw new Error(`${queue.failing} customers cannot be decided: ${queue.lastError}`);
    if (Date.now() - saidMs > 5_000) {
      saidMs = Date.now();
      say(`${queue.waiting} customers wait to be decided`);
    }
    return queue.waiting === 0 && !queue.importRunning ? { drainedMs: Date.now() } : null;
  });
}

async function run(product, world) {
  const file = findData('taiwan-credit-card-default.csv');
  const spec = await product.loadTrainingSpec(product.shippedSpecPath());
  await requireSameUnit(product, spec);
  const pool = await openPool(product, world);
  try {
    say('importing');
    const imported = await runEcs(world, ['import', 'card-ledger', file, '--prefix', PREFIX, '--currency', CURRENCY]);
    const { drainedMs } = await waitForDecisions(product, world, pool);
    say('comparing with training');
    const { table } = await product.loadTrainingData(file, findData('taiwan-splits.csv'), spec);
    const { idColumn, holdoutColumn } = spec;
    const compared = await compareWithTraining(pool, table, { idColumn, prefix: PREFIX, holdoutColumn });
    const metrics = product.computeMetrics(compared.logOdds, compared.target);
    return { imported, drainedMs, compared, metrics };
  } finally {
    await pool.end();
  }
}

function report({ imported, drainedMs, compared, metrics }) {
  const [sending, counted, completed] = ['sendingBeganAt', 'countedAt', 'completedAt'].map((name) =>
    Date.parse(imported[name]),
  );
  const seconds = (fromMs, toMs) => Math.round(toMs - fromMs) / 1000;
  const rate = (count, fromMs, toMs) => Math.round(count / seconds(fromMs, toMs));
  const result = {
    customers: compared.customers,
    skewed: compared.skewed.length,
    auc: metrics.auc,
    eventsPerSecond: rate(imported.events, sending, counted),
    decisionsPerSecond: rate(compared.customers, completed, drainedMs),
    seconds: seconds(sending, drainedMs),
  };
  console.log(`
customers            ${compared.customers} decided, ${imported.openingDecisions} with the limit they brought along
features             ${compared.skewed.length} of ${compared.customers} customers differ between serving and training
rank power           AUC ${metrics.auc} (at least ${AUC_MIN}) on ${metrics.rows} rows never trained on, KS ${metrics.ks}
events               ${imported.events}, ${imported.deadLetters} dead letters
  sent and counted   ${seconds(sending, counted)} s, ${result.eventsPerSecond} a second
  opening decisions  ${seconds(counted, completed)} s, ${rate(imported.openingDecisions, counted, completed)} a second
  decisions          ${seconds(completed, drainedMs)} s, ${result.decisionsPerSecond} a second
  in all             ${result.seconds} s from the first event in Kafka to the last decision
`);
  for (const customerId of compared.skewed.slice(0, 5)) console.log(`differs or was not decided: ${customerId}`);
  console.log(JSON.stringify(result));
  const lost = imported.deadLetters > 0 || compared.customers !== imported.customers;
  return result.skewed === 0 && result.auc >= AUC_MIN && !lost;
}

async function main() {
  const ending = new AbortController();
  const late = setTimeout(
    () => ending.abort(new Error(`not done within ${MINUTES_MAX} minutes`)),
    MINUTES_MAX * 60_000,
  );
  for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => ending.abort(new Error(`ended by ${name}`)));
  findData('taiwan-credit-card-default.csv');
  findData('taiwan-splits.csv');
  const product = await loadProduct();
  let output = '';
  const onOutput = (text) => {
    output = `${output}${text}`.slice(-4_000);
  };
  const world = await startWorld({ signal: ending.signal, onStep: say, onOutput });
  try {
    const outcome = await run(product, world);
    if (!report(outcome)) process.exitCode = 1;
  } catch (error) {
    console.error(`What ECS said last:\n${output}`);
    throw ending.signal.aborted ? ending.signal.reason : error;
  } finally {
    clearTimeout(late);
    await world.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
}
