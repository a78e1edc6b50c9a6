// `npm run bench:decide`: `POST /api/credit-limit` at 64 connections against the seed's way on the same PostgreSQL, in
// turns, and decisions from the queue. Every answer is looked up in the database afterwards; limits that do not change do
// not count. The last line is JSON.

import { randomBytes, randomUUID } from 'node:crypto';
import { cpuPerRequest, readCpu } from './decide/cpu-time.mjs';
import { percentile, sendAll } from './decide/load-generator.mjs';
import { measureStream } from './decide/measure-stream.mjs';
import { prepareCustomers, prepareSeed } from './decide/prepare-customers.mjs';
import { startEcsServer, startSeedServer } from './decide/start-servers.mjs';
import { verifyEcs, verifyKeys, verifyQueue, verifySeed } from './decide/verify-answers.mjs';
import { loadProduct } from './support/load-product.mjs';
import { median } from './support/measure.mjs';
import { loadServerVersion, openBenchSystem } from './support/open-bench-system.mjs';
import { recordBench } from './support/record-bench.mjs';
import { recycleLogFiles } from './support/recycle-log-files.mjs';

const CONNECTIONS = 64;
const POOL_CONNECTIONS = 16;
const ROUNDS = 5;
const ROUND_REQUESTS = 6_000;
const WARM_UP_REQUESTS = 8_000;
const QUEUE_ROUNDS = 3;
const QUEUE_CUSTOMERS = 8_000;
const STREAM_SAMPLES = 100;
const CHANGED_SHARE_MIN = 0.95;
const OPERATION = 'evaluateCreditLimit';

