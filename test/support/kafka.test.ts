// The tests' own broker: it keeps what it is given, it is shared by a run, and an own one survives a SIGKILL with its data.

import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';
import { createTopics } from './create-topics.ts';
import { startOwnKafka, useKafka } from './kafka.ts';
import { uniqueName } from './unique-name.ts';

function connectTo(brokers: string[]): Kafka {
  return new Kafka({
    clientId: 'kafka-test',
    brokers,
    logLevel: logLevel.NOTHING,
    retry: { initialRetryTime: 50, retries: 3 },
  });
}

async function produce(brokers: string[], topic: string, values: readonly string[]): Promise<void> {
  const producer = connectTo(brokers).producer();
  await producer.connect();
  try {
    await producer.send({ topic, messages: values.map((value) => ({ key: value, value })) });
  } finally {
    await producer.disconnect();
  }
}

async function consume(brokers: string[], topic: string, count: number): Promise<string[]> {
  const consumer = connectTo(brokers).consumer({ groupId: uniqueName('group') });
  const received: string[] = [];
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      void consumer.run({
        eachMessage: async ({ message }) => {
          received.push(`${message.value}`);
          if (received.length >= count) resolve();
        },
      });
    });
  } finally {
    await consumer.disconnect();
  }
  return received.sort();
}

const VALUES = Array.from({ length: 20 }, (_, index) => `${index}-${randomUUID()}`).sort();

test('what is produced to the shared broker is consumed from every partition', async () => {
  const { brokers } = await useKafka();
  const topic = uniqueName('round-trip');
  await createTopics(brokers, [{ topic, partitions: 3 }]);
  await produce(brokers, topic, VALUES);
  expect(await consume(brokers, topic, VALUES.length)).toEqual(VALUES);
}, 120_000);

test('asking at the same moment and again gives the same broker', async () => {
  const answers = await Promise.all([useKafka(), useKafka()]);
  expect(answers[0].brokers).toEqual(answers[1].brokers);
  expect((await useKafka()).brokers).toEqual(answers[0].brokers);
}, 120_000);

test('an unknown topic is not created by naming it', async () => {
  const { brokers } = await useKafka();
  await expect(produce(brokers, uniqueName('absent'), ['x'])).rejects.toThrow(/does not host this topic/);
}, 120_000);

test('a killed broker comes back on its folder and port with what it held', async () => {
  const first = await startOwnKafka();
  const topic = uniqueName('kept');
  try {
    await createTopics(first.brokers, [{ topic, partitions: 2 }]);
    await produce(first.brokers, topic, VALUES);
  } finally {
    await first.kill();
  }
  const again = await startOwnKafka({ dir: first.dir, port: first.port });
  try {
    expect(again.brokers).toEqual(first.brokers);
    expect(again.pid).not.toBe(first.pid);
    expect(await consume(again.brokers, topic, VALUES.length)).toEqual(VALUES);
  } finally {
    await again.stop();
  }
}, 120_000);
