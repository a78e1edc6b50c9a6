// The only place where an error becomes an HTTP status. Total over the error codes, so a new code cannot be forgotten;
// what a server-side failure says to the outside is fixed here, whatever the error itself knows.
import { toEcsError } from '../db/index.ts';
import { EcsError, type ErrorCode, isEcsError } from '../lib/errors.ts';
import type { FieldError, Problem } from './problem.ts';

export interface ProblemKind {
  readonly status: number;
  readonly slug: string;
  readonly title: string;
  readonly retryAfterSeconds?: number;
}

const away = (slug: string, title: string, retryAfterSeconds = 2): ProblemKind => ({
  status: 503,
  slug,
  title,
  retryAfterSeconds,
});
const refused = (status: number, slug: string, title: string): ProblemKind => ({ status, slug, title });
const internal: ProblemKind = { status: 500, slug: 'internal', title: 'Something went wrong inside ECS' };

export const PROBLEM_KINDS: Readonly<Record<ErrorCode, ProblemKind>> = {
  ECS_REQUEST_INVALID: refused(400, 'request-invalid', 'The request is not valid'),
  ECS_UNAUTHENTICATED: refused(401, 'unauthenticated', 'A valid API key is needed'),
  ECS_FORBIDDEN: refused(403, 'forbidden', 'This API key may not do that'),
  ECS_NOT_FOUND: refused(404, 'not-found', 'There is no such thing'),
  ECS_METHOD_NOT_ALLOWED: refused(405, 'method-not-allowed', 'This path does not take that method'),
  ECS_CONFLICT: refused(409, 'conflict', 'The present state does not allow that'),
  ECS_IDEMPOTENCY_RUNNING: {
    ...refused(409, 'idempotency-running', 'The first request with this key is still running'),
    retryAfterSeconds: 1,
  },
  ECS_PAYLOAD_TOO_LARGE: refused(413, 'payload-too-large', 'The body is too large'),
  ECS_UNSUPPORTED_MEDIA: refused(415, 'unsupported-media', 'This media type is not read here'),
  ECS_IDEMPOTENCY_MISMATCH: refused(422, 'idempotency-mismatch', 'The Idempotency-Key belongs to another request'),
  ECS_TOO_MANY_STREAMS: { ...refused(429, 'too-many-streams', 'Too many streams are open'), retryAfterSeconds: 10 },
  ECS_DATABASE_UNAVAILABLE: away('database-unavailable', 'The database is away'),
  ECS_DATABASE_CONFLICT: away('database-conflict', 'Lost a race in the database; nothing was changed', 1),
  ECS_COMMIT_UNKNOWN: away(
    'outcome-unknown',
    'The outcome is not known; repeat with the same Idempotency-Key, or look',
    1,
  ),
  ECS_KAFKA_UNAVAILABLE: away('kafka-unavailable', 'Kafka is away'),
  ECS_INGEST_LEASE_HELD: away('ingest-elsewhere', 'Another process holds the ingest lease', 5),
  ECS_STALE_OWNER: away('ingest-moved', 'Ingest is moving to another process', 1),
  ECS_OFFSET_MISMATCH: away('ingest-moved', 'Ingest is moving to another process', 1),
  ECS_INGEST_STALLED: away('ingest-stalled', 'Ingest stands still', 5),
  ECS_INGEST_BUSY: away('ingest-busy', 'Too many events wait', 1),
  ECS_IMPORT_RUNNING: away('import-running', 'An import is running', 10),
  ECS_BUSY: away('busy', 'Too many requests wait; nothing was done', 1),
  ECS_SHUTTING_DOWN: away('shutting-down', 'ECS is shutting down', 5),
  ECS_VERSION_UNKNOWN: refused(409, 'version-unknown', 'A version this needs is not registered here, or read no more'),
  ECS_CONFIG_INVALID: internal,
  ECS_SCHEMA_NEWER: internal,
  ECS_SCHEMA_MISSING: internal,
  ECS_MIGRATION_CHANGED: internal,
  ECS_EMBEDDED_UNAVAILABLE: internal,
  ECS_DATA_FOLDER_IN_USE: internal,
  ECS_DATA_FOLDER_VERSION: internal,
  ECS_BACKUP_INVALID: internal,
  ECS_TOPIC_MISSING: internal,
  ECS_PARTITIONS_MISMATCH: internal,
  ECS_ROAD_MISMATCH: internal,
  ECS_OFFSET_OUT_OF_RANGE: internal,
  ECS_BATCH_UNREADABLE: internal,
  ECS_MODEL_INVALID: internal,
  ECS_TRAINING_FAILED: internal,
  ECS_POLICY_INVALID: internal,
  ECS_FILE_INVALID: internal,
  ECS_PORT_TAKEN: internal,
  ECS_INTERNAL: internal,
};