const startedMs = Date.now();
const say = (line) => console.log(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${line}`);
const product = await loadProduct(
  'config.js',
  'db/index.js',
  'decision/index.js',
  'ingest/index.js',
  'lib/log.js',
  'open-system.js',
);

function makeRequests(customerIds, token) {
  return customerIds.map((customerId) => ({
    path: '/api/credit-limit',
    headers: token === null ? {} : { Authorization: `Bearer ${token}`, 'Idempotency-Key': randomUUID() },
    body: JSON.stringify({ customerId }),
  }));
}

/** One side's round: throughput, latencies, and the answers for looking up. */
async function runRound(world, side, requests) {
  const processes = { server: side.pid, database: world.postmasterPid };
  const cpuBefore = readCpu(processes);
  const { answers, seconds } = await sendAll(side.base, requests, CONNECTIONS);
  const cpuAfter = readCpu(processes);
  const latenciesMs = answers.map((answer) => answer.latencyMs);
  return {
    answers,
    requestsPerSecond: requests.length / seconds,
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    cpuUs: cpuPerRequest(cpuBefore, cpuAfter, requests.length),
  };
}

async function runEcsRound(world, customerIds) {
  const requests = makeRequests(customerIds, world.token);
  const round = await runRound(world, world.ecs, requests);
  const changed = await verifyEcs(world.system.pool, customerIds, round.answers);
  await verifyKeys(
    world.system.pool,
    OPERATION,
    requests.map((request) => request.headers['Idempotency-Key']),
  );
  return { ...round, changed };
}

async function runSeedRound(world, customerIds) {
  const round = await runRound(world, world.seed, makeRequests(customerIds, null));
  await verifySeed(world.system.pool, round.answers);
  return round;
}

async function compareOverHttp(world, ids) {
  const take = (count) => ids.splice(0, count);
  const warm = take(WARM_UP_REQUESTS);
  await runSeedRound(world, warm);
  await runEcsRound(world, warm);
  const rounds = [];
  for (let number = 1; number <= ROUNDS; number++) {
    const customerIds = take(ROUND_REQUESTS);
    const seed = await runSeedRound(world, customerIds);
    const ecs = await runEcsRound(world, customerIds);
    rounds.push({ seed, ecs, ratio: ecs.requestsPerSecond / seed.requestsPerSecond });
    say(`round ${number}: ${describe('seed', seed)}; ${describe('ECS', ecs)}`);
  }
  return rounds;
}

function describe(name, { requestsPerSecond, p50Ms, p99Ms, cpuUs }) {
  return `${name} ${Math.round(requestsPerSecond)} a second, p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms, ${describeCpu(cpuUs)}`;
}

function describeCpu(cpuUs) {
  if (cpuUs === null) return 'processor time unknown';
  const parts = Object.entries(cpuUs).map(([name, micros]) => `${name} ${micros.toFixed(0)}`);
  return `processor us ${parts.join(', ')}`;
}

/** The state of customers has changed and queued them; the real worker takes them off the queue and decides. */
async function measureQueue({ system }, ids) {
  const { pool, decider, log } = system;
  const worker = product.createDecisionWorker({ pool, decider, clock: Date.now, log });
  const rates = [];
  const shares = [];
  for (let number = 0; number <= QUEUE_ROUNDS; number++) {
    const customerIds = ids.splice(0, number === 0 ? 2_000 : QUEUE_CUSTOMERS);
    await product.inTransaction(pool, (tx) => product.queueDecisions(tx, customerIds, 'state_change', Date.now()));
    const fromMs = performance.now();
    const decided = await worker.drain();
    const rate = (decided / (performance.now() - fromMs)) * 1_000;
    shares.push(await verifyQueue(pool, customerIds));
    if (number > 0) rates.push(rate);
    say(`queue: ${decided} decided, ${Math.round(rate)} a second${number === 0 ? ' (warm-up)' : ''}`);
  }
  return { perSecond: median(rates), changed: Math.min(...shares) };
}

async function prepare(system) {
  const count = WARM_UP_REQUESTS + ROUNDS * ROUND_REQUESTS;
  say('making customers');
  const ids = await prepareCustomers(product, system.pool, system.decider, { prefix: 'http-', count });
  const queued = await prepareCustomers(product, system.pool, system.decider, {
    prefix: 'queue-',
    count: 2_000 + QUEUE_ROUNDS * QUEUE_CUSTOMERS,
  });
  const watched = await prepareCustomers(product, system.pool, system.decider, {
    prefix: 'watch-',
    count: STREAM_SAMPLES,
  });
  await prepareSeed(system.pool, { prefix: 'http-', count });
  await system.pool.query('vacuum analyze');
  await recycleLogFiles(system.pool);
  return { ids, queued, watched };
}

async function run(opened, closing) {
  const { system } = opened;
  const databaseUrl = await product.findRunningPostgres(opened.dataDir);
  const customers = await prepare(system);
  const token = `bench-${randomBytes(24).toString('hex')}`;
  const ecs = await startEcsServer({ databaseUrl, adminKey: token, poolConnections: POOL_CONNECTIONS });
  closing.push(ecs.stop);
  const seed = await startSeedServer({ databaseUrl, poolConnections: POOL_CONNECTIONS });
  closing.push(seed.stop);
  const world = { system, ecs, seed, token, postmasterPid: opened.postmasterPid };
  const rounds = await compareOverHttp(world, customers.ids);
  const stream = await measureStream(ecs.base, token, customers.watched);
  say(`limit changed until told on the stream: p50 ${stream.p50Ms.toFixed(0)} ms, p99 ${stream.p99Ms.toFixed(0)} ms`);
  const queue = await measureQueue(world, customers.queued);
  return { rounds, queue, stream, postgres: await loadServerVersion(system.pool) };
}

function toFigures({ rounds, queue, stream }) {
  const middle = (read) => median(rounds.map(read));
  return {
    ratioSeed: round(
      middle(({ ratio }) => ratio),
      2,
    ),
    p99Ms: round(
      middle(({ ecs }) => ecs.p99Ms),
      1,
    ),
    queueDecisionsPerSecond: Math.round(queue.perSecond),
    seedP99Ms: round(
      middle(({ seed }) => seed.p99Ms),
      1,
    ),
    requestsPerSecond: Math.round(middle(({ ecs }) => ecs.requestsPerSecond)),
    seedRequestsPerSecond: Math.round(middle(({ seed }) => seed.requestsPerSecond)),
    p50Ms: round(
      middle(({ ecs }) => ecs.p50Ms),
      1,
    ),
    seedP50Ms: round(
      middle(({ seed }) => seed.p50Ms),
      1,
    ),
    streamP50Ms: round(stream.p50Ms, 0),
    streamP99Ms: round(stream.p99Ms, 0),
    ...cpuFigures(rounds),
    changedShare: round(Math.min(queue.changed, ...rounds.map(({ ecs }) => ecs.changed)), 4),
  };
}

/** What the ratio would be on a machine that nobody else uses, as far as the processor is what limits both. */
function cpuFigures(rounds) {
  if (rounds.some(({ ecs }) => ecs.cpuUs === null)) return {};
  const cpuUs = median(rounds.map(({ ecs }) => ecs.cpuUs.all));
  const seedCpuUs = median(rounds.map(({ seed }) => seed.cpuUs.all));
  return { cpuUs: Math.round(cpuUs), seedCpuUs: Math.round(seedCpuUs), ratioCpu: round(seedCpuUs / cpuUs, 2) };
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}

function toMarkdown(figures) {
  return `${CONNECTIONS} connections, ${ROUNDS} rounds of ${ROUND_REQUESTS} requests in turns, medians; load generator, server and
PostgreSQL share the cores. ECS: key checked on every request, an Idempotency-Key on each, live consent and mood, both halves
decided, stored, sealed and chained. The seed's way: Express, six awaited statements, no key, no idempotency. Every answer was
looked up afterwards; ${figures.changedShare * 100} % of the decisions changed the limit.

| | ECS | the seed's way |
| --- | --- | --- |
| requests a second | ${figures.requestsPerSecond} (**${figures.ratioSeed} times**) | ${figures.seedRequestsPerSecond} |
| p50, p99 | ${figures.p50Ms}, ${figures.p99Ms} ms | ${figures.seedP50Ms}, ${figures.seedP99Ms} ms |

From the queue (state changed until limit written) the worker decides **${figures.queueDecisionsPerSecond}** customers a second.
A changed limit is told on the live stream after ${figures.streamP50Ms} ms (p50; p99 ${figures.streamP99Ms} ms), counted from the request.`;
}

async function main() {
  const closing = [];
  const opened = await openBenchSystem(product, { ECS_POOL_CONNECTIONS: String(POOL_CONNECTIONS) });
  closing.push(opened.close);
  try {
    const measured = await run(opened, closing);
    const figures = toFigures(measured);
    if (figures.changedShare < CHANGED_SHARE_MIN) throw new Error(`only ${figures.changedShare} of the limits changed`);
    recordBench({
      name: 'decide',
      command: 'npm run bench:decide',
      figures,
      markdown: toMarkdown(figures),
      postgres: measured.postgres,
    });
    console.log(JSON.stringify(figures));
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

await main();
