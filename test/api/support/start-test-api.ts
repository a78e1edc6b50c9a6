// The API on a free port, in front of the real rooms on a database of its own, with events over the HTTP road: what a
// caller meets in production, but that undeclared fields in an answer are failures.

import { createKey, type NewKey } from '../../../src/access/index.ts';
import { type ApiDeps, createApi } from '../../../src/api/index.ts';
import { loadConfig } from '../../../src/config.ts';
import { createDecisionWorker, type DecisionWorker } from '../../../src/decision/index.ts';
import { createDeadLetters, ensureInstallation } from '../../../src/ingest/index.ts';
import { DAY_MS } from '../../../src/lib/clock.ts';
import { makeId } from '../../../src/lib/ids.ts';
import { createLog } from '../../../src/lib/log.ts';
import { createMonitor } from '../../../src/monitoring/index.ts';
import { createNotificationStream } from '../../../src/notify/index.ts';
import { openSystem, type System } from '../../../src/open-system.ts';
import { wireEventsIn } from '../../../src/start-events-in.ts';
import { createTestDatabase } from '../../support/database.ts';

export interface TestApi {
  readonly base: string;
  readonly deps: ApiDeps;
  readonly system: System;
  readonly worker: DecisionWorker;
  readonly adminToken: string;
  /** Answers the token of a new key. */
  makeKey(wanted: Partial<NewKey> & Pick<NewKey, 'scopes'>): Promise<string>;
  call(method: string, path: string, options?: CallOptions): Promise<Called>;
  stop(): Promise<void>;
}

export interface CallOptions {
  /** The admin's where absent, nobody's where null. */
  readonly token?: string | null;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers are looked at field by field; the schema check is the server's.
  readonly body: any;
}

export async function startTestApi(changes: Partial<ApiDeps> = {}, host = '127.0.0.1'): Promise<TestApi> {
  const database = await createTestDatabase();
  const log = createLog('silent');
  const config = loadConfig({
    DATABASE_URL: database.connectionString,
    ECS_PARTITIONS: '4',
    ECS_WEBHOOK_ALLOW_PRIVATE: 'true',
  });
  const system = await openSystem(config, log, { migrate: false });
  const { pool } = system;
  const installation = await ensureInstallation(pool, { road: 'http', partitions: 4, demo: false, nowMs: Date.now() });
  const eventsIn = wireEventsIn({ system, installation, ingests: true, relays: true, onFatal: failLoudly });
  for (const part of eventsIn.parts) await part.start();
  const notificationStream = createNotificationStream({ pool, pollMs: 20 });
  const deps: ApiDeps = {
    ...{ pool, clock: Date.now, makeId, log, metrics: system.metrics, notificationStream },
    ...{ decider: system.decider, policies: system.policies },
    submitEvents: eventsIn.submit,
    lateEventHorizonMs: 7 * DAY_MS,
    deadLetters: createDeadLetters(pool, Date.now),
    readiness: async () => [{ role: 'api', ready: true }],
    webhookRules: { allowPrivateTargets: true },
    kafkaDestination: false,
    monitor: createMonitor({
      pool,
      loadChampion: () => system.models.champion(pool),
      clock: Date.now,
      onTrouble: failLoudly,
    }),
    checkAnswers: true,
    ...changes,
  };
  const api = createApi(deps);
  const { port } = await api.listen({ host, port: 0 });
  const base = `http://127.0.0.1:${port}`;
  const makeKey: TestApi['makeKey'] = async (wanted) =>
    (await createKey(pool, { name: 'test', ...wanted }, Date.now())).token;
  const adminToken = await makeKey({ scopes: ['admin'] });
  return {
    ...{ base, deps, system, adminToken, makeKey },
    worker: createDecisionWorker({ pool, decider: system.decider, clock: Date.now, log }),
    call: (method, path, options = {}) => call(base, adminToken, method, path, options),
    stop: async () => {
      await api.close();
      await notificationStream.stop();
      for (const part of [...eventsIn.parts].reverse()) await part.stop();
      await system.close();
      await database.drop();
    },
  };
}

function failLoudly(error: unknown): void {
  throw error;
}

async function call(
  base: string,
  adminToken: string,
  method: string,
  path: string,
  options: CallOptions,
): Promise<Called> {
  const { token = adminToken, body, contentType = 'application/json', headers = {} } = options;
  const response = await fetch(`${base}${path}`, {
    method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? JSON.parse(text) : text,
  };
}
