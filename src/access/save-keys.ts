// Makes, rotates and revokes API keys. A token leaves this file exactly once, in the answer to the call that made it.
import type { Queryable } from '../db/index.ts';
import { assert } from '../lib/assert.ts';
import { EcsError } from '../lib/errors.ts';
import { type ApiKey, type ApiKeyRow, stateOf, toApiKey } from './api-key.ts';
import { CUSTOMER_SCOPES, type Scope } from './scopes.ts';
import { type KeyToken, makeToken } from './token.ts';

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly customerId?: string | null;
  readonly expiresAtMs?: number | null;
  /** The key it is made with; null or absent where it is made at the database. */
  readonly madeBy?: string | null;
}

export interface CreatedKey {
  readonly key: ApiKey;
  /** Shown once, stored nowhere. */
  readonly token: string;
}

export async function createKey(db: Queryable, wanted: NewKey, nowMs: number, made = makeToken()): Promise<CreatedKey> {
  refuseUnfitScopes(wanted);
  const row = await insertKey(db, wanted, made, nowMs);
  return { key: toApiKey(row, nowMs), token: made.token };
}

function refuseUnfitScopes({ scopes, customerId }: NewKey): void {
  const unfit = (customerId ?? null) === null ? [] : scopes.filter((scope) => !CUSTOMER_SCOPES.includes(scope));
  if (scopes.length > 0 && unfit.length === 0) return;
  throw new EcsError(
    'ECS_REQUEST_INVALID',
    scopes.length === 0
      ? 'A key needs at least one scope.'
      : `A key bound to a customer cannot hold ${unfit.join(', ')}; it may hold ${CUSTOMER_SCOPES.join(', ')}.`,
    { facts: { field: 'scopes' } },
  );
}

async function insertKey(db: Queryable, wanted: NewKey, made: KeyToken, nowMs: number): Promise<ApiKeyRow> {
  const { rows } = await db.query<ApiKeyRow>(
    `insert into api_keys (key_id, name, secret_sha256, scopes, customer_id, created_at, expires_at, made_by)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     returning key_id, name, scopes, customer_id, created_at, expires_at, revoked_at, rotated_to, made_by`,
    [
      made.keyId,
      wanted.name,
      made.tokenSha256,
      [...new Set(wanted.scopes)],
      wanted.customerId ?? null,
      new Date(nowMs),
      toDate(wanted.expiresAtMs ?? null),
      wanted.madeBy ?? null,
    ],
  );
  assert(rows[0] !== undefined, 'an insert returns its row');
  return rows[0];
}

export interface KeyRotation {
  readonly keyId: string;
  /** How long the old token keeps working beside the new one. */
  readonly overlapMs: number;
  readonly madeBy?: string | null;
}

/** The successor holds what the old key held. Null when there is no such key; must run inside a transaction. */
export async function rotateKey(tx: Queryable, rotation: KeyRotation, nowMs: number): Promise<CreatedKey | null> {
  const old = await lockKey(tx, rotation.keyId);
  if (old === null) return null;
  const state = stateOf(old, nowMs);
  if (state !== 'live') {
    throw new EcsError('ECS_CONFLICT', `Key ${old.key_id} is ${state}; only a live key can be rotated.`);
  }
  const successor = await createKey(tx, { ...inheritedFrom(old, nowMs), madeBy: rotation.madeBy ?? null }, nowMs);
  await retireKey(tx, rotation.keyId, successor.key.keyId, nowMs + rotation.overlapMs);
  return successor;
}

/** A key with an end gets a successor with as long a life. */
function inheritedFrom(old: ApiKeyRow, nowMs: number): NewKey {
  const lifeMs = old.expires_at === null ? null : old.expires_at.getTime() - old.created_at.getTime();
  return {
    name: old.name,
    scopes: old.scopes,
    customerId: old.customer_id,
    expiresAtMs: lifeMs === null ? null : nowMs + lifeMs,
  };
}

async function lockKey(tx: Queryable, keyId: string): Promise<ApiKeyRow | null> {
  const { rows } = await tx.query<ApiKeyRow>(
    `select key_id, name, scopes, customer_id, created_at, expires_at, revoked_at, rotated_to, made_by
     from api_keys where key_id = $1 for update`,
    [keyId],
  );
  return rows[0] ?? null;
}

async function retireKey(tx: Queryable, keyId: string, successorId: string, expiresAtMs: number): Promise<void> {
  await tx.query(
    'update api_keys set rotated_to = $2, expires_at = least(coalesce(expires_at, $3), $3) where key_id = $1',
    [keyId, successorId, new Date(expiresAtMs)],
  );
}

/** Works at once: every request reads the key. Revoking twice keeps the first time. Null when there is no such key. */
export async function revokeKey(db: Queryable, keyId: string, nowMs: number): Promise<ApiKey | null> {
  const { rows } = await db.query<ApiKeyRow>(
    `update api_keys set revoked_at = coalesce(revoked_at, $2) where key_id = $1
     returning key_id, name, scopes, customer_id, created_at, expires_at, revoked_at, rotated_to, made_by`,
    [keyId, new Date(nowMs)],
  );
  return rows[0] === undefined ? null : toApiKey(rows[0], nowMs);
}

function toDate(atMs: number | null): Date | null {
  return atMs === null ? null : new Date(atMs);
}
