// Brings a database to the schema of this program: plain SQL files, applied in order, each in one transaction with
// the row that records it. Two starters may race; a changed file or a newer schema is refused by name.
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { sha256 } from '../lib/canonical-json.ts';
import { EcsError } from '../lib/errors.ts';
import type { Queryable } from './pool.ts';
import { toEcsError } from './retry.ts';
import { inTransaction } from './transaction.ts';

/** The migrations shipped with the program; the same place from `src/` and from `dist/`. */
export const MIGRATIONS_DIR = fileURLToPath(new URL('../../migrations/', import.meta.url));

export interface MigrationOptions {
  readonly migrationsDir?: string;
}

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

const FILE_NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
/** Any constant that nothing else in the database locks: 'ecs' and 'migr' in ASCII. */
const LOCK_KEY = [0x656373, 0x6d696772] as const;

async function loadMigrations(migrationsDir: string): Promise<Migration[]> {
  const names = (await readdir(migrationsDir)).filter((name) => /^\d.*\.sql$/.test(name)).sort();
  return Promise.all(names.map((name, index) => loadMigration(migrationsDir, name, index + 1)));
}

async function loadMigration(migrationsDir: string, fileName: string, version: number): Promise<Migration> {
  const number = FILE_NAME.exec(fileName)?.[1];
  if (number === undefined || Number(number) !== version) {
    throw new EcsError(
      'ECS_FILE_INVALID',
      `Migration ${fileName} is misnamed: expected ${String(version).padStart(4, '0')}_name.sql, numbered without gaps.`,
    );
  }
  // A checkout may have turned line ends into CRLF; that is not a change of the migration.
  const sql = (await readFile(`${migrationsDir}/${fileName}`, 'utf8')).replaceAll('\r\n', '\n');
  return { version, name: fileName.slice(0, -'.sql'.length), sql, checksum: sha256(sql).toString('hex') };
}

async function hasMigrationTable(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(`select to_regclass('schema_migrations') is not null as found`);
  return rows[0]?.found === true;
}

async function loadApplied(db: Queryable): Promise<AppliedMigration[]> {
  const { rows } = await db.query<{ version: number; name: string; checksum: string }>(
    'select version, name, checksum from schema_migrations order by version',
  );
  return rows.map((row) => ({ version: row.version, name: row.name, checksum: row.checksum }));
}

async function createMigrationTable(db: Queryable): Promise<void> {
  await db.query(
    `create table if not exists schema_migrations (
       version integer primary key,
       name text not null,
       checksum text not null,
       applied_at timestamptz not null default now()
     )`,
  );
}

async function saveApplied(db: Queryable, migration: Migration): Promise<void> {
  await db.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
    migration.version,
    migration.name,
    migration.checksum,
  ]);
}

/** The part of `migrations` that is still to be applied; throws when database and program do not belong together. */
function findPending(migrations: readonly Migration[], applied: readonly AppliedMigration[]): Migration[] {
  const newest = applied.at(-1);
  if (newest !== undefined && newest.version > migrations.length) {
    throw new EcsError(
      'ECS_SCHEMA_NEWER',
      `The database was migrated by a newer ECS (${newest.name}); this one knows ${migrations.length} migrations. Run the newer version, or restore a backup made before it.`,
      { facts: { database: newest.version, program: migrations.length } },
    );
  }
  const byVersion = new Map(applied.map((row) => [row.version, row]));
  const changed = migrations.find((file) => {
    const row = byVersion.get(file.version);
    return row === undefined ? newest !== undefined && file.version < newest.version : row.checksum !== file.checksum;
  });
  if (changed !== undefined) {
    throw new EcsError(
      'ECS_MIGRATION_CHANGED',
      `Migration ${changed.name} is not the one the database was built with. Restore the original file and put the change into a new migration.`,
      { facts: { version: changed.version } },
    );
  }
  return migrations.filter((file) => !byVersion.has(file.version));
}

/** Takes the turn of migrating. Another starter may hold it for as long as its migration needs. */
async function lockMigrations(tx: Queryable): Promise<void> {
  await tx.query('set local statement_timeout = 0; set local lock_timeout = 0');
  await tx.query('set local idle_in_transaction_session_timeout = 0');
  await tx.query({ text: 'select pg_advisory_xact_lock($1, $2)', values: [...LOCK_KEY], ...PATIENT });
  // A migration that waits for a busy table makes everyone queue up behind it, so it gives up soon.
  await tx.query(`set local lock_timeout = '10s'`);
}

// The pool's own limit on waiting for an answer is made for requests, not for rebuilding a table.
const PATIENT = { query_timeout: 24 * 3_600_000 } as const;

async function applyMigration(tx: pg.PoolClient, migration: Migration): Promise<void> {
  const before = await loadTransactionId(tx);
  await tx.query({ text: migration.sql, ...PATIENT });
  if ((await loadTransactionId(tx)) !== before) {
    throw new EcsError(
      'ECS_FILE_INVALID',
      `Migration ${migration.name} ends the transaction it runs in; leave out commit and rollback.`,
    );
  }
  await saveApplied(tx, migration);
}

async function loadTransactionId(db: Queryable): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>('select pg_current_xact_id()::text as id');
  return rows[0]?.id;
}

/** Applies the first pending migration and gives its name back, or undefined when there is none. */
async function applyNext(pool: pg.Pool, migrations: readonly Migration[]): Promise<string | undefined> {
  return inTransaction(pool, async (tx) => {
    await lockMigrations(tx);
    await createMigrationTable(tx);
    const next = findPending(migrations, await loadApplied(tx))[0];
    if (next === undefined) return undefined;
    await applyMigration(tx, next);
    return next.name;
  });
}

/** Applies what is missing. Safe to call from several starters at once: each migration runs exactly once. */
export async function migrate(pool: pg.Pool, options: MigrationOptions = {}): Promise<{ readonly applied: string[] }> {
  const migrations = await loadMigrations(options.migrationsDir ?? MIGRATIONS_DIR);
  const applied: string[] = [];
  for (;;) {
    const name = await applyNext(pool, migrations);
    if (name === undefined) return { applied };
    applied.push(name);
  }
}

/** Read only: throws ECS_SCHEMA_MISSING, ECS_SCHEMA_NEWER or ECS_MIGRATION_CHANGED unless the schema is this program's. */
export async function checkSchema(
  pool: Queryable,
  options: MigrationOptions = {},
): Promise<{ readonly applied: string[] }> {
  const migrations = await loadMigrations(options.migrationsDir ?? MIGRATIONS_DIR);
  const applied = await loadAppliedIfAny(pool);
  const pending = findPending(migrations, applied);
  if (pending.length > 0) {
    const names = pending.map((migration) => migration.name);
    throw new EcsError('ECS_SCHEMA_MISSING', `The database lacks ${names.join(', ')}. Run \`ecs migrate\`.`, {
      facts: { pending: names },
    });
  }
  return { applied: applied.map((row) => row.name) };
}

async function loadAppliedIfAny(db: Queryable): Promise<AppliedMigration[]> {
  try {
    return (await hasMigrationTable(db)) ? await loadApplied(db) : [];
  } catch (error) {
    throw toEcsError(error);
  }
}
