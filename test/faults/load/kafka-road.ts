// Sends records to the broker as a lender's producer would, and tells where each came to stand. It tries again until the
// broker has acknowledged: then, and only then, a record was accepted.
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs';

export interface Outgoing {
  readonly topic: string;
  readonly key: string;
  readonly value: string | null;
  readonly partition: number;
}

export interface Sent {
  /** In the order given. */
  readonly offsets: readonly number[];
  readonly tries: number;
}

export interface KafkaRoad {
  /** Null where it was given up because of the signal: it may stand in the log or not. */
  send(records: readonly Outgoing[], signal: AbortSignal): Promise<Sent | null>;
  stop(): Promise<void>;
}

const AGAIN_AFTER_MS = 150;

export function createKafkaRoad(brokers: readonly string[]): KafkaRoad {
  // Every try is one of ours, so that their number is known.
  const client = new Kafka({
    brokers: [...brokers],
    clientId: 'fault-load',
    logLevel: logLevel.NOTHING,
    requestTimeout: 5_000,
    connectionTimeout: 2_000,
    retry: { retries: 0 },
  });
  let producer: Promise<Producer> | undefined;

  function connect(): Promise<Producer> {
    producer ??= open(client).catch((error: unknown) => {
      producer = undefined;
      throw error;
    });
    return producer;
  }

  /** A producer that met a broker's end keeps to what it knew: a new one looks again. */
  async function renew(): Promise<void> {
    const old = producer;
    producer = undefined;
    await old?.then((opened) => opened.disconnect()).catch(() => {});
  }

  return {
    async send(records, signal) {
      for (let tries = 1; ; tries++) {
        try {
          return { offsets: await sendOnce(await connect(), records), tries };
        } catch {
          // Whatever it was, the answer is the same: it was not acknowledged.
          if (signal.aborted) return null;
          await renew();
          await sleep(AGAIN_AFTER_MS);
        }
      }
    },
    stop: renew,
  };
}

async function open(client: Kafka): Promise<Producer> {
  const producer = client.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  return producer;
}

async function sendOnce(producer: Producer, records: readonly Outgoing[]): Promise<number[]> {
  const topics = [...new Set(records.map(({ topic }) => topic))];
  const acks = await producer.sendBatch({
    acks: -1,
    timeout: 5_000,
    topicMessages: topics.map((topic) => ({
      topic,
      messages: records
        .filter((record) => record.topic === topic)
        .map(({ key, value, partition }) => ({ key, value, partition })),
    })),
  });
  const next = new Map(acks.map((ack) => [`${ack.topicName}/${ack.partition}`, Number(ack.baseOffset)]));
  return records.map(({ topic, partition }) => {
    const place = `${topic}/${partition}`;
    const offset = next.get(place);
    if (offset === undefined) throw new Error(`no acknowledgement for ${place}`);
    next.set(place, offset + 1);
    return offset;
  });
}
