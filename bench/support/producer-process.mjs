// A producer as a process of its own, led over IPC: it makes its events before the clock starts, and sends them as fast as
// they are taken, or at a steady rate. What makes and sends them is never in the way of whoever measures.

import { Kafka, logLevel } from 'kafkajs';
import { loadProduct } from './load-product.mjs';
import { createEventSource } from './make-events.mjs';
import { sendFast, sendPaced } from './pace-events.mjs';

const { BENCH_BROKERS, BENCH_TOPIC, BENCH_PARTITIONS, BENCH_CUSTOMERS } = process.env;
const product = await loadProduct('lib/ids.js', 'lib/seeded-random.js', 'events/partition-of.js');
const random = product.createSeededRandom(2);
const source = createEventSource({
  product,
  topic: BENCH_TOPIC,
  partitions: Number(BENCH_PARTITIONS),
  customers: Number(BENCH_CUSTOMERS),
  random,
});
const kafka = new Kafka({ brokers: BENCH_BROKERS.split(','), logLevel: logLevel.NOTHING });
const producer = kafka.producer({ allowAutoTopicCreation: false });
await producer.connect();

let prepared = [];

/** All partitions get their events at the same time, as from many producers. */
function shuffle(byPartition) {
  const mixed = byPartition.flatMap((own, partition) => own.map((value) => ({ value, partition })));
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}

const COMMANDS = {
  /** Makes events to send; gives back how many of them are no copies. */
  prepare: async (count) => {
    const { values, distinct } = source.next(count);
    prepared = shuffle(values);
    return distinct;
  },
  send: () => sendFast(producer, BENCH_TOPIC, prepared),
  /** Gives back how many seconds it took until all were acknowledged. */
  pace: (perSecond) => sendPaced(producer, BENCH_TOPIC, prepared, perSecond),
  exit: async () => {
    await producer.disconnect();
    process.disconnect();
  },
};

process.on('message', async ({ id, command, argument }) => {
  try {
    const value = await COMMANDS[command](argument);
    if (process.connected) process.send({ id, value });
  } catch (error) {
    process.send({ id, error: String(error) });
  }
});
// The bench has gone, however it went: nothing is left behind.
process.on('disconnect', () => process.exit());
process.send({ ready: true });
