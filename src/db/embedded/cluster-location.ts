// Decides where the cluster of a data folder lies: inside it, or, where root's server user cannot get into that folder
// (a checkout under a private home), outside of it behind a link.
import { chmod, mkdir, readFile, readlink, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EcsError } from '../../lib/errors.ts';
import { makeId } from '../../lib/ids.ts';
import { hasErrorCode, ifPresent } from './file-error.ts';
import { WAY_OUT } from './run-program.ts';
import { findClosedFolder, findServerUser, type ServerUser } from './server-user.ts';

/** A folder that outlives reboots and tidy-ups, and that other users can neither write in nor prepare for us. */
export const SYSTEM_DIR = '/var/lib/ecs';

/** Names the data folder that a home outside of it belongs to. */
export const OWNER_NOTE = 'data-folder';

export interface ClusterLocation {
  /** The folder that holds the cluster and whatever else its server user must reach. */
  readonly homeDir: string;
  /** The cluster: real path, may not exist yet. */
  readonly clusterDir: string;
  /** Who PostgreSQL runs as; undefined means as ourselves. */
  readonly user: ServerUser | undefined;
}

export async function locateCluster(dataDir: string, systemDir = SYSTEM_DIR): Promise<ClusterLocation> {
  const root = await realpath(dataDir);
  const linked = await readClusterLink(root);
  const clusterDir = linked ?? join(root, 'postgres');
  const found = await ifPresent(stat(clusterDir));
  const user = await findServerUser(found === undefined ? undefined : clusterDir);
  const closed = await findClosedFolder(dirname(clusterDir), user);
  if (closed === undefined) return { homeDir: dirname(clusterDir), clusterDir, user };
  if (found !== undefined || linked !== undefined) {
    throw new EcsError(
      'ECS_EMBEDDED_UNAVAILABLE',
      `PostgreSQL cannot run as root, and its user ${user?.uid} may not enter ${closed}. Move ${clusterDir} out of there, or run ECS as the owner of that folder. ${WAY_OUT}`,
    );
  }
  return { ...(await makeOutsideHome(root, closed, systemDir)), user };
}

/** Where the cluster of a data folder lies, or would lie if nothing speaks against it. */
export async function findCluster(dataDir: string): Promise<string> {
  const root = await realpath(dataDir);
  return (await readClusterLink(root)) ?? join(root, 'postgres');
}

/** Where the cluster lies if it was placed outside; the link stands before the cluster does. */
export async function readClusterLink(root: string): Promise<string | undefined> {
  const clusterDir = await readLink(join(root, 'postgres'));
  if (clusterDir === undefined) return undefined;
  const owner = (await ifPresent(readFile(join(dirname(clusterDir), OWNER_NOTE), 'utf8')))?.trim();
  if (owner === undefined || owner === root || (await readLink(join(owner, 'postgres'))) !== clusterDir)
    return clusterDir;
  // A folder that was moved is fine; a copied one would share the cluster with its original.
  throw new EcsError(
    'ECS_DATA_FOLDER_IN_USE',
    `${root} is a copy of ${owner}, and both point to the same data in ${clusterDir}. Delete the link ${join(root, 'postgres')} to begin empty here; \`ecs backup\` and \`ecs restore\` copy data.`,
  );
}

async function readLink(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EINVAL')) return undefined;
    throw error;
  }
}

async function makeOutsideHome(root: string, closed: string, systemDir: string) {
  const homeDir = join(systemDir, makeId());
  try {
    await mkdir(homeDir, { recursive: true });
    await chmod(systemDir, 0o711);
    await chmod(homeDir, 0o711);
    await writeFile(join(homeDir, OWNER_NOTE), `${root}\n`);
  } catch (error) {
    throw new EcsError(
      'ECS_EMBEDDED_UNAVAILABLE',
      `PostgreSQL cannot run as root, its user may not enter ${closed}, and ${systemDir} cannot be made. Move ECS out of ${closed} (to /opt, say), or run it as an ordinary user. ${WAY_OUT}`,
      { cause: error },
    );
  }
  const clusterDir = join(homeDir, 'postgres');
  await symlink(clusterDir, join(root, 'postgres'));
  return { homeDir, clusterDir };
}
