// Why a row costs more with a million customers than with ten thousand: the same events, with what PostgreSQL wrote to its
// log and had to read for each row, as it is shipped, with room for more log between checkpoints, and without page images.

import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { claimTopic } from './feed-batches.mjs';
import { measureCell } from './growth-customers.mjs';
import { createEventSource } from './make-events.mjs';
import { round } from './measure.mjs';
import { PARTITIONS, TOPIC } from './open-stream-world.mjs';
import { seedCustomers } from './seed-customers.mjs';

const RELOAD_MS = 500;
/** A backend tells its last counts after ten idle seconds. */
const STATISTICS_MS = 10_500;

/** In turns, since the share of customers who have a bucket for the day grows meanwhile. */
const SHIPPED = { name: 'as shipped', full_page_writes: 'on', max_wal_size: '1GB', checkpoint_timeout: '5min' };
const ROOMY = { ...SHIPPED, name: 'room for 16 GB of log', max_wal_size: '16GB', checkpoint_timeout: '30min' };
const NO_IMAGES = { ...SHIPPED, name: 'no page images (unsafe: to see their share)', full_page_writes: 'off' };

/** `turns` times each way of running PostgreSQL; `sent.distinct` is raised by what was sent. */
export async function measureRows(world, sent, { sizes, events, turns, say }) {
  const ingest = world.product.makeIngest(world, 'growth-rows');
  const places = await claimTopic(ingest, TOPIC, PARTITIONS);
  const measured = [];
  let seeded = 0;
  for (const customers of sizes) {
    await seedCustomers(world.pool, seeded + 1, customers);
    seeded = customers;
    let before = await loadServerCounts(world.pool);
    const random = world.product.createSeededRandom(customers);
    const source = createEventSource({
      ...world,
      topic: TOPIC,
      partitions: PARTITIONS,
      customers,
      random,
      skewed: false,
    });
    for (let turn = 0; turn < turns; turn++) {
      for (const settings of [SHIPPED, ROOMY, NO_IMAGES]) {
        await changeSettings(world, settings);
        const cell = await measureCell(world, { ingest, places, source }, sent, {
          customers,
          skewed: false,
          events,
          warmUp: 0,
        });
        const after = await loadServerCounts(world.pool);
        measured.push({ ...cell, ...countPerRow(before, after, cell.rows), settings: settings.name });
        before = after;
        say(describeRow(measured.at(-1)));
      }
    }
  }
  return measured;
}

/** Through the file and a signal: the role of the product may not change the server's settings, and should not. */
async function changeSettings({ dataDir, postmasterPid, pool }, { name: _, ...settings }) {
  const lines = Object.entries(settings).map(([key, value]) => `${key} = '${value}'\n`);
  appendFileSync(join(dataDir, 'postgres', 'postgresql.conf'), lines.join(''));
  process.kill(postmasterPid, 'SIGHUP');
  await sleep(RELOAD_MS);
  const { rows } = await pool.query('show full_page_writes');
  if (rows[0].full_page_writes !== settings.full_page_writes) throw new Error('the settings were not taken over');
}

function countPerRow(before, after, rows) {
  const aRow = (name) => (after[name] - before[name]) / rows;
  return {
    logBytesPerRow: aRow('wal_bytes'),
    imagesPerRow: aRow('wal_fpi'),
    readsPerRow: aRow('blks_read'),
    newDaysPerRow: aRow('days'),
  };
}

async function loadServerCounts(pool) {
  await sleep(STATISTICS_MS);
  const { rows } = await pool.query(`
    select (pg_current_wal_insert_lsn() - '0/0')::float8 as wal_bytes, wal_fpi::float8 as wal_fpi,
      (select blks_read::float8 from pg_stat_database where datname = current_database()) as blks_read,
      (select count(*)::float8 from emotion_days) as days
    from pg_stat_wal`);
  return rows[0];
}

function describeRow(row) {
  return `${row.customers} customers, ${row.settings}: a row ${round(row.databaseMicrosPerRow)} µs, ${Math.round(row.logBytesPerRow)} bytes of log, ${round(row.imagesPerRow)} page images, ${round(row.readsPerRow)} pages read, ${round(row.newDaysPerRow)} new days`;
}
