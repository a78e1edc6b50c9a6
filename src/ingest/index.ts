// The face of the ingest room: batches in, counted once.
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
