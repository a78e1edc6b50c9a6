// PostgreSQL refuses to run as root. As root we hand it to the unprivileged user `nobody`, and must then keep its
// files where that user can get at them.
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

// `nobody` of every Linux distribution we know of, and of macOS (-2).
const NOBODY: ServerUser =
  process.platform === 'darwin' ? { uid: 4_294_967_294, gid: 4_294_967_294 } : { uid: 65_534, gid: 65_534 };

/** Undefined: run as ourselves. As root: the owner of an existing cluster, else `nobody`. */
export async function findServerUser(clusterDir: string | undefined): Promise<ServerUser | undefined> {
  if (process.geteuid?.() !== 0) return undefined;
  if (clusterDir === undefined) return NOBODY;
  const { uid, gid } = await stat(clusterDir);
  return uid === 0 ? NOBODY : { uid, gid };
}

/**
 * The first folder on the way down to `path` that `user` may not enter, or undefined if the way is free. Looks at the
 * mode bits only: an exotic access list shows up as an error of the program that is refused.
 */
export async function findClosedFolder(path: string, user: ServerUser | undefined): Promise<string | undefined> {
  if (user === undefined) return undefined;
  const parent = dirname(path);
  const above = parent === path ? undefined : await findClosedFolder(parent, user);
  if (above !== undefined) return above;
  const { uid, mode } = await stat(path);
  return (mode & (uid === user.uid ? 0o100 : 0o001)) === 0 ? path : undefined;
}
