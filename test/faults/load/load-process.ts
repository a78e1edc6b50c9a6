// The load of a fault run, in a process of its own: sends the event stream over both roads, words about consent and writes
// over the API, and journals what was accepted. Ordered over IPC by whoever started it.
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiClient } from './api-client.ts';
import { createApiWrites } from './api-writes.ts';
import { createConsentLane } from './consent-lane.ts';
import { makeTick, type StreamEvent, type StreamPlan, TICK_MS, tickTime } from './event-stream.ts';
import { type EventEntry, openJournal } from './journal.ts';
import { createKafkaRoad } from './kafka-road.ts';
import type { Poison } from './poison.ts';
import { sendOpening } from './send-opening.ts';

export interface LoadOrder {
  readonly plan: StreamPlan;
  readonly brokers: readonly string[];
  readonly apiPort: number;
  readonly token: string;
  readonly journal: string;
  /** Customers who change their mind about consent all the time. */
  readonly waverers: number;
}

export type LoadCommand = 'open' | 'run' | 'pause' | 'stop';
export interface LoadReport {
  /** What this answers. */
  readonly done: LoadCommand;
  readonly sent: number;
  readonly ticks: number;
  readonly refused: Readonly<Record<string, number>>;
}

const TICKS_AT_ONCE = 8;
/** At the end the system is well: what is not accepted within this time is left open in the journal. */
const GIVE_UP_AFTER_MS = 60_000;

const order = JSON.parse(process.env.FAULT_LOAD_ORDER ?? '{}') as LoadOrder;
const { plan } = order;
const journal = openJournal(order.journal);
const kafka = createKafkaRoad(order.brokers);
const api = createApiClient(order.apiPort, order.token);
const givingUp = new AbortController();
const consents = createConsentLane({ plan, waverers: order.waverers, kafka, api, journal, signal: givingUp.signal });
const writes = createApiWrites({ plan, api, journal, signal: givingUp.signal });
let running = false;
let tick = 0;
let sent = 0;
const underWay = new Set<Promise<unknown>>();

function toEntry(event: StreamEvent, road: 'kafka' | 'http', offset: number, acked: boolean): EventEntry {
  const { value: _, ...told } = event;
  return { kind: 'event', ...told, road, offset, acked };
}

async function sendKafka(events: readonly StreamEvent[], poison: readonly Poison[]): Promise<void> {
  if (events.length + poison.length === 0) return;
  const records = [...events, ...poison].map(({ topic, customerId, value, partition }) => ({
    topic,
    key: customerId,
    value,
    partition,
  }));
  const done = await kafka.send(records, givingUp.signal);
  const offsetOf = (index: number) => done?.offsets[index] ?? -1;
  for (const [i, event] of events.entries()) journal.add(toEntry(event, 'kafka', offsetOf(i), done !== null));
  poison.forEach(({ topic, id, code, partition }, i) => {
    const place = { partition, offset: offsetOf(events.length + i), acked: done !== null, tries: done?.tries ?? 99 };
    journal.add({ kind: 'poison', topic, id, code, ...place });
  });
  sent += records.length;
}

async function sendHttp(events: readonly StreamEvent[]): Promise<void> {
  if (events.length === 0) return;
  const body = events.map(({ value }) => JSON.parse(value));
  const answer = await api.settle({ method: 'POST', path: '/api/events', body }, givingUp.signal);
  for (const event of events) journal.add(toEntry(event, 'http', -1, answer !== null));
  sent += events.length;
}

function track(work: Promise<unknown>): void {
  const own = work.finally(() => underWay.delete(own));
  underWay.add(own);
}

/** Ticks are sent when they are due and a few at a time: in an outage the stream waits, and catches up after it. */
async function run(): Promise<void> {
  while (running) {
    const nowMs = Date.now();
    if (tickTime(plan, tick) > nowMs || underWay.size >= TICKS_AT_ONCE) {
      await sleep(tickTime(plan, tick) > nowMs ? Math.min(TICK_MS, tickTime(plan, tick) - nowMs) : 10);
      continue;
    }
    // After a pause or a long outage the past is not made up for: it would come as one flood.
    const behind = Math.floor((nowMs - tickTime(plan, tick)) / TICK_MS);
    if (behind > 100) tick += behind - 10;
    const { kafka: byKafka, http, poison } = makeTick(plan, tick);
    track(sendKafka(byKafka, poison));
    track(sendHttp(http));
    consents.tick(tick);
    writes.tick(tick);
    tick++;
  }
}

async function settleAll(): Promise<void> {
  running = false;
  await Promise.all([...underWay]);
  await Promise.all([consents.settle(), writes.settle()]);
  journal.flush();
}

async function obey(command: LoadCommand): Promise<void> {
  if (command === 'open')
    await sendOpening({ plan, waverers: order.waverers, send: (events) => sendKafka(events, []) });
  if (command === 'run') {
    running = true;
    void run().catch(fail);
  }
  if (command === 'pause') await settleAll();
  if (command === 'stop') {
    const late = setTimeout(() => givingUp.abort(), GIVE_UP_AFTER_MS);
    await settleAll();
    clearTimeout(late);
  }
  journal.flush();
  const report: LoadReport = { done: command, sent, ticks: tick, refused: Object.fromEntries(api.refused) };
  process.send?.(report);
  if (command !== 'stop') return;
  await kafka.stop();
  journal.close();
  process.disconnect();
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}

process.on('message', (command: LoadCommand) => void obey(command).catch(fail));
process.on('disconnect', () => process.exit(0));
process.on('unhandledRejection', fail);
