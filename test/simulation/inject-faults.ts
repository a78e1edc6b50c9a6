// Strikes with the faults of a plan, and sets right what was struck: crashed processes start again, paused ones go on,
// clocks stay off until the end.
import { HOUR_MS } from '../../src/lib/clock.ts';
import { startApiProcess } from './callers.ts';
import { startDecisionProcess } from './decision-process.ts';
import { startIngestProcess } from './ingest-process.ts';
import type { FaultKind, Plan, PlannedFault } from './plan.ts';
import { startRelayProcess } from './relay-process.ts';
import type { SimulatedProcess } from './scheduler.ts';
import type { World } from './world.ts';

export type FaultCounts = Partial<Record<FaultKind, number>>;

interface Slot {
  readonly name: string;
  readonly start: (world: World, name: string) => SimulatedProcess;
  process: SimulatedProcess;
  /** When a crashed process starts again, or a paused one goes on. */
  backAtStep: number | null;
}

export interface FaultInjector {
  readonly counts: FaultCounts;
  strike(step: number): void;
  /** Nobody can go on: brings back whoever is away, or lets the next fault strike. False: nothing is left to come. */
  hurry(step: number): boolean;
}

export function createFaultInjector(world: World, plan: Plan): FaultInjector {
  const counts: FaultCounts = {};
  const slots = startAll(world, plan);
  const coming = [...plan.faults];

  function isIngest({ name }: Slot): boolean {
    return name.startsWith('ingest');
  }

  function inject(fault: PlannedFault, step: number): void {
    const all = fault.kind === 'end_sessions' || fault.kind === 'rebalance' ? slots.filter(isIngest) : slots;
    const slot = all[fault.victim % all.length];
    if (slot === undefined || slot.backAtStep !== null) return;
    counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
    world.scheduler.note(`*** ${fault.kind} ${slot.name}`);
    strikeOne(world, slot, fault, step);
  }

  function bringBack(slot: Slot): void {
    slot.backAtStep = null;
    if (slot.process.paused) {
      world.scheduler.note(`*** ${slot.name} goes on`);
      slot.process.paused = false;
    } else if (!slot.process.alive) {
      world.scheduler.note(`*** ${slot.name} starts again`);
      slot.process = slot.start(world, slot.name);
    }
  }

  return {
    counts,
    strike(step) {
      for (const slot of slots) if (slot.backAtStep !== null && slot.backAtStep <= step) bringBack(slot);
      while (coming[0] !== undefined && coming[0].atStep <= step) inject(coming.shift() as PlannedFault, step);
      if (coming.length === 0 && slots.every((slot) => slot.backAtStep === null)) world.calm = true;
    },
    hurry(step) {
      const away = slots.find((slot) => slot.backAtStep !== null);
      if (away !== undefined) {
        bringBack(away);
        return true;
      }
      const next = coming.shift();
      if (next !== undefined) inject(next, step);
      return next !== undefined || setClocksRight(slots);
    },
  };
}

/** False if they all were right. */
function setClocksRight(slots: readonly Slot[]): boolean {
  const off = slots.filter((slot) => slot.process.skewMs !== 0);
  for (const { process } of off) process.skewMs = 0;
  return off.length > 0;
}

function startAll(world: World, plan: Plan): Slot[] {
  const kinds: readonly (readonly [string, Slot['start']])[] = [
    ['ingest-1', startIngestProcess],
    ['ingest-2', startIngestProcess],
    ['decisions-1', startDecisionProcess],
    ['decisions-2', startDecisionProcess],
    ['relay-1', startRelayProcess],
    ['relay-2', startRelayProcess],
    // Started again it has nothing to do: who asked it will have to ask again.
    ['api', (here, name) => startApiProcess(here, name, here.scheduler.trace.length === 0 ? plan.calls : [])],
  ];
  return kinds.map(([name, start]) => ({ name, start, process: start(world, name), backAtStep: null }));
}

function strikeOne(world: World, slot: Slot, fault: PlannedFault, step: number): void {
  const { process } = slot;
  switch (fault.kind) {
    case 'crash':
      kill(world, process);
      slot.backAtStep = step + fault.forSteps;
      return;
    case 'lose_commit':
      world.database.loseNextCommit(process);
      return;
    case 'end_sessions':
      world.database.endSessions(process);
      return;
    case 'pause':
      pauseProcess(world, slot, step + fault.forSteps);
      return;
    case 'rebalance':
      world.broker.rebalance(fault.victim);
      return;
    case 'skew':
      process.skewMs = fault.victim % 2 === 0 ? fault.byMs : -fault.byMs;
      return;
    case 'jump':
      world.time.nowMs += Math.min(fault.byMs, HOUR_MS);
      return;
  }
}

function kill(world: World, process: SimulatedProcess): void {
  world.broker.leave(process);
  world.scheduler.drop(process);
  world.database.endSessions(process);
}

/**
 * Longer than the group's timeout, so its partitions go to others. The database ends the transaction of a paused ingest
 * process; a paused worker of another kind that holds locks is killed instead, because it would wait by the real clock.
 */
function pauseProcess(world: World, slot: Slot, untilStep: number): void {
  const { process } = slot;
  slot.backAtStep = untilStep;
  if (!world.database.holdsLocks(process)) process.paused = true;
  else if (slot.name.startsWith('ingest')) {
    process.paused = true;
    world.database.endSessions(process);
  } else kill(world, process);
  if (slot.name.startsWith('ingest') && process.paused) world.broker.rebalance(process.name.endsWith('1') ? 1 : 0);
}
