// Takes what waits in the topic outbox to where it belongs: dead letters, misplaced and retried events. At least once: a
// message is deleted after it was taken over, and a copy is dropped by its identity.
import type pg from 'pg';
import { inTransaction, type Queryable } from '../../db/index.ts';
import type { KafkaMessage } from '../../events/kafka-client.ts';
import { isEcsError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { pause } from '../../lib/pause.ts';

export interface TopicRelayOptions {
  readonly pool: pg.Pool;
  /** The Kafka producer's `send`, or `toHttpRoad(submit)`. */
  readonly publish: (messages: readonly KafkaMessage[]) => Promise<void>;
  readonly log: Log;
  readonly pollMs?: number;
}

export interface TopicRelay {
  start(): void;
  stop(): Promise<void>;
  /** Takes over what is there; gives back how many messages that were. */
  drainOnce(): Promise<number>;
}

const POLL_MS = 500;
const PAUSE_MS_MAX = 30_000;
const MESSAGES_AT_ONCE = 200;

export function createTopicRelay({ pool, publish, log, pollMs = POLL_MS }: TopicRelayOptions): TopicRelay {
  let stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();

  async function relaySome(): Promise<number> {
    return inTransaction(pool, async (tx) => {
      const waiting = await lockWaiting(tx);
      if (waiting.length === 0) return 0;
      await publish(waiting.map(({ message }) => message));
      await deleteTaken(
        tx,
        waiting.map(({ id }) => id),
      );
      return waiting.length;
    });
  }

  async function drainOnce(): Promise<number> {
    let relayed = 0;
    for (;;) {
      const some = await relaySome();
      relayed += some;
      if (some < MESSAGES_AT_ONCE || stopping.signal.aborted) return relayed;
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      try {
        await drainOnce();
        failures = 0;
      } catch (error) {
        // Nothing is lost: the messages wait in the table, and the next round takes them.
        failures++;
        const code = isEcsError(error) ? error.code : 'ECS_INTERNAL';
        log.warn({ code, err: error, failures }, 'messages for topics wait: they could not be handed over');
      }
      const pauseMs = Math.min(PAUSE_MS_MAX, pollMs * 2 ** Math.min(failures, 10));
      await pause(pauseMs, signal);
    }
  }

  return {
    start() {
      stopping = new AbortController();
      running = run(stopping.signal);
    },
    async stop() {
      stopping.abort();
      await running;
    },
    drainOnce,
  };
}

interface WaitingMessage {
  readonly id: number;
  readonly message: KafkaMessage;
}

async function lockWaiting(tx: Queryable): Promise<WaitingMessage[]> {
  const { rows } = await tx.query<{
    topic_outbox_id: number;
    topic: string;
    message_key: string | null;
    message_value: Buffer;
    headers: Record<string, string>;
  }>({
    name: 'topic-outbox-lock',
    text: `
      select topic_outbox_id, topic, message_key, message_value, headers from topic_outbox
      order by topic_outbox_id limit $1
      for update skip locked`,
    values: [MESSAGES_AT_ONCE],
  });
  return rows.map((row) => ({
    id: row.topic_outbox_id,
    message: { topic: row.topic, key: row.message_key, value: row.message_value, headers: row.headers },
  }));
}

async function deleteTaken(tx: Queryable, ids: readonly number[]): Promise<void> {
  await tx.query({
    name: 'topic-outbox-delete',
    text: 'delete from topic_outbox where topic_outbox_id = any($1::bigint[])',
    values: [ids],
  });
}
