// A stand-in for a running ECS, for tests that kill it: starts the embedded PostgreSQL on the folder given as the first
// argument, says `ready`, and on SIGINT works on for a moment, shows that the database still answers, and stops.
import { setTimeout as sleepMs } from 'node:timers/promises';
import { createPool, startEmbeddedPostgres } from '../../src/db/index.ts';

const dataDir = process.argv[2];
if (dataDir === undefined) throw new Error('usage: hold-data-folder.ts DIR');

process.on('SIGINT', () => void shutDown());
const server = await startEmbeddedPostgres({ dataDir });
const pool = createPool({ connectionString: server.connectionString });
await pool.query('create table if not exists t_held (id integer)');
await pool.query('insert into t_held values (1)');
const held = setInterval(() => {}, 60_000);
console.log('ready');

async function shutDown(): Promise<void> {
  await sleepMs(300);
  const { rows } = await pool.query('select count(*) as n from t_held');
  await pool.end();
  await server.stop();
  clearInterval(held);
  console.log(`stopped with ${rows[0].n}`);
}
