// The composition root of a running ECS: which parts each role has, started in order and stopped in reverse, and what
// the API is handed. Nothing is decided here.
import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics } from 'prom-client';
import { createIdempotencyPruner, ensureFirstKey, type FirstKey } from './access/index.ts';
import { type Api, createApi, type RoleReadiness } from './api/index.ts';
import type { Role } from './config.ts';
import { createDecisionWorker } from './decision/index.ts';
import { createDeadLetters, type EventSubmit, ensureInstallation, type Installation } from './ingest/index.ts';
import { createStatementCloser } from './ledger/index.ts';
import { type Bell, createBell } from './lib/bell.ts';
import { DAY_MS, systemClock } from './lib/clock.ts';
import { type EcsError, isEcsError } from './lib/errors.ts';
import { makeId } from './lib/ids.ts';
import type { LoadedScorecard } from './model/index.ts';
import { createMonitor, createMonitoringMetrics, type Monitor } from './monitoring/index.ts';
import {
  createKafkaPublisher,
  createNotificationStream,
  createNotifyMetrics,
  createRelay,
  createWebhookSender,
  type NotificationStream,
} from './notify/index.ts';
import type { System } from './open-system.ts';
import type { Part } from './part.ts';
import { createShadowWorker } from './shadow/index.ts';
import { wireEventsIn } from './start-events-in.ts';

export interface StartOptions {
  readonly roles: readonly Role[];
  /** Are invented people wanted, should this be the installation's first start? */
  readonly demo: boolean;
  /** Something that no retry mends: the process should stop, and be started again by whoever watches it. */
  readonly onFatal: (error: EcsError) => void;
}

export interface RunningSystem {
  readonly installation: Installation;
  readonly firstKey: FirstKey;
  /** In force when this process started. */
  readonly champion: LoadedScorecard;
  /** Null without the role api. */
  readonly address: { readonly host: string; readonly port: number } | null;
  readonly submit: EventSubmit;
  /** Doors first, then what works behind them; bounded in time. */
  stop(): Promise<void>;
}

export async function startSystem(system: System, options: StartOptions): Promise<RunningSystem> {
  const { pool, config } = system;
  collectDefaultMetrics({ register: system.metrics });
  // A champion that this program cannot use is found out before anything waits for it.
  const champion = await system.models.champion(pool);
  const installation = await ensureInstallation(pool, {
    road: config.kafka === null ? 'http' : 'kafka',
    partitions: config.partitions,
    demo: options.demo,
    nowMs: systemClock(),
  });
  const firstKey = await ensureFirstKey(pool, { adminKey: config.adminKey ?? undefined, nowMs: systemClock() });
  const has = (role: Role) => options.roles.includes(role);
  const eventsIn = wireEventsIn({
    system,
    installation,
    ingests: has('ingest'),
    relays: has('relay'),
    onFatal: options.onFatal,
  });
  const committed = createBell();
  const parts = [
    ...eventsIn.parts,
    ...(has('ingest') ? decidingParts(system, committed) : []),
    ...(has('relay') ? [relayPart(system, committed), shadowPart(system)] : []),
    ...(has('api') ? [prunerPart(system)] : []),
  ];
  const stopParts = await startParts(parts);
  try {
    const door = has('api')
      ? await openApi(system, options.roles, { parts, submitEvents: eventsIn.submit, committed })
      : null;
    const stop = async () => {
      await door?.close();
      await stopParts();
    };
    return { installation, firstKey, champion, address: door?.address ?? null, submit: eventsIn.submit, stop };
  } catch (error) {
    await stopParts();
    throw error;
  }
}

