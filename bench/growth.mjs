// `npm run bench:growth`: what grows with the customers, with the events and with the processes, and what does not. The
// whole takes about a quarter of an hour, `--quick` a few minutes. Fails where a count is wrong. The last line is JSON.

import { measureCustomers } from './support/growth-customers.mjs';
import { measureEvents } from './support/growth-events.mjs';
import { measureProcesses } from './support/growth-processes.mjs';
import { renderGrowth, summarizeGrowth } from './support/growth-report.mjs';
import { loadServerVersion } from './support/open-bench-system.mjs';
import { makeGroup, openStreamWorld } from './support/open-stream-world.mjs';
import { recordBench } from './support/record-bench.mjs';

const QUICK = process.argv.includes('--quick');
const SIZES = QUICK ? [1e3, 1e4, 1e5] : [1e3, 1e4, 1e5, 1e6];
const EVENTS_A_CELL = QUICK ? 60_000 : 200_000;
const EVENT_STEPS = QUICK ? [1e5, 5e5] : [1e5, 1e6, 1e7];
const PROCESSES = [1, 2, 4];
const EVENTS_A_RUN = QUICK ? 100_000 : 300_000;

const startedMs = Date.now();
const say = (line) => console.log(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${line}`);

async function checkCounts({ pool }, { distinct }) {
  const { rows } = await pool.query(`
    select (select sum(readings)::int from emotional_states) as readings,
      (select sum(readings)::int from emotion_days) as day_readings,
      (select sum(octet_length(fingerprints) / 8)::int from event_fingerprints) as fingerprints,
      (select count(*)::int from dead_letters) as dead_letters`);
  const { readings, day_readings, fingerprints, dead_letters } = rows[0];
  if (readings !== distinct || day_readings !== distinct || fingerprints !== distinct || dead_letters !== 0) {
    throw new Error(`${distinct} sent, counted: ${JSON.stringify(rows[0])}`);
  }
  say(`counts agree: ${distinct} readings, each once`);
}

async function loadSizes({ pool }, { distinct }, customers) {
  const { rows } = await pool.query(`
    select (pg_total_relation_size('customers') + pg_total_relation_size('credit_accounts') + pg_total_relation_size('consents')
        + pg_total_relation_size('emotional_states') + pg_total_relation_size('emotion_days'))::float8 as states,
      pg_total_relation_size('event_fingerprints')::float8 as fingerprints`);
  return { bytesPerCustomer: rows[0].states / customers, bytesPerReading: rows[0].fingerprints / distinct };
}

async function run() {
  const world = await openStreamWorld({ say });
  // `records`: through Kafka only.
  const sent = { distinct: 0, records: 0 };
  const customers = SIZES.at(-1);
  const group = makeGroup();
  try {
    const cells = await measureCustomers(world, sent, { sizes: SIZES, events: EVENTS_A_CELL, say });
    const steps = await measureEvents(world, sent, { group, steps: EVENT_STEPS, customers, say });
    const processes = await measureProcesses(world, sent, {
      group,
      counts: PROCESSES,
      events: EVENTS_A_RUN,
      customers,
      say,
    });
    await checkCounts(world, sent);
    const sizes = await loadSizes(world, sent, customers);
    const measured = { cells, steps, processes, sizes };
    const figures = summarizeGrowth(measured);
    const command = `npm run bench:growth${QUICK ? ' -- --quick' : ''}`;
    const postgres = await loadServerVersion(world.pool);
    recordBench({ name: 'growth', command, figures, markdown: renderGrowth(measured, figures), postgres });
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
