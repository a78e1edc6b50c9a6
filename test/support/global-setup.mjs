// Once per Jest run: one real PostgreSQL and one migrated template database that every test file clones. The server is
// the embedded one; or the programs in TEST_POSTGRES_DIR (as /usr/lib/postgresql/15), started the same way; or the
// running server of TEST_DATABASE_URL, whose role must be allowed to create databases.
import '../../scripts/register-typescript.mjs';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

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
  const server = await startEmbeddedPostgres({ dataDir, maxConnections: 200, ...(await findOtherPrograms()) });
  const stop = async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  };
  return { connectionString: server.connectionString, stop };
}

async function findOtherPrograms() {
  const path = process.env.TEST_POSTGRES_DIR;
  if (!path) return {};
  const { stdout } = await promisify(execFile)(join(path, 'bin', 'postgres'), ['-V']);
  const version = /\d[\d.]*/.exec(stdout)[0];
  return { native: { path, version, majorVersion: Number.parseInt(version, 10) } };
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
    const { majorVersion } = await checkServer(admin);
    const { TEST_POSTGRES_MAJOR } = process.env;
    if (TEST_POSTGRES_MAJOR && Number(TEST_POSTGRES_MAJOR) !== majorVersion) {
      throw new Error(`the tests were to run on PostgreSQL ${TEST_POSTGRES_MAJOR}, but this is ${majorVersion}`);
    }
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
