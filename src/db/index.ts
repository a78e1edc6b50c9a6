// The face of the database room: connections, transactions, migrations, and the PostgreSQL that comes with ECS.
export { binaryArray } from './binary-array.ts';
export { dumpSchema } from './dump-schema.ts';
export { resetData } from './embedded/reset-data.ts';
export {
  type EmbeddedPostgres,
  type EmbeddedPostgresOptions,
  startEmbeddedPostgres,
} from './embedded/start-embedded-postgres.ts';
export { checkSchema, MIGRATIONS_DIR, type MigrationOptions, migrate } from './migrate.ts';
export { checkServer, createPool, type PoolOptions, type Queryable } from './pool.ts';
export { isConnectionTrouble, type RetryOptions, retryDatabase, toEcsError } from './retry.ts';
export { type Isolation, inTransaction, type TransactionOptions } from './transaction.ts';
