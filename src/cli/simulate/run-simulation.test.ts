import { createHash } from 'node:crypto';
import { type CardState, NEW_CARD } from './card-month.ts';
import { runSimulation, type SimulationOptions } from './run-simulation.ts';
import type { SimulatedEvent } from './simulated-event.ts';
import { SCENARIO_NAMES, type ScenarioName } from './truth/scenario.ts';

function simulation(changes: Partial<SimulationOptions> = {}) {
  const sent: SimulatedEvent[] = [];
  const options: SimulationOptions = {
    population: { seed: 7, people: 30, prefix: 'sim-', currency: 'EUR', unitMinor: 300_000 },
    eventsPerSecond: 200,
    seconds: 0.8,
    past: true,
    send: async (events) => void sent.push(...events),
    settle: async () => {},
    loadCards: null,
    clock: Date.now,
    ended: new AbortController().signal,
    onProgress: () => {},
    ...changes,
  };
  return { sent, run: () => runSimulation(options) };
}

const idOf = (event: SimulatedEvent) => {
  const { source, id } = JSON.parse(event.value.toString());
  return `${event.topic} ${source} ${id}`;
};

test('everybody arrives, then lives at the rate asked for', async () => {
  const { sent, run } = simulation();
  const result = await run();
  expect(result).toMatchObject({ people: 30, known: 0 });
  expect(sent).toHaveLength(result.pastEvents + result.events);
  expect(new Set(sent.map((event) => event.customerId)).size).toBe(30);
  // Sent at most what the rate allows; how close it comes is the machine's matter.
  expect(result.events).toBeGreaterThan(0);
  expect(result.events).toBeLessThan(200 * result.seconds + 10);
});

test('ids are unique over groups of people, even within a millisecond', async () => {
  const population = { seed: 7, people: 450, prefix: 'sim-', currency: 'EUR', unitMinor: 300_000 };
  const arrived = new AbortController();
  const { sent, run } = simulation({
    population,
    clock: () => Date.UTC(2026, 10, 22),
    ended: arrived.signal,
    onProgress: (line) => line.startsWith('arriving: 450 ') && arrived.abort(),
  });
  await run();
  expect(new Set(sent.map((event) => event.customerId)).size).toBe(450);
  expect(new Set(sent.map(idOf)).size).toBe(sent.length);
});

test('people who are known live on without another past', async () => {
  const card: CardState = { ...NEW_CARD, balanceMinor: 5 };
  const { sent, run } = simulation({ loadCards: async (ids) => new Map(ids.map((id) => [id, card])), seconds: 0.001 });
  expect(await run()).toMatchObject({ people: 30, known: 30, pastEvents: 0 });
  expect(sent.filter((event) => event.topic === 'ecs.customers.v1')).toEqual([]);
});

test('an end from outside is heeded while people arrive and while they live', async () => {
  const ended = new AbortController();
  ended.abort();
  expect(await simulation({ ended: ended.signal }).run()).toMatchObject({ people: 0, events: 0 });
  const later = new AbortController();
  const { run } = simulation({ ended: later.signal, seconds: null });
  setTimeout(() => later.abort(), 300);
  expect((await run()).people).toBe(30);
});

test('what sending throws ends the simulation', async () => {
  let calls = 0;
  const { run } = simulation({
    seconds: null,
    loadCards: async (ids) => new Map(ids.map((id) => [id, NEW_CARD])),
    send: async () => {
      calls += 1;
      throw new Error('the door is shut');
    },
  });
  await expect(run()).rejects.toThrow('the door is shut');
  expect(calls).toBe(1);
});

test('the same seed draws the same people', async () => {
  const profiles = async () => {
    const { sent, run } = simulation({ seconds: 0.001 });
    await run();
    const mine = sent.filter((event) => event.topic === 'ecs.customers.v1');
    const text = mine.map(({ value }) => JSON.stringify(JSON.parse(value.toString()).data)).join('\n');
    return createHash('sha256').update(text).digest('hex');
  };
  expect(await profiles()).toBe(await profiles());
});

describe('the ten worlds as events', () => {
  async function live(scenario?: ScenarioName) {
    const base = { seed: 7, people: 60, prefix: 'sim-', currency: 'EUR', unitMinor: 300_000 };
    const population = scenario === undefined ? base : { ...base, scenario };
    const arrived = new AbortController();
    const { sent, run } = simulation({
      population,
      clock: () => Date.UTC(2026, 10, 22),
      ended: arrived.signal,
      onProgress: (line) => line.startsWith('arriving: 60 ') && arrived.abort(),
    });
    const { pastEvents } = await run();
    const past = sent.slice(0, pastEvents);
    const dataOf = (topic: string) =>
      past
        .filter((event) => event.topic === topic)
        .map(({ value }) => JSON.stringify(JSON.parse(value.toString()).data));
    return {
      feelings: dataOf('ecs.emotions.v1'),
      profiles: dataOf('ecs.customers.v1').map((data) => ({ ...JSON.parse(data), consents: null })),
    };
  }

  test.each(SCENARIO_NAMES)('%s: the same people, other feelings', async (name) => {
    const [plain, world] = [await live(), await live(name)];
    expect(world.feelings.length).toBeGreaterThan(50);
    expect(world.feelings).not.toEqual(plain.feelings);
    expect(world.profiles).toHaveLength(60);
    expect(world.profiles).toEqual(plain.profiles);
  });
});