export interface PresentedError {
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

export function presentError(raw: unknown, requestId: string): PresentedError {
  const error = toOperational(raw);
  const kind = PROBLEM_KINDS[error.code];
  const own = kind.status < 500;
  const errors = own ? readFieldErrors(error) : undefined;
  return {
    problem: {
      type: `urn:ecs:problem:${kind.slug}`,
      title: kind.title,
      status: kind.status,
      // The text of a failure may hold host names or SQL; it goes to the log under the same request id.
      ...(own ? { detail: error.message } : {}),
      code: kind === internal ? 'ECS_INTERNAL' : error.code,
      requestId,
      ...(errors === undefined ? {} : { errors }),
    },
    headers: headersOf(kind, error),
  };
}

function headersOf(kind: ProblemKind, error: EcsError): Record<string, string> {
  const allow = typeof error.facts.allow === 'string' ? { Allow: error.facts.allow } : {};
  const retryAfter = kind.retryAfterSeconds === undefined ? {} : { 'Retry-After': String(kind.retryAfterSeconds) };
  const authenticate = kind.status === 401 ? { 'WWW-Authenticate': 'Bearer realm="ecs"' } : {};
  return { ...allow, ...retryAfter, ...authenticate };
}

function readFieldErrors(error: EcsError): FieldError[] | undefined {
  const { errors, field } = error.facts;
  if (Array.isArray(errors)) return errors;
  // Rooms below know the field, not where in the request it came from; what they refuse comes from the body or the query.
  return typeof field === 'string'
    ? [{ in: field === 'cursor' ? 'query' : 'body', field, expected: error.message }]
    : undefined;
}

/** A read outside any transaction fails with the driver's own error: what it means is told by the one table of them. */
function toOperational(raw: unknown): EcsError {
  const error = toEcsError(raw);
  if (isEcsError(error)) return error;
  const named = readHttpError(error);
  return named ?? new EcsError('ECS_INTERNAL', 'unexpected', { cause: error });
}

// What the body parser and the router of Express call their refusals.
const HTTP_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  'entity.too.large': ['ECS_PAYLOAD_TOO_LARGE', 'The body is larger than this operation reads.'],
  'entity.parse.failed': ['ECS_REQUEST_INVALID', 'The body is not well-formed JSON.'],
  'request.aborted': ['ECS_REQUEST_INVALID', 'The request was aborted.'],
  'request.size.invalid': ['ECS_REQUEST_INVALID', 'The body is not as long as Content-Length says.'],
  'charset.unsupported': ['ECS_UNSUPPORTED_MEDIA', 'The body must be UTF-8.'],
  'encoding.unsupported': ['ECS_UNSUPPORTED_MEDIA', 'This Content-Encoding is not read here.'],
};

function readHttpError(error: unknown): EcsError | undefined {
  if (error instanceof URIError)
    return new EcsError('ECS_REQUEST_INVALID', 'The path is not well-formed percent-encoding.');
  if (!(error instanceof Error)) return undefined;
  const known = 'type' in error && typeof error.type === 'string' ? HTTP_ERRORS[error.type] : undefined;
  if (known !== undefined) return new EcsError(known[0], known[1], { cause: error });
  // The body parser hands on what a decompressor says under this status, without a name.
  const isDamaged = 'status' in error && error.status === 400;
  return isDamaged
    ? new EcsError('ECS_REQUEST_INVALID', 'The body cannot be read as its Content-Encoding says.', { cause: error })
    : undefined;
}
