// A lender's own reader of the topics that ECS writes: every outgoing event with how often it came and whether a customer's
// came in order for the first time, and the ids of the dead letters that were announced.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { loadTopicEnds } from '../world/load-topic-ends.ts';

export interface TopicLedger {
  /** Reads on to the present end of both topics. */
  catchUp(): Promise<void>;
  /** Event id -> customer and sequence. */
  readonly events: ReadonlyMap<string, { readonly customerId: string; readonly sequence: number }>;
  readonly deadLetters: ReadonlySet<string>;
  /** First sightings out of order, and ids that came with another content. */
  readonly disorder: readonly string[];
}

const OUT = 'ecs.credit-limits.v1';
const DEAD = 'ecs.dead-letters.v1';
const WITHIN_MS = 90_000;

export function createTopicLedger(brokers: readonly string[]): TopicLedger {
  const client = new Kafka({ brokers: [...brokers], clientId: 'fault-ledger', logLevel: logLevel.NOTHING });
  const positions = new Map<string, number>();
  const events = new Map<string, { customerId: string; sequence: number }>();
  const newest = new Map<string, number>();
  const deadLetters = new Set<string>();
  const disorder: string[] = [];

  function takeOutgoing(text: string): void {
    const { id, subject, sequence: given } = JSON.parse(text) as { id: string; subject: string; sequence: string };
    const sequence = Number(given);
    const known = events.get(id);
    if (known !== undefined) {
      if (known.customerId !== subject || known.sequence !== sequence) disorder.push(`${id} came with another content`);
      return;
    }
    events.set(id, { customerId: subject, sequence });
    const last = newest.get(subject) ?? 0;
    if (sequence !== last + 1) disorder.push(`${subject}: ${sequence} came first after ${last}`);
    newest.set(subject, Math.max(last, sequence));
  }

  function take(topic: string, value: Buffer | null): void {
    const text = value?.toString('utf8') ?? '';
    if (topic === OUT) takeOutgoing(text);
    else deadLetters.add((JSON.parse(text) as { deadLetterId: string }).deadLetterId);
  }

  async function catchUp(): Promise<void> {
    const ends = await loadTopicEnds(brokers, [OUT, DEAD]);
    const isDone = () => [...ends].every(([place, end]) => (positions.get(place) ?? 0) >= end);
    if (isDone()) return;
    const consumer = client.consumer({ groupId: `fault-ledger-${randomUUID()}`, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topics: [OUT, DEAD], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => {
        const place = `${topic}/${partition}`;
        const offset = Number(message.offset);
        if (offset < (positions.get(place) ?? 0)) return;
        positions.set(place, offset + 1);
        take(topic, message.value);
      },
    });
    for (const place of ends.keys()) {
      const [topic = '', partition = ''] = place.split('/');
      consumer.seek({ topic, partition: Number(partition), offset: String(positions.get(place) ?? 0) });
    }
    const deadline = Date.now() + WITHIN_MS;
    while (!isDone() && Date.now() < deadline) await sleep(50);
    await consumer.disconnect();
    if (!isDone()) throw new Error('the topics that ECS writes could not be read to their ends');
  }

  return { catchUp, events, deadLetters, disorder };
}
