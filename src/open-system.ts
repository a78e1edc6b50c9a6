// Wires what every command needs and nothing that runs: database (our own or a given one), schema, model, policies,
// decider. Closing gives back everything that opening took.
import type pg from 'pg';
import { Registry } from 'prom-client';
import type { Config } from './config.ts';
import {
  checkSchema,
  checkServer,
  createPool,
  findRunningPostgres,
  MIGRATIONS_DIR,
  migrate,
  startEmbeddedPostgres,
} from './db/index.ts';
import { createDecider, type Decider, registerVersions } from './decision/index.ts';
import { systemClock } from './lib/clock.ts';
import type { EcsError } from './lib/errors.ts';
import { makeId, makeNonce } from './lib/ids.ts';
import type { Log } from './lib/log.ts';
import {
  createModelSource,
  type LoadedScorecard,
  loadScorecard,
  type ModelSource,
  shippedScorecardPath,
} from './model/index.ts';
import { loadPolicies, type PackName, type Policies } from './policy/index.ts';

export interface System {
  readonly config: Config;
  readonly log: Log;
  readonly pool: pg.Pool;
  readonly metrics: Registry;
  /** The model in force, as the registry has it. */
  readonly models: ModelSource;
  /** What ECS_MODEL names, or the shipped one: registered, and in force only if nothing else is. */
  readonly modelFile: LoadedScorecard;
  readonly policies: Policies;
  readonly decider: Decider;
  /** Whose PostgreSQL it is. */
  readonly database: 'embedded' | 'external';
  /** Resolves when our own PostgreSQL ended without being asked to. */
  readonly databaseDied: Promise<EcsError>;
  readonly migrationsApplied: readonly string[];
  close(): Promise<void>;
}

export interface OpenOptions {
  /** Use the PostgreSQL of an ECS that is already running on the data folder instead of refusing. */
  readonly attach?: boolean;
  /** Bring the schema up to date (default), or only check that it is. */
  readonly migrate?: boolean;
}

export async function openSystem(config: Config, log: Log, options: OpenOptions = {}): Promise<System> {
  const database = await openDatabase(config, options.attach ?? false);
  const pool = createPool({ connectionString: database.connectionString, max: config.poolConnections });
  const close = async () => {
    await pool.end();
    await database.stop();
  };
  try {
    await checkServer(pool);
    const migrationsApplied = await bringSchemaUpToDate(pool, options.migrate ?? true);
    const rooms = await wireRooms(pool, config, log);
    return {
      config,
      log,
      pool,
      metrics: new Registry(),
      ...rooms,
      database: database.kind,
      databaseDied: database.died,
      migrationsApplied,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface OpenDatabase {
  readonly kind: System['database'];
  readonly connectionString: string;
  readonly died: Promise<EcsError>;
  stop(): Promise<void>;
}

async function openDatabase(config: Config, attach: boolean): Promise<OpenDatabase> {
  // A server that is not ours may come back; waiting for it is the pool's business.
  const foreign = { died: new Promise<EcsError>(() => {}), stop: async () => {} };
  if (config.databaseUrl !== null) return { kind: 'external', connectionString: config.databaseUrl, ...foreign };
  const running = attach ? await findRunningPostgres(config.dataDir) : null;
  if (running !== null) return { kind: 'embedded', connectionString: running, ...foreign };
  const { connectionString, died, stop } = await startEmbeddedPostgres({ dataDir: config.dataDir });
  return { kind: 'embedded', connectionString, died, stop };
}

async function bringSchemaUpToDate(pool: pg.Pool, mayMigrate: boolean): Promise<string[]> {
  if (mayMigrate) return (await migrate(pool, { migrationsDir: MIGRATIONS_DIR })).applied;
  await checkSchema(pool);
  return [];
}

async function wireRooms(pool: pg.Pool, config: Config, log: Log) {
  const modelFile = await loadScorecard(config.modelPath ?? shippedScorecardPath());
  const policies = await loadPolicies({ defaultPack: config.defaultPack as PackName });
  const championVersion = await registerVersions(pool, modelFile, policies, systemClock());
  sayWhatDecides(log, config, modelFile, championVersion);
  const models = createModelSource({ clock: systemClock, log });
  const decider = createDecider({
    pool,
    models,
    policies,
    clock: systemClock,
    makeId,
    makeNonce,
    kafkaDestination: config.kafka !== null,
    log,
  });
  return { models, modelFile, policies, decider };
}

function sayWhatDecides(log: Log, config: Config, { modelVersion }: LoadedScorecard, championVersion: string): void {
  if (modelVersion === championVersion) return;
  // Who named a file may think that it decides; the shipped one is nobody's wish.
  const level = config.modelPath === null ? 'info' : 'warn';
  const file = config.modelPath ?? 'shipped';
  log[level](
    { championVersion, fileVersion: modelVersion, file },
    'the model file is registered but not in force: the registry holds another champion; `ecs model promote` proposes the file',
  );
}
