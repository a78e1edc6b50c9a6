// Runs many requests in one transaction, each at most once per Idempotency-Key: one statement for all of them. A request
// that comes back as an error keeps nothing, and its neighbours keep theirs.
import type pg from 'pg';
import { binaryArray, type Queryable } from '../db/index.ts';
import { assert } from '../lib/assert.ts';
import { EcsError } from '../lib/errors.ts';
import type { IdempotentAnswer, IdempotentRequest, StoredAnswer } from './idempotent-request.ts';

export interface SharedRequest<Request> {
  readonly request: Request;
  /** Null where no Idempotency-Key was given. No two of one transaction may be the same. */
  readonly claim: IdempotentRequest | null;
}

/** One outcome for each request, in order. An error means that nothing was changed for that request. */
export type SharedWork<Request> = (
  tx: pg.PoolClient,
  requests: readonly Request[],
) => Promise<readonly (StoredAnswer | EcsError)[]>;

// Statements that join the table of keys are planned anew each time: that table begins empty, and a plan kept from then
// would read all of it.

type Claimed<Request> = SharedRequest<Request> & { readonly claim: IdempotentRequest };

/** Throws what concerns all of them; waits while another transaction holds one of the keys. */
export async function runIdempotentMany<Request>(
  tx: pg.PoolClient,
  asked: readonly SharedRequest<Request>[],
  work: SharedWork<Request>,
): Promise<readonly (IdempotentAnswer | EcsError)[]> {
  const keyed = asked.filter((one): one is Claimed<Request> => one.claim !== null);
  const claimed = await claimKeys(tx, keyed).catch((error: unknown) => {
    throw asked.length === 1 ? toRunning(error) : error;
  });
  const repeated = keyed.filter(({ claim }) => !claimed.has(nameOf(claim)));
  const stored = await loadAnswers(tx, repeated);
  const fresh = asked.filter(({ claim }) => claim === null || claimed.has(nameOf(claim)));
  const outcomes = await runFresh(tx, fresh, work);
  return asked.map((one) => outcomes.get(one) ?? replay(one.claim, stored));
}

async function runFresh<Request>(
  tx: pg.PoolClient,
  fresh: readonly SharedRequest<Request>[],
  work: SharedWork<Request>,
): Promise<Map<SharedRequest<Request>, IdempotentAnswer | EcsError>> {
  if (fresh.length === 0) return new Map();
  const answers = await work(
    tx,
    fresh.map(({ request }) => request),
  );
  assert(answers.length === fresh.length, 'each request has its outcome');
  const done = fresh.map((one, index) => {
    const answer = answers[index];
    assert(answer !== undefined, 'each request has its outcome');
    return { one, claim: one.claim, answer };
  });
  await Promise.all([
    saveAnswers(
      tx,
      done.flatMap(({ claim, answer }) => (claim === null || answer instanceof EcsError ? [] : [{ claim, answer }])),
    ),
    forgetKeys(
      tx,
      done.flatMap(({ claim, answer }) => (claim !== null && answer instanceof EcsError ? [claim] : [])),
    ),
  ]);
  return new Map(
    done.map(({ one, answer }) => [one, answer instanceof EcsError ? answer : { ...answer, replayed: false }]),
  );
}

/** Of one request wherever it is asked again. */
export function nameOf({ owner, route, key }: Pick<IdempotentRequest, 'owner' | 'route' | 'key'>): string {
  return `${owner} ${route} ${key}`;
}

/**
 * Names of those that are ours now. In sorted order, so that two processes cannot wait for each other. Dated by the clock that
 * all processes share, as they are forgotten by it: one that is ahead would forget what others still answer from.
 */
async function claimKeys(tx: Queryable, keyed: readonly { readonly claim: IdempotentRequest }[]): Promise<Set<string>> {
  if (keyed.length === 0) return new Set();
  const claims = keyed.map(({ claim }) => claim);
  const { rows } = await tx.query<{ owner: string; route: string; key: string }>({
    name: 'access-claim-keys',
    text: `
      insert into idempotency_keys (owner, route, idempotency_key, request_sha256, created_at)
      select owner, route, idempotency_key, request_sha256, now()
      from unnest($1::text[], $2::text[], $3::text[], $4::bytea[])
        as asked (owner, route, idempotency_key, request_sha256)
      order by owner, route, idempotency_key
      on conflict do nothing
      returning owner, route, idempotency_key as key`,
    values: [...keyColumns(claims), binaryArray.bytea(claims.map((claim) => claim.requestSha256))],
  });
  return new Set(rows.map(nameOf));
}

