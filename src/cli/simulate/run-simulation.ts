// A population arrives with its half year and lives on at the chosen rate until the time is over or somebody ends it.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, SECOND_MS } from '../../lib/clock.ts';
import type { CardState } from './card-month.ts';
import type { LivingPerson } from './living-events.ts';
import type { Person } from './person.ts';
import {
  createLiving,
  drawPopulation,
  type PopulationOptions,
  resumeLiving,
  type SendEvents,
  sendPast,
} from './population.ts';

export interface SimulationOptions {
  readonly population: PopulationOptions;
  readonly eventsPerSecond: number;
  /** Null: until `ended`. */
  readonly seconds: number | null;
  /** Do people bring a half year along? */
  readonly past: boolean;
  readonly send: SendEvents;
  /** Resolves when what was sent is counted: consent has to be there before the moods are. */
  readonly settle: () => Promise<void>;
  /** The cards of people who are known already; null where that cannot be seen. */
  readonly loadCards: ((customerIds: readonly string[]) => Promise<ReadonlyMap<string, CardState>>) | null;
  readonly clock: Clock;
  readonly ended: AbortSignal;
  readonly onProgress: (line: string) => void;
}

export interface SimulationResult {
  readonly people: number;
  /** Of them, who were there before. */
  readonly known: number;
  readonly pastEvents: number;
  readonly events: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
}

export async function runSimulation(options: SimulationOptions): Promise<SimulationResult> {
  const arrival = await arrive(options);
  const life = await liveOn(options, arrival.living);
  return {
    people: arrival.living.length,
    known: arrival.known,
    pastEvents: arrival.events,
    events: life.events,
    seconds: life.seconds,
    eventsPerSecond: life.seconds === 0 ? 0 : life.events / life.seconds,
  };
}

interface Arrival {
  readonly living: LivingPerson[];
  readonly known: number;
  readonly events: number;
}

const PEOPLE_AT_ONCE = 200;

/** In groups, so that memory does not grow with the population's past. */
async function arrive(options: SimulationOptions): Promise<Arrival> {
  const { population, ended, onProgress } = options;
  const people = drawPopulation(population);
  const living: LivingPerson[] = [];
  let known = 0;
  let events = 0;
  const send: SendEvents = async (batch) => {
    events += batch.length;
    await options.send(batch);
  };
  for (let start = 0; start < people.length && !ended.aborted; start += PEOPLE_AT_ONCE) {
    const group = people.slice(start, start + PEOPLE_AT_ONCE);
    const cards = await loadKnownCards(options, group);
    const resumed = options.past ? group.filter(({ customerId }) => cards.has(customerId)) : group;
    const arriving = group.filter((person) => !resumed.includes(person));
    known += cards.size;
    living.push(...resumeLiving(resumed, cards));
    // A seed of its own for each group: event ids follow from it.
    living.push(...(await sendPast(arriving, options.clock(), population.seed + start, send, options.settle)));
    onProgress(`arriving: ${living.length} of ${people.length} people, ${events} events`);
  }
  return { living, known, events };
}

async function loadKnownCards(
  { loadCards }: SimulationOptions,
  group: readonly Person[],
): Promise<ReadonlyMap<string, CardState>> {
  return loadCards === null ? new Map() : loadCards(group.map(({ customerId }) => customerId));
}

const LOOK_MS = 500;

async function liveOn(
  options: SimulationOptions,
  living: readonly LivingPerson[],
): Promise<{ events: number; seconds: number }> {
  const { clock, seconds, ended, onProgress } = options;
  const failed = new AbortController();
  const life = createLiving({
    living,
    eventsPerSecond: options.eventsPerSecond,
    seed: options.population.seed,
    clock,
    send: options.send,
    onError: (error) => failed.abort(error),
  });
  const startedMs = clock();
  const untilMs = seconds === null ? Number.POSITIVE_INFINITY : startedMs + seconds * SECOND_MS;
  const stopping = AbortSignal.any([ended, failed.signal]);
  life.start();
  while (!stopping.aborted && clock() < untilMs) {
    const pauseMs = Math.min(LOOK_MS, untilMs - clock());
    await sleep(Math.max(0, pauseMs), undefined, { signal: stopping }).catch(() => {
      // Being told to stop ends the pause; the loop's condition sees it.
    });
    onProgress(`living: ${life.sent()} events`);
  }
  await life.stop();
  failed.signal.throwIfAborted();
  return { events: life.sent(), seconds: (clock() - startedMs) / SECOND_MS };
}
