// The face of the database room: connections, transactions, migrations, and the PostgreSQL that comes with ECS.
export { appendOutboxEvents, type NewOutboxEvent } from './append-outbox-events.ts';
export { binaryArray } from './binary-array.ts';
export { connectClient } from './connect-client.ts';
export { dumpSchema } from './dump-schema.ts';
export { backupData } from './embedded/backup-data.ts';
export { findRunningPostgres } from './embedded/find-running-postgres.ts';
export { hasEmbeddedData } from './embedded/own-files.ts';
export { type ResetOutcome, resetData } from './embedded/reset-data.ts';
export { type RestoreOptions, restoreData } from './embedded/restore-data.ts';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/start-embedded-postgres.ts';
export { insertOutboxEvents, type NumberedOutboxEvent } from './insert-outbox-events.ts';
export { loadDatabaseTime } from './load-database-time.ts';
export { lockAccounts } from './lock-accounts.ts';
export { checkSchema, MIGRATIONS_DIR, type MigrationOptions, migrate } from './migrate.ts';
export { checkServer, createPool, type PoolOptions, type Queryable } from './pool.ts';
export { type QueueTrigger, queueDecisions } from './queue-decisions.ts';
export { isConnectionTrouble, type RetryOptions, retryDatabase, toEcsError } from './retry.ts';
export { type Isolation, inTransaction, type TransactionOptions } from './transaction.ts';
