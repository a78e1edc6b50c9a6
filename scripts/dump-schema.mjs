// Writes schema.sql: an empty embedded PostgreSQL in a temporary folder, all migrations, and the dump of what they made.
// Runs from the sources (swc strips the types), so no build is needed.
import './register-typescript.mjs';
import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const { createPool, dumpSchema, migrate, startEmbeddedPostgres } = await import('../src/db/index.ts');

const schemaFile = fileURLToPath(new URL('../schema.sql', import.meta.url));
const dataDir = join(tmpdir(), `ecs-dump-schema-${randomUUID()}`);
try {
  const server = await startEmbeddedPostgres({ dataDir });
  try {
    const pool = createPool({ connectionString: server.connectionString, max: 1 });
    const { applied } = await migrate(pool);
    await writeFile(schemaFile, await dumpSchema(pool));
    await pool.end();
    console.log(`${schemaFile}: ${applied.length} migration(s)`);
  } finally {
    await server.stop();
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
