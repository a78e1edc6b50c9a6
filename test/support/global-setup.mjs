// Once per Jest run: one real PostgreSQL (the embedded one, or the server named by TEST_DATABASE_URL, whose role must be
// allowed to create databases) and one migrated template database that every test file clones.
import '../../scripts/register-typescript.mjs';
import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { checkServer, createPool, isEcsError, migrate, resetData, startEmbeddedPostgres } = await import('./sources.ts');

const RUN_PREFIX = 'ecs-test-run-';

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default async function globalSetup() {
  const server = await startServer();
  const template = `ecs_template_${randomUUID().replaceAll('-', '')}`;
  process.env.TEST_PG_ADMIN_URL = server.connectionString;
  process.env.TEST_PG_TEMPLATE = template;
  // Read by the teardown, which Jest runs in this same process.
  globalThis.testServer = server;
  try {
    await makeTemplate(server.connectionString, template);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startServer() {
  const { TEST_DATABASE_URL } = process.env;
  if (TEST_DATABASE_URL) return { connectionString: TEST_DATABASE_URL, stop: async () => {} };
  await removeStaleRuns();
  const dataDir = join(tmpdir(), RUN_PREFIX + randomUUID());
  const server = await startEmbeddedPostgres({ dataDir, maxConnections: 200 });
  const stop = async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { connectionString: server.connectionString, stop };
}

/** A run that was killed leaves its server and folder behind; a folder that is in use belongs to a run under way. */
async function removeStaleRuns() {
  const names = (await readdir(tmpdir())).filter((name) => name.startsWith(RUN_PREFIX));
  for (const name of names) {
    const dataDir = join(tmpdir(), name);
    try {
      // A younger one may be just about to take its lock.
      if (Date.now() - (await stat(dataDir)).mtimeMs < 60_000) continue;
      await resetData(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    } catch (error) {
      // In use, another user's, or removed by another run at this moment: each is somebody else's to mind.
      if (!isEcsError(error, 'ECS_DATA_FOLDER_IN_USE') && !['EACCES', 'EPERM', 'ENOENT'].includes(error.code))
        throw error;
    }
  }
}

async function makeTemplate(adminUrl, template) {
  const admin = createPool({ connectionString: adminUrl, max: 1 });
  try {
    await checkServer(admin);
    await admin.query(`create database ${template}`);
  } finally {
    await admin.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${template}`;
  const pool = createPool({ connectionString: url.href, max: 1 });
  try {
    await migrate(pool);
  } finally {
    await pool.end();
  }
}
