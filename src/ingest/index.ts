// The face of the ingest room: batches in, counted once, over Kafka or over HTTP.
export type { DeadLetter } from './dead-letters/dead-letter.ts';
export { createDeadLetters, type DeadLetterPage, type DeadLetters } from './dead-letters/dead-letters.ts';
export type { DeadLetterCount, DeadLetterFilter } from './dead-letters/load-dead-letters.ts';
export { ensureInstallation, type Installation, loadInstallation, type Road } from './ensure-installation.ts';
export {
  createHttpRoad,
  HTTP_CONSUMER_GROUP,
  type HttpRoad,
  type HttpRoadStatus,
  toHttpRoad,
} from './http/http-road.ts';
export type {
  EventSubmit,
  IncomingRecord,
  Ingest,
  IngestBatch,
  IngestHandlers,
  IngestOutcome,
  PartitionClaim,
  PartitionToClaim,
  SubmittedEvent,
  TopicHandler,
} from './incoming.ts';
export { createIngest, type IngestOptions } from './ingest.ts';
export { createIngestMetrics, type IngestMetrics } from './ingest-metrics.ts';
export { createKafkaEventProducer, type KafkaEventProducer } from './kafka/kafka-event-producer.ts';
export {
  createKafkaRoad,
  type KafkaRoad,
  type KafkaRoadOptions,
  type KafkaRoadSettings,
  type KafkaRoadStatus,
} from './kafka/kafka-road.ts';
export { createTopicRelay, type TopicRelay } from './kafka/topic-relay.ts';
export { loadIngestStatus, type StoredPartition } from './load-ingest-status.ts';
