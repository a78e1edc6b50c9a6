// The one file that loads the Kafka client library (kafkajs): the connection and the producer here, the admin and the
// group consumer beside it, all in ECS's own terms. The library's errors do not leak out.
import { Kafka, logLevel, type Message, Partitioners, type RetryOptions } from 'kafkajs';
import { EcsError, type ErrorCode, isEcsError } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';

export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl: boolean;
  readonly sasl: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  } | null;
}

export interface KafkaMessage {
  readonly topic: string;
  /** Decides the partition, as Kafka's Java clients do; null: any. */
  readonly key: string | null;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface KafkaProducer {
  /** Resolves after every replica in sync has acknowledged; ECS_KAFKA_UNAVAILABLE within a bounded time. */
  send(messages: readonly KafkaMessage[]): Promise<void>;
  stop(): Promise<void>;
}

const REQUEST_TIMEOUT_MS = 10_000;
const CONNECTION_TIMEOUT_MS = 3_000;
const SEND_TIMEOUT_MS = 10_000;
// Half of what a broker takes by default, whatever partitions the messages fall on.
const CHUNK_BYTES = 512 * 1024;

/** A broker that came back is noticed within a few retries; past them the caller decides. */
export const KAFKA_RETRY = {
  initialRetryTime: 100,
  multiplier: 2,
  factor: 0.2,
  maxRetryTime: 2_000,
  retries: 5,
} as const;
/** How long a changed topic may go unnoticed. */
export const METADATA_AGE_MS = 60_000;

export function connectKafka(settings: KafkaSettings, options: { log?: Log; retry?: RetryOptions } = {}): Kafka {
  const { log, retry = KAFKA_RETRY } = options;
  return new Kafka({
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    ssl: settings.ssl,
    ...(settings.sasl === null
      ? {}
      : { sasl: { ...settings.sasl } as { mechanism: 'plain'; username: string; password: string } }),
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry,
    logLevel: log === undefined ? logLevel.NOTHING : logLevel.WARN,
    // What matters comes to us as an error; the library's lines are for whoever looks closer.
    logCreator: () => (entry) => log?.debug({ kafka: entry.namespace, ...entry.log }, entry.log.message),
  });
}

export function createKafkaProducer(settings: KafkaSettings, options: { timeoutMs?: number } = {}): KafkaProducer {
  const timeoutMs = options.timeoutMs ?? SEND_TIMEOUT_MS;
  let line: ProducerLine | undefined;

  return {
    async send(messages) {
      for (const chunk of splitIntoChunks(messages)) {
        line ??= openLine(settings);
        const own = line;
        try {
          await withDeadline(own.send(chunk, timeoutMs), timeoutMs);
        } catch (error) {
          // A broker that took the connection and did not say who it is stays unknown to the library for as long as the
          // connection stands, even after it speaks again. So whoever fails begins anew.
          if (line === own && isEcsError(error) && error.code === 'ECS_KAFKA_UNAVAILABLE') {
            line = undefined;
            own.retire();
          }
          throw error;
        }
      }
    },
    async stop() {
      await line?.close();
    },
  };
}

/** One producer of the library, from its first send to its end. */
interface ProducerLine {
  send(chunk: readonly KafkaMessage[], timeoutMs: number): Promise<void>;
  close(): Promise<void>;
  /** Closes it once what others have on their way over it has ended. */
  retire(): void;
}

function openLine(settings: KafkaSettings): ProducerLine {
  // Not idempotent: what is sent twice is dropped by its identity, and the library's idempotent producer does not find
  // its way back after a broker answered out of order.
  const producer = connectKafka(settings).producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    metadataMaxAge: METADATA_AGE_MS,
  });
  const connected = producer.connect();
  const sending = new Set<Promise<unknown>>();

  async function sendNow(chunk: readonly KafkaMessage[], timeoutMs: number): Promise<void> {
    await connected;
    await producer.sendBatch({ acks: -1, timeout: timeoutMs, topicMessages: groupByTopic(chunk) });
  }

  return {
    send(chunk, timeoutMs) {
      const work = sendNow(chunk, timeoutMs);
      sending.add(work);
      return work.finally(() => sending.delete(work));
    },
    close: () => producer.disconnect(),
    retire() {
      const ended = Promise.allSettled([connected, ...sending]).then(() => producer.disconnect());
      ended.catch(() => {
        // What cannot be disconnected is gone already.
      });
    },
  };
}

function groupByTopic(messages: readonly KafkaMessage[]): { topic: string; messages: Message[] }[] {
  const byTopic = new Map<string, Message[]>();
  for (const { topic, key, value, headers } of messages) {
    const own = byTopic.get(topic);
    const message = { key, value, headers: { ...headers } };
    if (own === undefined) byTopic.set(topic, [message]);
    else own.push(message);
  }
  return [...byTopic].map(([topic, own]) => ({ topic, messages: own }));
}

function* splitIntoChunks(messages: readonly KafkaMessage[]): Generator<KafkaMessage[]> {
  let chunk: KafkaMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = message.value.length + (message.key?.length ?? 0) + 100;
    if (chunk.length > 0 && bytes + size > CHUNK_BYTES) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(message);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

async function withDeadline(work: Promise<void>, timeoutMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    // When the deadline wins, `work` goes on unheard; the race has subscribed to it, so its failure is not unhandled.
    await Promise.race([work, deadline]);
  } catch (error) {
    throw toKafkaError(error);
  } finally {
    clearTimeout(timer);
  }
}

const CODES: Readonly<Record<string, ErrorCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'ECS_TOPIC_MISSING',
  MESSAGE_TOO_LARGE: 'ECS_PAYLOAD_TOO_LARGE',
  KafkaJSSASLAuthenticationError: 'ECS_CONFIG_INVALID',
};

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  ECS_TOPIC_MISSING:
    'A Kafka topic that ECS needs is missing: create it, or let ECS do it with KAFKA_CREATE_TOPICS=true',
  ECS_PAYLOAD_TOO_LARGE: 'Kafka refuses the message because it is too large: raise max.message.bytes of the topic',
  ECS_CONFIG_INVALID:
    'Kafka refuses the login: check KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD',
  ECS_KAFKA_UNAVAILABLE: 'Kafka cannot be reached or does not answer: check KAFKA_BROKERS',
};

export function toKafkaError(error: unknown): EcsError {
  if (isEcsError(error)) return error;
  const code = findCode(error) ?? 'ECS_KAFKA_UNAVAILABLE';
  const detail = error instanceof Error ? error.message : String(error);
  return new EcsError(code, `${MESSAGES[code]} (${detail})`, { cause: error });
}

function findCode(error: unknown): ErrorCode | undefined {
  if (!(error instanceof Error)) return undefined;
  const type = 'type' in error && typeof error.type === 'string' ? error.type : error.name;
  return CODES[type] ?? findCode(error.cause);
}
