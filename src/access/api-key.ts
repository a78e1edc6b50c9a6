// An API key as everybody but its holder sees it, and the one mapper from its row. The secret itself is nowhere.
import type { Scope } from './scopes.ts';

export type ApiKeyState = 'live' | 'rotated' | 'expired' | 'revoked';

export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** The one customer this key reaches; null for the lender's own keys. */
  readonly customerId: string | null;
  /** `rotated`: a successor exists and this one still works until it expires. */
  readonly state: ApiKeyState;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly revokedAt: string | null;
  readonly rotatedTo: string | null;
  /** The key that made it over the API; null where it was made at the database. */
  readonly madeBy: string | null;
}

export interface ApiKeyRow {
  readonly key_id: string;
  readonly name: string;
  readonly scopes: Scope[];
  readonly customer_id: string | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly rotated_to: string | null;
  readonly made_by: string | null;
}

export function toApiKey(row: ApiKeyRow, nowMs: number): ApiKey {
  return {
    keyId: row.key_id,
    name: row.name,
    scopes: row.scopes,
    customerId: row.customer_id,
    state: stateOf(row, nowMs),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    rotatedTo: row.rotated_to,
    madeBy: row.made_by,
  };
}

export function stateOf(row: Pick<ApiKeyRow, 'revoked_at' | 'expires_at' | 'rotated_to'>, nowMs: number): ApiKeyState {
  if (row.revoked_at !== null) return 'revoked';
  if (row.expires_at !== null && row.expires_at.getTime() <= nowMs) return 'expired';
  return row.rotated_to === null ? 'live' : 'rotated';
}