async function startParts(parts: readonly Part[]): Promise<() => Promise<void>> {
  const started: Part[] = [];
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  try {
    for (const part of parts) {
      await part.start();
      started.push(part);
    }
    return stop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What follows from counted events: statements that close, customers that are decided again. */
function decidingParts({ pool, decider, log }: System, committed: Bell): Part[] {
  const closer = createStatementCloser({ pool, clock: systemClock, log });
  const worker = createDecisionWorker({ pool, decider, clock: systemClock, log, onDecided: committed.ring });
  return [
    { role: 'ingest', start: async () => closer.start(), stop: () => closer.stop() },
    { role: 'ingest', start: async () => worker.start(), stop: () => worker.stop() },
  ];
}

function relayPart({ pool, config, log, metrics }: System, committed: Bell): Part {
  const kafka = config.kafka === null ? undefined : createKafkaPublisher({ settings: config.kafka });
  const webhook = createWebhookSender({ allowPrivateTargets: config.allowPrivateWebhooks, clock: systemClock });
  const relay = createRelay({
    pool,
    publishers: { kafka, webhook },
    clock: systemClock,
    random: Math.random,
    makeId,
    log,
    metrics: createNotifyMetrics(metrics, pool),
  });
  committed.onRing(relay.wake);
  const stop = async () => {
    await relay.stop();
    await webhook.stop();
    await kafka?.stop();
  };
  return { role: 'relay', start: async () => relay.start(), stop };
}

/** Any role could do it; the relay's is the one that nobody waits for. */
function shadowPart({ pool, log }: System): Part {
  const worker = createShadowWorker({ pool, clock: systemClock, log });
  return { role: 'relay', start: async () => worker.start(), stop: () => worker.stop() };
}

function prunerPart({ pool, log }: System): Part {
  const pruner = createIdempotencyPruner({ pool, log });
  return { role: 'api', start: async () => pruner.start(), stop: () => pruner.stop() };
}

interface OpenApiDoor {
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
}

interface Behind {
  readonly parts: readonly Part[];
  readonly submitEvents: EventSubmit;
  readonly committed: Bell;
}

async function openApi(
  system: System,
  roles: readonly Role[],
  { parts, submitEvents, committed }: Behind,
): Promise<OpenApiDoor> {
  const { pool, config, log, metrics, policies, decider } = system;
  const monitor = openMonitor(system);
  const notificationStream = createNotificationStream({ pool });
  committed.onRing(notificationStream.wake);
  const api = createApi({
    pool,
    clock: systemClock,
    makeId,
    log,
    metrics,
    readiness: () => loadReadiness(system, roles, parts),
    submitEvents,
    onWritten: committed.ring,
    lateEventHorizonMs: config.lateEventHorizonDays * DAY_MS,
    deadLetters: createDeadLetters(pool, systemClock),
    decider,
    policies,
    monitor,
    notificationStream,
    webhookRules: { allowPrivateTargets: config.allowPrivateWebhooks },
    kafkaDestination: config.kafka !== null,
  });
  const address = await listenWhereFree(api, config);
  return { address, close: () => closeApi(api, notificationStream, monitor) };
}

function openMonitor({ pool, models, metrics, log }: System): Monitor {
  const monitor = createMonitor({
    pool,
    loadChampion: () => models.champion(pool),
    clock: systemClock,
    onTrouble: (err) => log.warn({ err }, 'the model could not be measured against what it decided; tried again later'),
  });
  createMonitoringMetrics(metrics, monitor);
  return monitor;
}

async function closeApi(api: Api, stream: NotificationStream, monitor: Monitor): Promise<void> {
  await api.close();
  await monitor.stop();
  await stream.stop();
}

const PORTS_TRIED = 20;

/** The port asked for, or, where none was asked for, the first free one from the usual one on. */
async function listenWhereFree(api: Api, where: { host: string; port: number; portGiven: boolean }) {
  for (let tried = 0; ; tried += 1) {
    try {
      return await api.listen({ host: where.host, port: where.port + tried });
    } catch (error) {
      const mayMove = !where.portGiven && tried < PORTS_TRIED && isEcsError(error, 'ECS_PORT_TAKEN');
      if (!mayMove) throw error;
    }
  }
}

const DATABASE_WITHIN_MS = 2_000;

async function loadReadiness(
  { pool }: System,
  roles: readonly Role[],
  parts: readonly Part[],
): Promise<RoleReadiness[]> {
  const database = await Promise.race([
    pool.query('select 1').then(
      () => null,
      () => 'the database does not answer',
    ),
    sleep(DATABASE_WITHIN_MS, 'the database does not answer', { ref: false }),
  ]);
  return roles.map((role) => {
    const reasons = parts.filter((part) => part.role === role).map((part) => part.ready?.() ?? null);
    const reason = database ?? reasons.find((found) => found !== null) ?? null;
    return reason === null ? { role, ready: true } : { role, ready: false, reason };
  });
}
