// The face of access: who may call, and how a repeated call is answered once.
export type { ApiKey, ApiKeyState } from './api-key.ts';
export {
  createIdempotencyPruner,
  type IdempotencyPruner,
  type IdempotencyPrunerOptions,
} from './idempotency-pruner-worker.ts';
export type { IdempotentAnswer, IdempotentRequest, StoredAnswer } from './idempotent-request.ts';
export { type Authenticate, type Caller, createAuthenticator } from './load-caller.ts';
export { type KeyActor, loadKeyActor } from './load-key-actor.ts';
export { getKey, listKeys } from './load-keys.ts';
export { ensureFirstKey, type FirstKey, type FirstKeyOptions } from './save-first-key.ts';
export { pruneIdempotencyKeys, runIdempotent } from './save-idempotent.ts';
export { type CreatedKey, createKey, type KeyRotation, type NewKey, revokeKey, rotateKey } from './save-keys.ts';
export { holdsScope, holdsScopes, SCOPES, type Scope, TWO_PEOPLE_SCOPES } from './scopes.ts';
export { shareTransactions } from './share-transactions.ts';
