// Sends events at a steady rate, each with the moment at which it was due as its record time: a producer that falls behind
// makes the measured latency longer, not the load lighter.

import { setTimeout as sleep } from 'node:timers/promises';

const TICK_MS = 5;
const IN_FLIGHT_MAX = 16;
/** Below what a broker takes at once, should all be of one partition. */
const CHUNK = 2_000;
const CHUNKS_IN_FLIGHT = 4;

/** Sends as fast as they are taken; resolves when all are acknowledged. `values`: `{ value, partition }` in order. */
export async function sendFast(producer, topic, values) {
  let sent = 0;
  const work = async () => {
    while (sent < values.length) {
      const messages = values.slice(sent, sent + CHUNK);
      sent += messages.length;
      await producer.send({ topic, messages });
    }
  };
  await Promise.all(Array.from({ length: CHUNKS_IN_FLIGHT }, work));
}

/** `values`: `{ value, partition }` in order. Resolves when all are acknowledged, with the seconds that took. */
export async function sendPaced(producer, topic, values, perSecond) {
  const startedMs = Date.now();
  const inFlight = new Set();
  let sent = 0;
  while (sent < values.length) {
    const nowMs = Date.now();
    const due = Math.min(values.length, sent + CHUNK, Math.floor(((nowMs - startedMs) * perSecond) / 1000));
    if (due > sent && inFlight.size < IN_FLIGHT_MAX) {
      const first = sent;
      const messages = values.slice(first, due).map(({ value, partition }, i) => ({
        value,
        partition,
        timestamp: String(startedMs + Math.ceil(((first + i) * 1000) / perSecond)),
      }));
      sent = due;
      const sending = producer.send({ topic, messages }).finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    }
    await sleep(TICK_MS);
  }
  await Promise.all(inFlight);
  return (Date.now() - startedMs) / 1000;
}

/** The value that `share` of the noted events stay at or below; `noted` are `[milliseconds, events]` in order. */
export function percentileOfCounts(noted, share) {
  const total = noted.reduce((sum, [, events]) => sum + events, 0);
  let seen = 0;
  for (const [ms, events] of noted) {
    seen += events;
    if (seen >= total * share) return ms;
  }
  return null;
}
