// Turns a presented token into the caller it belongs to. Every call reads the key, so a revocation works at once.
import { timingSafeEqual } from 'node:crypto';
import { type Queryable, toEcsError } from '../db/index.ts';
import { stateOf } from './api-key.ts';
import { loadKeySecrets } from './load-keys.ts';
import type { Scope } from './scopes.ts';
import { shareReads } from './share-reads.ts';
import { readToken } from './token.ts';

export interface Caller {
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly customerId: string | null;
}

// Compared with when the key is unknown, so that a known key id takes no other road through this function.
const NO_SECRET = Buffer.alloc(32);

/** Null for anything that is not a live key; why is nobody's business who does not hold one. */
export type Authenticate = (token: string, nowMs: number) => Promise<Caller | null>;

export function createAuthenticator(db: Queryable): Authenticate {
  const loadSecret = shareReads((keyIds) => loadKeySecrets(db, keyIds));
  return async (token, nowMs) => {
    const presented = readToken(token);
    if (presented === null) return null;
    const row = await loadSecret(presented.keyId).catch((error: unknown) => {
      throw toEcsError(error);
    });
    const same = timingSafeEqual(presented.tokenSha256, row?.secret_sha256 ?? NO_SECRET);
    if (row === undefined || !same) return null;
    const state = stateOf(row, nowMs);
    if (state !== 'live' && state !== 'rotated') return null;
    return { keyId: row.key_id, name: row.name, scopes: row.scopes, customerId: row.customer_id };
  };
}
