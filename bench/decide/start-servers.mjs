// The two servers of bench:decide, each in a process of its own on the same PostgreSQL: ECS as in production
// (`ecs start --roles api`), and the seed's way.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { NODE_FLAGS } from '../support/node-flags.mjs';
import { ROOT } from '../support/start-world.mjs';

const STARTED_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;
const FOREIGN = /^(ECS_|KAFKA_|DATABASE_URL$|DB_|PG|HOST$|PORT$)/;

export function startEcsServer({ databaseUrl, adminKey, poolConnections }) {
  return startServer([join(ROOT, 'bin', 'ecs.js'), 'start', '--no-demo', '--roles', 'api'], {
    DATABASE_URL: databaseUrl,
    ECS_ADMIN_KEY: adminKey,
    ECS_POOL_CONNECTIONS: String(poolConnections),
    ECS_LOG_LEVEL: 'info',
    PORT: '0',
  });
}

export function startSeedServer({ databaseUrl, poolConnections }) {
  return startServer([join(ROOT, 'bench', 'decide', 'seed-server.mjs')], {
    DATABASE_URL: databaseUrl,
    POOL_CONNECTIONS: String(poolConnections),
  });
}

/** Ready when it has said where it listens. What it logs goes nowhere, as it would into a file. */
async function startServer(args, settings) {
  const own = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  const env = { ...Object.fromEntries(own), NODE_ENV: 'production', ...settings };
  const child = spawn(process.execPath, [...NODE_FLAGS, ...args], { env, stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const base = await readAddress(child, exited);
  return { base, pid: child.pid, stop: () => stop(child, exited) };
}

function readAddress(child, exited) {
  return new Promise((resolve, reject) => {
    let text = '';
    const late = setTimeout(
      () => reject(new Error(`no server within ${STARTED_WITHIN_MS} ms:\n${text}`)),
      STARTED_WITHIN_MS,
    );
    exited.then((code) => reject(new Error(`the server ended with ${code}:\n${text}`)));
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(text);
      if (found === null) return;
      clearTimeout(late);
      resolve(found[0]);
    });
  });
}

async function stop(child, exited) {
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(late);
}
