// What an event costs after a hundred thousand to ten million of them, and how large a process with the production Kafka
// road becomes meanwhile.

import { createEventSource } from './make-events.mjs';
import { measure, round } from './measure.mjs';
import {
  PARTITIONS,
  produce,
  startIngestProcess,
  TOPIC,
  waitForPartitions,
  waitForPosition,
} from './open-stream-world.mjs';

/** Sent, and counted, this many at a time. */
const PORTION = 100_000;

/** One step for each number of events: the cost of the last portion before it, and the largest process until then. */
export async function measureEvents(world, sent, { group, steps, customers, say }) {
  const { product } = world;
  const random = product.createSeededRandom(7);
  const source = createEventSource({ product, topic: TOPIC, partitions: PARTITIONS, customers, random });
  const child = await startIngestProcess(world, group);
  await child.ask('start');
  await waitForPartitions([child], product.INPUT_TOPICS.length);
  const measured = [];
  for (const step of steps) {
    let last;
    while (sent.records < step) last = await countPortion(world, child, source, sent, group);
    const { residentBytesMax } = await child.ask('usage');
    measured.push({ events: step, ...last, residentBytesMax });
    say(describeStep(measured.at(-1)));
  }
  await child.end();
  return measured;
}

async function countPortion(world, child, source, sent, group) {
  const { values, distinct } = source.next(PORTION);
  sent.records += PORTION;
  sent.distinct += distinct;
  const before = await child.ask('usage');
  const { databaseMicros } = await measure(world.postmasterPid, async () => {
    await produce(world.producer, TOPIC, values);
    await waitForPosition(world.pool, group, sent.records);
  });
  const { processorMicros } = await child.ask('usage');
  return {
    nodeMicros: (processorMicros - before.processorMicros) / PORTION,
    databaseMicros: databaseMicros / PORTION,
  };
}

function describeStep({ events, nodeMicros, databaseMicros, residentBytesMax }) {
  return `after ${events} events: ${round(nodeMicros)} + ${round(databaseMicros)} µs an event, process of at most ${Math.round(residentBytesMax / 2 ** 20)} MB`;
}
