// `npm run bench:growth-rows`: why a row costs PostgreSQL more with a million customers than with ten thousand. Takes about
// four minutes and needs no broker. Fails where a count is wrong. The last line is JSON.

import { measureRows } from './support/growth-rows.mjs';
import { renderRows, summarizeRows } from './support/growth-rows-report.mjs';
import { loadProduct } from './support/load-product.mjs';
import { loadServerVersion, openBenchSystem } from './support/open-bench-system.mjs';
import { recordBench } from './support/record-bench.mjs';

const QUICK = process.argv.includes('--quick');
const SIZES = QUICK ? [1e4, 1e5] : [1e4, 1e6];
const EVENTS_A_TURN = QUICK ? 50_000 : 100_000;
const TURNS = 2;

const startedMs = Date.now();
const say = (line) => console.log(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(6)} s  ${line}`);

async function checkCounts({ pool }, { distinct }) {
  const { rows } = await pool.query('select sum(readings)::int as readings from emotional_states');
  if (rows[0].readings !== distinct) throw new Error(`${distinct} sent, ${rows[0].readings} counted`);
  say(`counts agree: ${distinct} readings, each once`);
}

async function run() {
  const product = await loadProduct(
    'config.js',
    'open-system.js',
    'start-events-in.js',
    'ingest/index.js',
    'lib/log.js',
    'lib/ids.js',
    'lib/seeded-random.js',
    'events/partition-of.js',
  );
  const bench = await openBenchSystem(product);
  try {
    const world = { ...bench, product, pool: bench.system.pool };
    const sent = { distinct: 0 };
    const measured = await measureRows(world, sent, { sizes: SIZES, events: EVENTS_A_TURN, turns: TURNS, say });
    await checkCounts(world, sent);
    const figures = summarizeRows(measured);
    recordBench({
      name: 'growth-rows',
      command: `npm run bench:growth-rows${QUICK ? ' -- --quick' : ''}`,
      figures,
      markdown: renderRows(measured),
      postgres: await loadServerVersion(world.pool),
    });
    console.log(JSON.stringify(figures));
  } finally {
    await bench.close();
  }
}

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  process.exitCode = 1;
}
