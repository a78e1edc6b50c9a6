// Empties a data folder: the way back to the first start. The folder itself stays, since the lock is on it.
import { readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EcsError } from '../../lib/errors.ts';
import { readClusterLink } from './cluster-location.ts';
import { LOCK_NOTE, lockDataFolder } from './data-folder-lock.ts';
import { ifPresent } from './file-error.ts';
import { stopOrphan } from './postmaster.ts';

/** Deletes everything in `dataDir`. Throws ECS_DATA_FOLDER_IN_USE while an ECS runs on it. */
export async function resetData(dataDir: string): Promise<void> {
  await checkIsDataFolder(dataDir);
  const lock = await lockDataFolder(dataDir);
  try {
    await clearDataFolder(dataDir);
  } finally {
    await lock.release();
  }
}

/** A wrong path must not cost anybody their home: every folder ECS ever used has its lock note. */
async function checkIsDataFolder(dataDir: string): Promise<void> {
  const names = (await ifPresent(readdir(dataDir))) ?? [];
  if (names.length === 0 || names.includes(LOCK_NOTE)) return;
  throw new EcsError('ECS_FILE_INVALID', `${dataDir} is not a data folder of ECS; nothing was deleted.`);
}

/** For a caller that holds the lock. */
export async function clearDataFolder(dataDir: string): Promise<void> {
  const root = await realpath(dataDir);
  const outside = await readClusterLink(root);
  await stopOrphan(outside ?? join(root, 'postgres'));
  if (outside !== undefined) await rm(dirname(outside), { recursive: true, force: true });
  const names = (await readdir(root)).filter((name) => name !== LOCK_NOTE);
  await Promise.all(names.map((name) => rm(join(root, name), { recursive: true, force: true })));
}
