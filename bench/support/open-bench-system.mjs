// A system of the product on a fresh embedded PostgreSQL, wired as `ecs start` wires it, in a folder that goes with it.

import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** `product` holds what `openSystem`, `loadConfig`, `createLog` and `ensureInstallation` are. */
export async function openBenchSystem(product, env = {}) {
  // Not made here: a closed folder would send root's cluster to a place that outlives the bench.
  const dataDir = join(tmpdir(), `ecs-bench-${randomUUID()}`);
  const remove = () => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  try {
    const config = product.loadConfig({ ECS_DATA_DIR: dataDir, ECS_LOG_LEVEL: 'error', ...env });
    const system = await product.openSystem(config, product.createLog(config.logLevel));
    const { partitions } = config;
    const road = config.kafka === null ? 'http' : 'kafka';
    const installation = await product.ensureInstallation(system.pool, {
      road,
      partitions,
      demo: false,
      nowMs: Date.now(),
    });
    const close = async () => {
      await system.close();
      remove();
    };
    return { system, installation, dataDir, postmasterPid: readPostmasterPid(dataDir), close };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The first line of the server's own lock file. */
function readPostmasterPid(dataDir) {
  return Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n', 1)[0]);
}

export async function loadServerVersion(pool) {
  const { rows } = await pool.query('show server_version');
  return rows[0].server_version.split(' ', 1)[0];
}
