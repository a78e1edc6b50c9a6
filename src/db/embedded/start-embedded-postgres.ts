// Starts the PostgreSQL that comes with ECS on a data folder, making the cluster on the first start. While it runs,
// the folder is ours alone; stopping ends the server and gives the folder back.
import { join } from 'node:path';
import type { EcsError } from '../../lib/errors.ts';
import { ensureCluster, loadPassword } from './cluster.ts';
import { type ClusterLocation, locateCluster } from './cluster-location.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { findNativeFolder, type NativeFolder, prepareNativeFolder } from './native-folder.ts';
import { type Postmaster, startPostmaster } from './postmaster.ts';

export interface EmbeddedPostgresOptions {
  /** Usually `<checkout>/.ecs`; made if absent. */
  readonly dataDir: string;
  readonly maxConnections?: number;
  /** Where a cluster goes whose data folder root's server user cannot enter. */
  readonly systemDir?: string;
  /** Other programs than the shipped ones, ready to run. */
  readonly native?: NativeFolder;
}

export interface EmbeddedPostgres {
  readonly connectionString: string;
  readonly port: number;
  /** Resolves when the server ended without being asked to: nothing brings it back but another start. */
  readonly died: Promise<EcsError>;
  stop(): Promise<void>;
}

const MAX_CONNECTIONS = 60;

export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const lock = await lockDataFolder(options.dataDir);
  try {
    const { postmaster, password } = await startServer(options);
    let stopping: Promise<void> | undefined;
    return {
      connectionString: `postgres://ecs:${password}@127.0.0.1:${postmaster.port}/ecs`,
      port: postmaster.port,
      died: postmaster.died,
      stop: () => (stopping ??= postmaster.stop().then(() => lock.release())),
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function startServer(options: EmbeddedPostgresOptions): Promise<{ postmaster: Postmaster; password: string }> {
  const location = await locateCluster(options.dataDir, options.systemDir);
  const native = options.native ?? (await prepareShippedPrograms(location));
  await ensureCluster(location, native);
  const password = await loadPassword(location.clusterDir);
  const logFile = join(options.dataDir, 'postgres.log');
  const postmaster = await startPostmaster({
    location,
    native,
    logFile,
    maxConnections: options.maxConnections ?? MAX_CONNECTIONS,
  });
  return { postmaster, password };
}

async function prepareShippedPrograms({ homeDir, user }: ClusterLocation): Promise<NativeFolder> {
  return prepareNativeFolder(await findNativeFolder(process.platform, process.arch), homeDir, user);
}
