// Makes the first key of an installation, so that no default password exists anywhere. Two starters may race: one makes it.
import type pg from 'pg';
import { inTransaction, type Queryable } from '../db/index.ts';
import { EcsError } from '../lib/errors.ts';
import { createKey } from './save-keys.ts';
import { isStrongToken, type KeyToken, makeToken, readToken } from './token.ts';

export interface FirstKeyOptions {
  /** The operator's own first key (ECS_ADMIN_KEY); made at random where absent. */
  readonly adminKey?: string | undefined;
  readonly nowMs: number;
}

export type FirstKey =
  /** Print the token now: it cannot be read again. `token` is null when the operator chose it. */
  | { readonly outcome: 'created'; readonly keyId: string; readonly token: string | null }
  /** Keys exist already. `adminKeyKnown` is false when the operator's key is not among them: it was not added. */
  | { readonly outcome: 'present'; readonly adminKeyKnown: boolean };

export async function ensureFirstKey(pool: pg.Pool, options: FirstKeyOptions): Promise<FirstKey> {
  const chosen = options.adminKey === undefined ? null : readAdminKey(options.adminKey);
  return inTransaction(pool, async (tx) => {
    await lockKeys(tx);
    const keyIds = await loadKeyIds(tx);
    if (keyIds.length > 0)
      return { outcome: 'present', adminKeyKnown: chosen === null || keyIds.includes(chosen.keyId) };
    const made = chosen ?? makeToken();
    await createKey(tx, { name: 'first key', scopes: ['admin'] }, options.nowMs, made);
    return { outcome: 'created', keyId: made.keyId, token: chosen === null ? made.token : null };
  });
}

function readAdminKey(adminKey: string): KeyToken {
  const token = isStrongToken(adminKey) ? readToken(adminKey) : null;
  if (token !== null) return token;
  throw new EcsError(
    'ECS_CONFIG_INVALID',
    'ECS_ADMIN_KEY is too easy to guess: give 32 to 256 printable characters without spaces, for example from `openssl rand -hex 32`.',
  );
}

async function lockKeys(tx: Queryable): Promise<void> {
  await tx.query('lock table api_keys in share row exclusive mode');
}

async function loadKeyIds(tx: Queryable): Promise<string[]> {
  const { rows } = await tx.query<{ key_id: string }>('select key_id from api_keys');
  return rows.map((row) => row.key_id);
}
