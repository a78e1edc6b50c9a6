// The command line over a real Kafka broker: an ECS that counts and decides in one process, an import in another.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import type { RunningKafka } from '../../scripts/kafka-launcher.mjs';
import { createKafkaDoor } from '../../src/cli/kafka-door.ts';
import { createEventBuilder } from '../../src/cli/simulate/simulated-event.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { cardLedgerCsv } from '../support/card-ledger-file.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { startOwnKafka } from '../support/kafka.ts';
import { type Environment, endAllEcs, runEcs, runEcsJson, spawnEcs, waitForOutput } from './support/run-ecs.ts';

// Processes start slowly on a busy machine.
jest.setTimeout(180_000);

let broker: RunningKafka;
let folder: string;
let database: TestDatabase;
let env: Environment;

beforeAll(async () => {
  broker = await startOwnKafka();
  folder = await mkdtemp(join(tmpdir(), 'ecs-kafka-import-'));
  database = await createTestDatabase();
  env = { DATABASE_URL: database.connectionString, KAFKA_BROKERS: broker.brokers.join(',') };
});
afterAll(async () => {
  await endAllEcs();
  await broker.stop();
  await database.drop();
  await rm(folder, { recursive: true });
});

function kafkaConfig(): NonNullable<Config['kafka']> {
  const { kafka } = loadConfig(env);
  if (kafka === null) throw new Error('KAFKA_BROKERS is set');
  return kafka;
}

test('an import over Kafka: counted by the running ECS, decided only when it was complete', async () => {
  const ecs = spawnEcs(['start', '--no-demo', '--roles', 'ingest,relay'], env);
  await waitForOutput(ecs, /roles +ingest, relay/);
  const rows = Array.from({ length: 40 }, (_, index) => ({ ID: String(index + 1), PAY_2: String((index % 4) - 2) }));
  const path = join(folder, 'ledger.csv');
  await writeFile(path, cardLedgerCsv(rows));
  const result = await runEcsJson(['import', 'card-ledger', path], env);
  expect(result).toMatchObject({ customers: 40, openingDecisions: 40, deadLetters: 0 });
  await eventually(async () => expect(await countDecisions(`trigger <> 'import'`)).toBe(40), { timeoutMs: 60_000 });
  expect(await countDecisions(`trigger <> 'import' and decided_at < (select ended_at from imports)`)).toBe(0);
  expect(await countDecisions(`trigger = 'import' and sequence = 1`)).toBe(40);
  await simulateBesideRealPeople();
  ecs.signal('SIGTERM');
  expect((await ecs.ended).code).toBe(0);
});

async function countDecisions(where: string): Promise<number> {
  return (await database.pool.query(`select count(*)::int as n from decisions where ${where}`)).rows[0].n;
}

/** Over Kafka the database is in sight here, so the installation is known to hold real customers. */
async function simulateBesideRealPeople(): Promise<void> {
  const words = ['simulate', '--people', '5', '--seconds', '0.5'];
  expect((await runEcs(words, env)).stderr).toContain('--yes-invented');
  expect(await runEcsJson([...words, '--yes-invented'], env)).toMatchObject({ people: 5, known: 0 });
  // Consent was counted before the moods came; the moods themselves are counted a moment after they were sent.
  await eventually(async () => expect(await countMoodyPeople()).toBeGreaterThan(0), { timeoutMs: 30_000 });
}

async function countMoodyPeople(): Promise<number> {
  const { rows } = await database.pool.query(
    `select count(*)::int as n from emotional_states where purpose = 'emotions' and readings > 0`,
  );
  return rows[0].n;
}

test('nobody counts: the wait ends and says what is missing', async () => {
  const build = createEventBuilder('urn:test:nobody');
  const kafka = { ...kafkaConfig(), consumerGroup: 'nobody' };
  const door = createKafkaDoor({ kafka, pool: database.pool, clock: Date.now, stallMs: 500 });
  try {
    await door.send([build('ecs.customers.v1', 'lost', Date.now(), { currency: 'EUR' })]);
    await expect(door.settle(() => {})).rejects.toMatchObject({ code: 'ECS_INGEST_STALLED' });
  } finally {
    await door.close();
  }
});

test('an embedded database that nobody holds: refused before anything is sent', async () => {
  const path = join(folder, 'one.csv');
  await writeFile(path, cardLedgerCsv([{ ID: '1' }]));
  const alone = { KAFKA_BROKERS: broker.brokers.join(','), ECS_DATA_DIR: join(folder, 'data') };
  const { code, stderr } = await runEcs(['import', 'card-ledger', path], alone);
  expect(code).toBe(1);
  expect(stderr).toMatch(/Start it first.*\[ECS_INGEST_STALLED\]/);
});
