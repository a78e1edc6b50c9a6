// One, two and four processes of the production Kafka road on one broker: the group shares out the partitions, a backlog is
// made, all begin at once.

import { createEventSource } from './make-events.mjs';
import { round } from './measure.mjs';
import {
  PARTITIONS,
  produce,
  startIngestProcess,
  TOPIC,
  waitForPartitions,
  waitForPosition,
} from './open-stream-world.mjs';

export async function measureProcesses(world, sent, { group, counts, events, customers, say }) {
  const { product } = world;
  const random = product.createSeededRandom(11);
  const source = createEventSource({ product, topic: TOPIC, partitions: PARTITIONS, customers, random });
  const measured = [];
  for (const count of counts) {
    const rate = await measureCount(world, sent, { group, source, count, events });
    measured.push({ processes: count, rate });
    say(`${count} ${count === 1 ? 'process' : 'processes'}: ${round(rate / 1000)}k events/s`);
  }
  return measured;
}

async function measureCount(world, sent, { group, source, count, events }) {
  const children = [];
  for (let i = 0; i < count; i++) children.push(await startIngestProcess(world, group));
  const askAll = (command) => Promise.all(children.map((child) => child.ask(command)));
  await askAll('start');
  await waitForPartitions(children, world.product.INPUT_TOPICS.length);
  // The first run lets the compilers warm up in every process.
  await countBacklog(world, sent, { group, source, events: events / 2, askAll });
  const seconds = await countBacklog(world, sent, { group, source, events, askAll });
  await Promise.all(children.map((child) => child.end()));
  return events / seconds;
}

async function countBacklog(world, sent, { group, source, events, askAll }) {
  const { values, distinct } = source.next(events);
  sent.records += events;
  sent.distinct += distinct;
  await askAll('hold');
  await produce(world.producer, TOPIC, values);
  const startedMs = performance.now();
  await askAll('release');
  await waitForPosition(world.pool, group, sent.records);
  return (performance.now() - startedMs) / 1000;
}
