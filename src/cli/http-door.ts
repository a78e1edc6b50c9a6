// Events through the API of a running ECS, with its key. A busy or restarting ECS is waited for, within a bound.
import { setTimeout as sleep } from 'node:timers/promises';
import { EcsError } from '../lib/errors.ts';
import type { EventDoor } from './event-door.ts';
import type { SimulatedEvent } from './simulate/simulated-event.ts';

export interface HttpDoorOptions {
  /** Of the API, without a path. */
  readonly url: string;
  readonly key: string;
}

/** Half of what the API takes at once, in number and in bytes. */
const EVENTS_AT_ONCE = 2_500;
const BYTES_AT_ONCE = 512 * 1024;
const ATTEMPTS = 20;
const REQUEST_TIMEOUT_MS = 15_000;
const WAIT_MAX_MS = 5_000;
const WAIT_STEP_MS = 200;

export function createHttpDoor(options: HttpDoorOptions): EventDoor {
  return {
    describe: options.url,
    send: async (events) => {
      for (const batch of splitIntoBatches(events)) await postWithPatience(options, batch);
    },
    // 202 is answered when the events are durable; on the Kafka road they are counted soon after.
    settle: async () => {},
    close: async () => {},
  };
}

function* splitIntoBatches(events: readonly SimulatedEvent[]): Generator<SimulatedEvent[]> {
  let batch: SimulatedEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    if (batch.length === EVENTS_AT_ONCE || (batch.length > 0 && bytes + event.value.length > BYTES_AT_ONCE)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    // And a comma.
    bytes += event.value.length + 1;
  }
  if (batch.length > 0) yield batch;
}

/** A repeat is harmless: the events keep their ids. */
async function postWithPatience(options: HttpDoorOptions, events: readonly SimulatedEvent[]): Promise<void> {
  let trouble: unknown;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const outcome = await post(options, events);
    if (outcome === 'accepted') return;
    trouble = outcome.trouble;
    await sleep(Math.min(WAIT_MAX_MS, WAIT_STEP_MS * attempt));
  }
  throw new EcsError('ECS_INGEST_BUSY', `${options.url} did not take the events in ${ATTEMPTS} attempts.`, {
    cause: trouble,
  });
}

async function post(
  options: HttpDoorOptions,
  events: readonly SimulatedEvent[],
): Promise<'accepted' | { trouble: unknown }> {
  let response: Response;
  try {
    response = await fetch(new URL('/api/events', options.url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${options.key}`,
        'content-type': 'application/cloudevents-batch+json',
      },
      body: `[${events.map((event) => event.value.toString()).join(',')}]`,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  } catch (error) {
    // fetch throws only for what the network did: no connection, or no answer in time.
    return { trouble: error };
  }
  const text = await response.text();
  if (response.status === 202) return 'accepted';
  if (response.status === 503 || response.status === 429) return { trouble: text };
  throw new EcsError('ECS_REQUEST_INVALID', `${options.url} answered ${response.status}: ${text.slice(0, 2_000)}`);
}
