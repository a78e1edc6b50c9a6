// How a second command reaches the PostgreSQL that a running ECS holds: through the note PostgreSQL keeps of its port and
// the password that lies in the cluster, which only the owner of the folder can read.
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { loadPassword } from './cluster.ts';
import { readClusterLink } from './cluster-location.ts';
import { ifPresent } from './file-error.ts';
import { findPostmaster, readPostmasterNote } from './orphan.ts';

const PORT_LINE = 3;

/** The connection string of the PostgreSQL running on this data folder, or null. */
export async function findRunningPostgres(dataDir: string): Promise<string | null> {
  const root = await ifPresent(realpath(dataDir));
  if (root === undefined) return null;
  const clusterDir = (await readClusterLink(root)) ?? join(root, 'postgres');
  if ((await findPostmaster(clusterDir)) === undefined) return null;
  const port = Number((await readPostmasterNote(clusterDir))?.[PORT_LINE]);
  if (!Number.isSafeInteger(port)) return null;
  return `postgres://ecs:${await loadPassword(clusterDir)}@127.0.0.1:${port}/ecs`;
}