/** What a claim that failed means: whoever waited too long for a key waited for the request that holds it. */
function toRunning(error: unknown): unknown {
  const isLockTimeout = error instanceof Error && 'code' in error && error.code === '55P03';
  if (!isLockTimeout) return error;
  return new EcsError('ECS_IDEMPOTENCY_RUNNING', 'A request with this Idempotency-Key is still running.', {
    cause: error,
  });
}

function keyColumns(claims: readonly IdempotentRequest[]): [Buffer, Buffer, Buffer] {
  return [
    binaryArray.text(claims.map((claim) => claim.owner)),
    binaryArray.text(claims.map((claim) => claim.route)),
    binaryArray.text(claims.map((claim) => claim.key)),
  ];
}

interface StoredRow {
  readonly owner: string;
  readonly route: string;
  readonly key: string;
  readonly request_sha256: Buffer;
  readonly status: number | null;
  readonly response: string | null;
}

async function loadAnswers(
  tx: Queryable,
  repeated: readonly { readonly claim: IdempotentRequest }[],
): Promise<Map<string, StoredRow>> {
  if (repeated.length === 0) return new Map();
  const { rows } = await tx.query<StoredRow>({
    text: `
      select owner, route, idempotency_key as key, request_sha256, status, response
      from idempotency_keys
      join unnest($1::text[], $2::text[], $3::text[]) as asked (owner, route, idempotency_key)
        using (owner, route, idempotency_key)`,
    values: keyColumns(repeated.map(({ claim }) => claim)),
  });
  return new Map(rows.map((row) => [nameOf(row), row]));
}

function replay(claim: IdempotentRequest | null, stored: ReadonlyMap<string, StoredRow>): IdempotentAnswer | EcsError {
  assert(claim !== null, 'a request without a key is always run');
  const row = stored.get(nameOf(claim));
  // Pruned in this very moment: the answer is gone, and running it again is what the caller must decide.
  if (row === undefined) return new EcsError('ECS_IDEMPOTENCY_RUNNING', 'This Idempotency-Key has just expired.');
  if (!row.request_sha256.equals(claim.requestSha256)) {
    return new EcsError(
      'ECS_IDEMPOTENCY_MISMATCH',
      'This Idempotency-Key was used with another request; take a new key.',
    );
  }
  assert(row.status !== null, 'a committed idempotency key has its answer');
  return { status: row.status, body: row.response, replayed: true };
}

async function saveAnswers(
  tx: Queryable,
  answered: readonly { readonly claim: IdempotentRequest; readonly answer: StoredAnswer }[],
): Promise<void> {
  if (answered.length === 0) return;
  await tx.query({
    text: `
      update idempotency_keys kept set status = given.status, response = given.response
      from unnest($1::text[], $2::text[], $3::text[], $4::int4[], $5::text[])
        as given (owner, route, idempotency_key, status, response)
      where kept.owner = given.owner and kept.route = given.route and kept.idempotency_key = given.idempotency_key`,
    values: [
      ...keyColumns(answered.map(({ claim }) => claim)),
      binaryArray.int4(answered.map(({ answer }) => answer.status)),
      binaryArray.text(answered.map(({ answer }) => answer.kept ?? answer.body)),
    ],
  });
}

/** Of failed requests, which may be repeated under the same key; nobody outside has seen these rows. */
async function forgetKeys(tx: Queryable, claims: readonly IdempotentRequest[]): Promise<void> {
  if (claims.length === 0) return;
  await tx.query({
    text: `
      delete from idempotency_keys kept
      using unnest($1::text[], $2::text[], $3::text[]) as given (owner, route, idempotency_key)
      where kept.owner = given.owner and kept.route = given.route and kept.idempotency_key = given.idempotency_key`,
    values: keyColumns(claims),
  });
}
