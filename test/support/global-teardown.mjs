// Ends what the global set-up started, and a Kafka broker if some test file started one (see kafka.ts).
import { readFile } from 'node:fs/promises';

const { createPool } = await import('./sources.ts');

// biome-ignore lint/style/noDefaultExport: Jest takes the default export.
export default async function globalTeardown() {
  await stopKafka();
  const { testServer } = globalThis;
  if (testServer === undefined) return;
  await dropTemplate(testServer.connectionString);
  await testServer.stop();
}

async function dropTemplate(adminUrl) {
  const admin = createPool({ connectionString: adminUrl, max: 1 });
  try {
    await admin.query(`drop database if exists ${process.env.TEST_PG_TEMPLATE} with (force)`);
  } finally {
    await admin.end();
  }
}

async function stopKafka() {
  const stateFile = process.env.TEST_KAFKA_STATE;
  if (!stateFile) return;
  try {
    const { pid } = JSON.parse(await readFile(stateFile, 'utf8'));
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    // No file: no test needed a broker. No process: it has ended by itself.
    if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
  }
}
