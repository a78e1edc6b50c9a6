// Reads API keys. What comes back never holds a secret; only `loadKeySecret` reads the hash, for the comparison.
import type { Queryable } from '../db/index.ts';
import { type ApiKey, type ApiKeyRow, toApiKey } from './api-key.ts';

const LIST_LIMIT_MAX = 1_000;

/** Newest first; at most a thousand, since keys are made by people. */
export async function listKeys(db: Queryable, nowMs: number): Promise<ApiKey[]> {
  const { rows } = await db.query<ApiKeyRow>(
    `select key_id, name, scopes, customer_id, created_at, expires_at, revoked_at, rotated_to, made_by
     from api_keys order by created_at desc, key_id limit $1`,
    [LIST_LIMIT_MAX],
  );
  return rows.map((row) => toApiKey(row, nowMs));
}

export async function getKey(db: Queryable, keyId: string, nowMs: number): Promise<ApiKey | null> {
  const { rows } = await db.query<ApiKeyRow>(
    `select key_id, name, scopes, customer_id, created_at, expires_at, revoked_at, rotated_to, made_by
     from api_keys where key_id = $1`,
    [keyId],
  );
  return rows[0] === undefined ? null : toApiKey(rows[0], nowMs);
}

export interface ApiKeySecretRow extends ApiKeyRow {
  readonly secret_sha256: Buffer;
}

/** Keys that are not known are not in the map. */
export async function loadKeySecrets(db: Queryable, keyIds: readonly string[]): Promise<Map<string, ApiKeySecretRow>> {
  const { rows } = await db.query<ApiKeySecretRow>({
    name: 'access-load-key-secrets',
    text: `
      select key_id, name, scopes, customer_id, created_at, expires_at, revoked_at, rotated_to, made_by, secret_sha256
      from api_keys where key_id = any($1::text[])`,
    values: [keyIds],
  });
  return new Map(rows.map((row) => [row.key_id, row]));
}
