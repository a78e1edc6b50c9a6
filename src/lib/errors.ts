// The one error class for operational trouble and the one table of its codes. A refusal is a value, a bug is an
// assert; everything else that can go wrong while running is an EcsError whose code a person can look up.

/** code -> is the same attempt worth repeating later without anybody changing anything? */
export const ERROR_CODES = {
  ECS_CONFIG_INVALID: false,
  ECS_DATABASE_UNAVAILABLE: true,
  ECS_DATABASE_CONFLICT: true,
  ECS_COMMIT_UNKNOWN: true,
  ECS_SCHEMA_NEWER: false,
  ECS_SCHEMA_MISSING: false,
  ECS_MIGRATION_CHANGED: false,
  ECS_EMBEDDED_UNAVAILABLE: false,
  ECS_DATA_FOLDER_IN_USE: false,
  ECS_DATA_FOLDER_VERSION: false,
  ECS_BACKUP_INVALID: false,
  ECS_KAFKA_UNAVAILABLE: true,
  ECS_TOPIC_MISSING: false,
  ECS_PARTITIONS_MISMATCH: false,
  ECS_ROAD_MISMATCH: false,
  ECS_INGEST_LEASE_HELD: true,
  ECS_STALE_OWNER: true,
  ECS_OFFSET_MISMATCH: true,
  ECS_OFFSET_OUT_OF_RANGE: false,
  ECS_BATCH_UNREADABLE: false,
  ECS_INGEST_STALLED: true,
  ECS_INGEST_BUSY: true,
  ECS_MODEL_INVALID: false,
  ECS_TRAINING_FAILED: false,
  ECS_POLICY_INVALID: false,
  ECS_VERSION_UNKNOWN: false,
  ECS_FILE_INVALID: false,
  ECS_IMPORT_RUNNING: true,
  ECS_PORT_TAKEN: false,
  ECS_SHUTTING_DOWN: true,
  ECS_BUSY: true,
  ECS_REQUEST_INVALID: false,
  ECS_NOT_FOUND: false,
  ECS_METHOD_NOT_ALLOWED: false,
  ECS_UNAUTHENTICATED: false,
  ECS_FORBIDDEN: false,
  ECS_CONFLICT: false,
  ECS_TOO_MANY_STREAMS: true,
  ECS_IDEMPOTENCY_MISMATCH: false,
  ECS_IDEMPOTENCY_RUNNING: true,
  ECS_PAYLOAD_TOO_LARGE: false,
  ECS_UNSUPPORTED_MEDIA: false,
  ECS_INTERNAL: false,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface ErrorFacts {
  readonly [name: string]: unknown;
}

/** Operational trouble. `message` says what happened and, where there is one, the way out. */
export class EcsError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly facts: ErrorFacts;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; facts?: ErrorFacts } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'EcsError';
    this.code = code;
    this.retryable = ERROR_CODES[code];
    this.facts = options.facts ?? {};
  }
}

export function isEcsError(error: unknown, code?: ErrorCode): error is EcsError {
  return error instanceof EcsError && (code === undefined || error.code === code);
}
