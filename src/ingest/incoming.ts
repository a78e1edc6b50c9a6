// What ingest is handed (records of one partition, in order), what it asks of the rooms that fold events, and what it
// answers. Both roads, Kafka and HTTP, speak in these terms.
import type { Queryable } from '../db/index.ts';
import type { AcceptedEvent, FoldResult } from '../events/accepted-event.ts';
import type { CustomerEvent } from '../events/customer-event.ts';
import type { EmotionEvent } from '../events/emotion-event.ts';
import type { OutcomeEvent } from '../events/outcome-event.ts';
import type { StatementEvent } from '../events/statement-event.ts';
import type { ThoughtEvent } from '../events/thought-event.ts';
import type { InputTopic } from '../events/topics.ts';
import type { TransactionEvent } from '../events/transaction-event.ts';

export interface IncomingRecord {
  readonly offset: number;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The broker's record time, or our receipt. */
  readonly acceptedAtMs: number;
  /** Its batch could not be decompressed: there is an offset, but no content. */
  readonly unreadable?: true;
}

export interface IngestBatch {
  readonly topic: InputTopic;
  readonly partition: number;
  /** The offset that was asked for, not that of the first record: a client that was silently reset is found out by it. */
  readonly fetchedFrom: number;
  /** Where the next batch begins; past the last record and past whatever the log left out behind it. */
  readonly nextOffset: number;
  readonly records: readonly IncomingRecord[];
}

/** Folds the events of one batch into the state with its few batch statements, inside the batch's transaction. */
export type TopicHandler<Event> = (
  tx: Queryable,
  events: readonly AcceptedEvent<Event>[],
  nowMs: number,
) => Promise<FoldResult>;

export interface IngestHandlers {
  readonly 'ecs.customers.v1': TopicHandler<CustomerEvent>;
  readonly 'ecs.emotions.v1': TopicHandler<EmotionEvent>;
  readonly 'ecs.thoughts.v1': TopicHandler<ThoughtEvent>;
  readonly 'ecs.transactions.v1': TopicHandler<TransactionEvent>;
  readonly 'ecs.statements.v1': TopicHandler<StatementEvent>;
  readonly 'ecs.outcomes.v1': TopicHandler<OutcomeEvent>;
}

export interface IngestOutcome {
  readonly records: number;
  /** Events that entered the state. */
  readonly counted: number;
  /** Copies of events that were counted before. */
  readonly duplicates: number;
  /** Left out without being wrong, by cause. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Records that cannot be counted, by code. */
  readonly deadLetters: Readonly<Record<string, number>>;
  /** Sent back onto their topic because they stood in a partition that is not their customer's. */
  readonly misplaced: number;
}

export interface PartitionClaim {
  readonly topic: InputTopic;
  readonly partition: number;
  readonly ownerEpoch: number;
  readonly nextOffset: number;
  /** The epoch before this claim: whoever held it can tell that nobody else wrote in between. */
  readonly previousEpoch: number;
}

export interface PartitionToClaim {
  readonly topic: InputTopic;
  readonly partition: number;
  /** Where a partition begins that was never read before; nobody else's position is ever changed by it. */
  readonly startOffset?: number;
}

export interface Ingest {
  claimPartition(topic: InputTopic, partition: number): Promise<PartitionClaim>;
  /** Bumps the epochs and commits, then reads where each partition stands. In the order given. */
  claimPartitions(partitions: readonly PartitionToClaim[]): Promise<PartitionClaim[]>;
  /**
   * Counts one batch in one transaction. Throws ECS_STALE_OWNER or ECS_OFFSET_MISMATCH with nothing written, and
   * ECS_COMMIT_UNKNOWN when only a new claim can tell. Batches of one partition must come one after the other.
   */
  ingestBatch(batch: IngestBatch, ownerEpoch: number): Promise<IngestOutcome>;
}

/** One event on its way in, as a structured CloudEvent. */
export interface SubmittedEvent {
  readonly topic: InputTopic;
  readonly customerId: string;
  readonly value: Buffer;
}

/** Resolves when every event is durable: after the commit, or after the broker's acknowledgement. */
export type EventSubmit = (events: readonly SubmittedEvent[]) => Promise<void>;
