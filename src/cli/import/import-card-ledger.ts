// Imports a file of card holders: their lives become events, the limits they have become opening decisions. Cut off
// anywhere, the same call goes on; until it is through nothing is decided.
import { inTransaction } from '../../db/index.ts';
import { beginImport, endImport, loadFirstImport } from '../../decision/index.ts';
import { createDeadLetters } from '../../ingest/index.ts';
import { type Clock, SECOND_MS } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import type { MakeId } from '../../lib/ids.ts';
import type { System } from '../../open-system.ts';
import type { EventDoor } from '../event-door.ts';
import { type CardLedgerImport, cardLedgerEvents, monthEndsBefore } from './card-ledger-events.ts';
import { type CheckedCardLedger, checkCardLedger } from './check-card-ledger.ts';
import { asOfMsOf, type CardLedgerOrder, hashImport } from './import-mark-of.ts';
import { type CardLedgerLine, loadCardLedger } from './load-card-ledger.ts';

export interface ImportDeps {
  readonly system: System;
  /** Called when the file was found to be good. */
  readonly openDoor: () => Promise<EventDoor>;
  readonly clock: Clock;
  readonly makeId: MakeId;
  /** Throws when somebody wants an end. */
  readonly check: () => void;
  readonly onProgress: (line: string) => void;
  /** From here on nothing is decided until the import is complete. */
  readonly onBegun: () => void;
}

export interface CardLedgerResult {
  readonly customers: number;
  readonly events: number;
  /** Of this run; customers that have a limit already are left alone. */
  readonly openingDecisions: number;
  /** Events that could not be counted meanwhile. */
  readonly deadLetters: number;
  /** Close of the newest statement. */
  readonly asOf: string;
  readonly sendingBeganAt: string;
  readonly countedAt: string;
  readonly completedAt: string;
  readonly seconds: number;
}

export async function importCardLedger(deps: ImportDeps, order: CardLedgerOrder): Promise<CardLedgerResult> {
  const startedMs = deps.clock();
  const checked = await checkCardLedger(order.path, order.prefix, (rows) => {
    deps.check();
    deps.onProgress(`checking: ${rows} rows`);
  });
  const door = await deps.openDoor();
  try {
    return await importChecked(deps, order, { checked, door, startedMs });
  } finally {
    await door.close();
  }
}

interface ImportRun {
  readonly checked: CheckedCardLedger;
  readonly door: EventDoor;
  readonly startedMs: number;
}

async function importChecked(deps: ImportDeps, order: CardLedgerOrder, run: ImportRun): Promise<CardLedgerResult> {
  const { clock } = deps;
  const into = await beginUnderMark(deps, order, run.checked);
  const deadBefore = await countDeadLetters(deps);
  const sendingBeganMs = clock();
  const events = await sendAll(deps, order, run, into);
  await run.door.settle((left) => {
    deps.check();
    deps.onProgress(`counting: ${left} events left`);
  });
  const countedMs = clock();
  const openingDecisions = await saveOpenings(deps, order, run.checked);
  await endImport(deps.system.pool, 'completed', clock());
  const completedMs = clock();
  return {
    customers: run.checked.customers,
    events,
    openingDecisions,
    deadLetters: (await countDeadLetters(deps)) - deadBefore,
    asOf: toInstant(into.closedAtMs.at(-1) ?? 0).slice(0, 10),
    sendingBeganAt: toInstant(sendingBeganMs),
    countedAt: toInstant(countedMs),
    completedAt: toInstant(completedMs),
    seconds: (completedMs - run.startedMs) / SECOND_MS,
  };
}

/** The dates and names of all events follow from the mark, so that a repeat sends the very same ones. */
async function beginUnderMark(
  { system, clock, makeId, onBegun }: ImportDeps,
  order: CardLedgerOrder,
  { customers, fileSha256 }: CheckedCardLedger,
): Promise<CardLedgerImport> {
  const inputSha256 = hashImport(order, fileSha256);
  const running = await beginImport(system.pool, { importId: makeId(), inputSha256, customers }, clock());
  onBegun();
  const first = (await loadFirstImport(system.pool, inputSha256)) ?? running;
  return {
    source: `urn:ecs:import:card-ledger:${inputSha256.slice(0, 16)}`,
    prefix: order.prefix,
    currency: order.currency,
    closedAtMs: monthEndsBefore(asOfMsOf(order, Date.parse(first.startedAt))),
  };
}

const CUSTOMERS_AT_ONCE = 1_000;

async function sendAll(
  deps: ImportDeps,
  order: CardLedgerOrder,
  { checked, door }: ImportRun,
  into: CardLedgerImport,
): Promise<number> {
  let events = 0;
  await forEachBatch(deps, order, checked, async (lines, customersBefore) => {
    deps.onProgress(`sending to ${door.describe}: ${customersBefore} of ${checked.customers} customers`);
    const batch = lines.flatMap(({ row }) => cardLedgerEvents(row, into).events);
    await door.send(batch);
    events += batch.length;
  });
  return events;
}

async function saveOpenings(deps: ImportDeps, order: CardLedgerOrder, checked: CheckedCardLedger): Promise<number> {
  const { pool, decider } = deps.system;
  let saved = 0;
  await forEachBatch(deps, order, checked, async (lines, customersBefore) => {
    deps.onProgress(`opening accounts: ${customersBefore} of ${checked.customers} customers`);
    const limits = lines.map(({ row }) => ({ customerId: `${order.prefix}${row.id}`, limitMinor: row.limitMinor }));
    saved += await inTransaction(pool, (tx) => decider.saveOpeningDecisions(tx, limits, 'import'));
  });
  return saved;
}

/** The whole file again, a bounded part of it in memory at a time; it must still be the file that was checked. */
async function forEachBatch(
  deps: ImportDeps,
  { path }: CardLedgerOrder,
  checked: CheckedCardLedger,
  work: (lines: readonly CardLedgerLine[], customersBefore: number) => Promise<void>,
): Promise<void> {
  const reading = loadCardLedger(path);
  let batch: CardLedgerLine[] = [];
  let before = 0;
  const flush = async () => {
    deps.check();
    await work(batch, before);
    before += batch.length;
    batch = [];
  };
  for await (const line of reading.lines) {
    batch.push(line);
    if (batch.length === CUSTOMERS_AT_ONCE) await flush();
  }
  if (batch.length > 0) await flush();
  if (reading.sha256() === checked.fileSha256) return;
  throw new EcsError('ECS_FILE_INVALID', `${path} was changed while it was being imported`, { facts: { path } });
}

async function countDeadLetters({ system, clock }: ImportDeps): Promise<number> {
  const counts = await createDeadLetters(system.pool, clock).counts();
  return counts.reduce((sum, { total }) => sum + total, 0);
}

function toInstant(ms: number): string {
  return new Date(ms).toISOString();
}
