// A whole invented population from one seed: drawn, given a past, and then left to live at a chosen rate.
import { type Clock, SECOND_MS } from '../../lib/clock.ts';
import { createSeededRandom, type SeededRandom } from '../../lib/seeded-random.ts';
import { type CardState, NEW_CARD } from './card-month.ts';
import { type LivingPerson, liveOn } from './living-events.ts';
import { usualMood } from './mood.ts';
import { drawPast } from './past-events.ts';
import { drawPerson, type Person } from './person.ts';
import { createEventBuilder, type SimulatedEvent } from './simulated-event.ts';
import { createNormal } from './truth/draw-normal.ts';
import { drawTruth } from './truth/draw-truth.ts';
import { SCENARIOS, type ScenarioName, type TruthScenario } from './truth/scenario.ts';

const TRUTH_SEED = 0x5eed;

export interface PopulationOptions {
  readonly seed: number;
  readonly people: number;
  /** Before every customer id, so that invented people are known at sight. */
  readonly prefix: string;
  readonly currency: string;
  /** About the median credit limit. */
  readonly unitMinor: number;
  /** A world whose truth is known; the people are the same ones, their feelings are not. */
  readonly scenario?: ScenarioName;
}

export type SendEvents = (events: readonly SimulatedEvent[]) => Promise<void>;

/** The same options give the same people, whatever happened to them since. */
export function drawPopulation(options: PopulationOptions): Person[] {
  const random = createSeededRandom(options.seed);
  const people = Array.from({ length: options.people }, (_, index) => drawPerson(index, options, random));
  return options.scenario === undefined ? people : enterScenario(people, SCENARIOS[options.scenario], options.seed);
}

/** Dice of their own, so that a scenario changes nothing about who the people are and what they earn. */
function enterScenario(people: readonly Person[], scenario: TruthScenario, seed: number): Person[] {
  const uniform = createSeededRandom(seed ^ TRUTH_SEED);
  const dice = { uniform, normal: createNormal(uniform) };
  return people.map((person) => {
    const truth = drawTruth(scenario, person.discipline, dice);
    const { valence: valenceMean, stress: stressMean } = truth.past;
    const consents = scenario.calmOnly ? { ...person.consents, emotions: truth.shares } : person.consents;
    return { ...person, valenceMean, stressMean, consents, truth };
  });
}

/**
 * Sends everybody's half year. Profiles go first, so that consent is there when the moods arrive; over Kafka, where
 * topics have no order between them, `settle` waits until they are counted.
 */
export async function sendPast(
  people: readonly Person[],
  nowMs: number,
  seed: number,
  send: SendEvents,
  settle: () => Promise<void> = async () => {},
): Promise<LivingPerson[]> {
  const random = createSeededRandom(seed + 1);
  const build = createEventBuilder(`urn:ecs:simulator:past:${seed}:${nowMs}`);
  const pasts = people.map((person) => ({ person, past: drawPast(person, nowMs, build, random) }));
  const events = pasts.flatMap(({ past }) => past.events);
  await send(events.filter((event) => event.topic === 'ecs.customers.v1'));
  await settle();
  await sendInBatches(
    events.filter((event) => event.topic !== 'ecs.customers.v1'),
    send,
  );
  return pasts.map(({ person, past }) => ({ person, card: past.card, mood: past.mood }));
}

const BATCH = 500;

async function sendInBatches(events: readonly SimulatedEvent[], send: SendEvents): Promise<void> {
  for (let start = 0; start < events.length; start += BATCH) await send(events.slice(start, start + BATCH));
}

/** People who lived before: their card goes on from the last statement, their mood from their usual self. */
export function resumeLiving(people: readonly Person[], cards: ReadonlyMap<string, CardState>): LivingPerson[] {
  return people.map((person) => ({
    person,
    card: cards.get(person.customerId) ?? NEW_CARD,
    mood: usualMood(person),
  }));
}

export interface Living {
  start(): void;
  /** Resolves when nothing is under way any more; rejects with what ended it, if something did. */
  stop(): Promise<void>;
  readonly sent: () => number;
}

export interface LivingOptions {
  readonly living: readonly LivingPerson[];
  readonly eventsPerSecond: number;
  readonly seed: number;
  readonly clock: Clock;
  readonly send: SendEvents;
  /** Called with what `send` threw; the life stops. */
  readonly onError: (error: unknown) => void;
}

const TICK_MS = 250;

/** Sends at the rate asked for, measured over time, so that a slow send is caught up with and not forgotten. */
export function createLiving(options: LivingOptions): Living {
  const startedMs = options.clock();
  const build = createEventBuilder(`urn:ecs:simulator:life:${options.seed}:${startedMs}`);
  const random = createSeededRandom((options.seed ^ startedMs) | 0);
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();

  const tick = async () => {
    const due = Math.floor(((options.clock() - startedMs) / SECOND_MS) * options.eventsPerSecond) - sent;
    const events = drawEvents(options, due, build, random);
    sent += events.length;
    if (events.length > 0) await options.send(events);
  };
  const loop = () => {
    running = tick().then(
      () => {
        if (timer !== undefined) timer = setTimeout(loop, TICK_MS);
      },
      (error: unknown) => options.onError(error),
    );
  };
  return {
    start: () => {
      timer = setTimeout(loop, TICK_MS);
    },
    stop: async () => {
      clearTimeout(timer);
      timer = undefined;
      await running;
    },
    sent: () => sent,
  };
}

/** A pause (a sleeping laptop) is not made up for beyond this many events. */
const CATCH_UP_MAX = 5_000;

function drawEvents(
  options: LivingOptions,
  due: number,
  build: ReturnType<typeof createEventBuilder>,
  random: SeededRandom,
): SimulatedEvent[] {
  const events: SimulatedEvent[] = [];
  while (events.length < Math.min(due, CATCH_UP_MAX)) {
    events.push(...liveOn(options.living, options.clock(), build, random));
  }
  return events;
}
