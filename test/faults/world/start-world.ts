// The whole world of a fault run: broker, PostgreSQL, several ECS processes behind their proxies, a webhook receiver and the
// load, each a real process or server. `close` ends everything that was started, whatever state it is in.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { INPUT_TOPICS } from '../../../src/events/topics.ts';
import { createApiClient } from '../load/api-client.ts';
import { type LoadHandle, startLoad } from '../load/start-load.ts';
import type { SeenCommit } from '../proxy/database-proxy.ts';
import { type FaultBroker, reserveDoors, startFaultBroker } from './broker.ts';
import { type FaultDatabase, startFaultDatabase } from './database.ts';
import { loadTopicEnds } from './load-topic-ends.ts';
import { startWebhookSink, type WebhookSink } from './webhook-sink.ts';
import { openPlace, startWorker, type Worker, type WorkerRole } from './worker.ts';

export interface World {
  readonly dir: string;
  readonly database: FaultDatabase;
  readonly broker: FaultBroker;
  readonly workers: readonly Worker[];
  readonly sink: WebhookSink;
  readonly load: LoadHandle;
  readonly apiPort: number;
  readonly token: string;
  readonly journalFile: string;
  /** Where the partitions of the input topics end, by `topic/partition`. */
  loadEnds(): Promise<Map<string, number>>;
  /** The last words of every process. */
  readLogs(lines: number): string;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly root: string;
  readonly seed: number;
  readonly eventsPerSecond: number;
  readonly customers: number;
  readonly waverers: number;
  readonly onCommit: (worker: string, commit: SeenCommit) => void;
  readonly say: (text: string) => void;
}

/** What undoes each step of a start, in the order of the steps. */
type Ends = (() => unknown)[];

export const CONSUMER_GROUP = 'ecs-faults';
export const PARTITIONS = 4;
type Place = Awaited<ReturnType<typeof openPlace>>;

const PLACES: readonly (readonly [string, WorkerRole])[] = [
  ['ingest-1', 'ingest'],
  ['ingest-2', 'ingest'],
  ['ingest-3', 'ingest'],
  ['relay-1', 'relay'],
  ['api-1', 'api'],
];

/** A start that fails half-way is undone. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const ends: Ends = [];
  const close = async () => {
    for (const end of ends.splice(0).reverse()) await end();
  };
  try {
    return await buildWorld(options, ends, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function buildWorld(options: WorldOptions, ends: Ends, close: () => Promise<void>): Promise<World> {
  const dir = mkdtempSync(join(tmpdir(), 'ecs-faults-'));
  ends.push(() => rmSync(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  options.say('starting PostgreSQL and Kafka');
  const database = await startFaultDatabase(join(tmpdir(), `${dir.split('/').at(-1)}-pg`));
  ends.push(() => rmSync(`${dir}-pg`, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }));
  ends.push(() => database.stop());
  const { places, listeners } = await openPlaces(options, database, ends);
  const broker = await startFaultBroker(join(dir, 'kafka'), listeners);
  ends.push(() => broker.stop());
  const sink = await startWebhookSink();
  ends.push(() => sink.stop());
  options.say('starting ECS');
  const token = randomBytes(24).toString('hex');
  const [apiPort = 0] = await reserveDoors(1);
  const workers = places.map(({ name, role, brokerPort, place }) =>
    startWorker(
      {
        name,
        role,
        root: options.root,
        logFile: join(dir, `${name}.log`),
        databasePort: database.port,
        brokerPort,
        urlVia: database.urlVia,
        env: makeEnvironment(token, apiPort),
        onCommit: (commit) => options.onCommit(name, commit),
      },
      place,
    ),
  );
  ends.push(() => Promise.all(workers.map((worker) => worker.stop())));
  await waitForApi(apiPort, token);
  sink.setSecret(await registerWebhook(apiPort, token, sink.url));
  const journalFile = join(dir, 'journal.jsonl');
  const load = startLoad({
    plan: {
      seed: options.seed,
      startMs: Date.now() + 8_000,
      eventsPerSecond: options.eventsPerSecond,
      customers: options.customers,
      partitions: PARTITIONS,
    },
    brokers: broker.brokers,
    apiPort,
    token,
    journal: journalFile,
    waverers: options.waverers,
  });
  ends.push(() => load.kill());
  return {
    dir,
    database,
    broker,
    workers,
    sink,
    load,
    apiPort,
    token,
    journalFile,
    loadEnds: () => loadTopicEnds(broker.brokers, INPUT_TOPICS),
    readLogs: (lines) => PLACES.map(([name]) => tail(join(dir, `${name}.log`), name, lines)).join('\n'),
    close,
  };
}

async function openPlaces(options: WorldOptions, database: FaultDatabase, ends: Ends) {
  const ports = await reserveDoors(PLACES.length);
  const places: { name: string; role: WorkerRole; brokerPort: number; place: Place }[] = [];
  for (const [index, [name, role]] of PLACES.entries()) {
    const brokerPort = ports[index] ?? 0;
    const onCommit = (commit: SeenCommit) => options.onCommit(name, commit);
    const place = await openPlace({ databasePort: database.port, brokerPort, onCommit });
    places.push({ name, role, brokerPort, place });
  }
  // Until the workers own them.
  ends.push(async () => {
    for (const { place } of places) {
      place.database.line.destroyAll();
      place.broker.line.destroyAll();
    }
  });
  const listeners = places.map(({ brokerPort, place }, index) => ({
    name: `DOOR${index + 1}`,
    port: brokerPort,
    advertisedPort: place.broker.port,
  }));
  return { places, listeners };
}

function makeEnvironment(token: string, apiPort: number): Record<string, string> {
  return {
    ECS_LOG_LEVEL: 'warn',
    ECS_ADMIN_KEY: token,
    ECS_PARTITIONS: String(PARTITIONS),
    ECS_POOL_CONNECTIONS: '8',
    ECS_WEBHOOK_ALLOW_PRIVATE: 'true',
    KAFKA_CONSUMER_GROUP: CONSUMER_GROUP,
    PORT: String(apiPort),
    NO_COLOR: '1',
  };
}

async function waitForApi(port: number, token: string): Promise<void> {
  const api = createApiClient(port, token);
  const deadline = Date.now() + 90_000;
  while (Date.now() < deadline) {
    const answer = await api.tryOnce({ method: 'GET', path: '/readyz' });
    if (answer?.status === 200) return;
    await sleep(100);
  }
  throw new Error('the API was not ready in time');
}

async function registerWebhook(port: number, token: string, url: string): Promise<string> {
  const api = createApiClient(port, token);
  const answer = await api.settle(
    { method: 'POST', path: '/api/webhooks', body: { url } },
    AbortSignal.timeout(30_000),
  );
  if (answer === null) throw new Error('the webhook could not be registered');
  return (JSON.parse(answer.text) as { secret: string }).secret;
}

const EXPECTED = /ECS_(DATABASE|KAFKA)_UNAVAILABLE|ECS_COMMIT_UNKNOWN|The database cannot serve|in trouble and rests/;

function tail(file: string, name: string, lines: number): string {
  const said = readFileSync(file, 'utf8').trimEnd().split('\n');
  const entries = said.filter((line) => line.startsWith('{') || /error/i.test(line));
  // What belongs to the faults fills the log; what does not comes first.
  const strange = entries.filter((line) => !EXPECTED.test(line));
  const text = [...strange.slice(-lines), ...entries.slice(-lines)];
  return text.map((line) => `  ${name}: ${line.slice(0, 400)}`).join('\n');
}
