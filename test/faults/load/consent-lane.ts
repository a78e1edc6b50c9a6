// Customers who withdraw their consent and give it again in the middle of their own stream. Their events carry the present
// moment and come one behind the other, each word only after the last was acknowledged: so it is exact which of them count.
import { partitionOf } from '../../../src/events/partition-of.ts';
import { createSeededRandom } from '../../../src/lib/seeded-random.ts';
import type { ApiClient } from './api-client.ts';
import { emotion, type StreamEvent, type StreamPlan, TICK_MS, tickTime } from './event-stream.ts';
import type { JournalWriter } from './journal.ts';
import type { KafkaRoad } from './kafka-road.ts';

export interface ConsentLaneOptions {
  readonly plan: StreamPlan;
  readonly waverers: number;
  readonly kafka: KafkaRoad;
  readonly api: ApiClient;
  readonly journal: JournalWriter;
  readonly signal: AbortSignal;
}

export interface ConsentLane {
  tick(tick: number): void;
  settle(): Promise<void>;
}

const FLIP_EVERY_TICKS = 40;
const EVENT_EVERY_TICKS = 3;

export function wavererName(index: number): string {
  return `w-${String(index).padStart(3, '0')}`;
}

export function createConsentLane(options: ConsentLaneOptions): ConsentLane {
  const lanes = Array.from({ length: options.waverers }, () => Promise.resolve());
  return {
    tick(tick) {
      lanes.forEach((lane, index) => {
        const steps = planSteps(options.plan, index, tick);
        if (steps.length === 0) return;
        lanes[index] = lane.then(async () => {
          for (const step of steps) await step(options);
        });
      });
    },
    async settle() {
      await Promise.all(lanes);
    },
  };
}

type Step = (options: ConsentLaneOptions) => Promise<void>;

function planSteps(plan: StreamPlan, index: number, tick: number): Step[] {
  const steps: Step[] = [];
  const own = tick + index * 7;
  // Between two ticks, so that no event carries the moment of the word.
  if (own % FLIP_EVERY_TICKS === 0) {
    const granted = (own / FLIP_EVERY_TICKS) % 2 === 0;
    steps.push((options) => sayWord(options, index, granted, tickTime(plan, tick) - TICK_MS / 2));
  }
  if (own % EVENT_EVERY_TICKS === 0) {
    const event = makeEvent(plan, index, tick);
    steps.push((options) => sendEvent(options, event));
    if (own % (3 * EVENT_EVERY_TICKS) === 0)
      steps.push((options) => sendEvent(options, { ...event, origin: 'near-copy' }));
  }
  return steps;
}

function makeEvent(plan: StreamPlan, index: number, tick: number): StreamEvent {
  const customerId = wavererName(index);
  const random = createSeededRandom(Math.imul(plan.seed, 31) ^ (tick * 1_000 + index));
  const partition = partitionOf(customerId, plan.partitions);
  const base = {
    customerId,
    id: `w-${tick}-${index}`,
    timeMs: tickTime(plan, tick),
    partition,
    origin: 'first' as const,
  };
  return emotion(base, random, tick);
}

async function sendEvent({ kafka, journal, signal }: ConsentLaneOptions, event: StreamEvent): Promise<void> {
  const { topic, customerId, value, partition } = event;
  const done = await kafka.send([{ topic, key: customerId, value, partition }], signal);
  const { value: _, ...told } = event;
  journal.add({ kind: 'event', ...told, road: 'kafka', offset: done?.offsets[0] ?? -1, acked: done !== null });
}

async function sayWord(
  { api, journal, signal }: ConsentLaneOptions,
  index: number,
  granted: boolean,
  changedAtMs: number,
): Promise<void> {
  const customerId = wavererName(index);
  const path = `/api/customers/${customerId}/consents/emotions`;
  const body = { granted, changedAt: new Date(changedAtMs).toISOString() };
  const key = `word-${customerId}-${changedAtMs}`;
  const answer = await api.settle({ method: 'PUT', path, body, key }, signal);
  if (answer !== null) journal.add({ kind: 'consent', customerId, purpose: 'emotions', granted, changedAtMs });
}
