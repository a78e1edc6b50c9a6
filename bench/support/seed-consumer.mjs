// The seed's way as a process of its own: kafkajs `eachMessage`, parse, validate, INSERT and UPDATE, each awaited. Counts as
// many messages as it is told to, says how long they took from the first one on, and ends.

import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { loadProduct } from './load-product.mjs';
import { countEmotion } from './seeds-way.mjs';

const { SEED_BROKERS, SEED_TOPIC, SEED_GROUP, SEED_MESSAGES, SEED_DATABASE_URL } = process.env;
const { emotionEventSchema } = await loadProduct('events/emotion-event.js');
const wanted = Number(SEED_MESSAGES);
const pool = new pg.Pool({ connectionString: SEED_DATABASE_URL });
const kafka = new Kafka({ brokers: SEED_BROKERS.split(','), logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: SEED_GROUP });

let startedMs;
let messages = 0;
let finish;
const finished = new Promise((resolve) => {
  finish = resolve;
});

await consumer.connect();
await consumer.subscribe({ topic: SEED_TOPIC, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ message }) => {
    startedMs ??= performance.now();
    if (messages === wanted) return;
    await countEmotion(pool, emotionEventSchema, message.value);
    messages += 1;
    if (messages === wanted) finish((performance.now() - startedMs) / 1000);
  },
});
process.on('disconnect', () => process.exit());
const seconds = await finished;
process.send({ seconds, messages });
await consumer.disconnect();
await pool.end();
process.disconnect();
