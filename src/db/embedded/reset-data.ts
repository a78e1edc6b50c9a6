// Empties a data folder of all that ECS made in it: the way back to the first start. The folder itself stays, since the
// lock is on it, and so does what somebody else put there.
import { readdir, realpath, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { EcsError } from '../../lib/errors.ts';
import { makeId } from '../../lib/ids.ts';
import { DRAFT_PREFIX } from './cluster.ts';
import { readClusterLink } from './cluster-location.ts';
import { LOCK_NOTE, lockDataFolder } from './data-folder-lock.ts';
import { ifPresent } from './file-error.ts';
import { listOwnFiles } from './own-files.ts';
import { stopOrphan } from './postmaster.ts';

export interface ResetOutcome {
  /** Names in the data folder that are not of ECS. */
  readonly kept: readonly string[];
}

/** Throws ECS_DATA_FOLDER_IN_USE while an ECS runs on it, ECS_FILE_INVALID where it is not a data folder of ECS. */
export async function resetData(dataDir: string): Promise<ResetOutcome> {
  await checkIsDataFolder(dataDir);
  const lock = await lockDataFolder(dataDir);
  try {
    return await clearDataFolder(await realpath(dataDir));
  } finally {
    await lock.release();
  }
}

/** Every folder ECS ever used has its lock note. */
async function checkIsDataFolder(dataDir: string): Promise<void> {
  const names = (await ifPresent(readdir(dataDir))) ?? [];
  if (names.length === 0 || names.includes(LOCK_NOTE)) return;
  throw new EcsError('ECS_FILE_INVALID', `${dataDir} is not a data folder of ECS; nothing was deleted.`);
}

async function clearDataFolder(root: string): Promise<ResetOutcome> {
  const { own, foreign } = await listOwnFiles(root);
  const outside = await readClusterLink(root);
  await stopOrphan(outside ?? join(root, 'postgres'));
  if (outside !== undefined) await rm(dirname(outside), { recursive: true, force: true });
  await Promise.all(own.map((name) => removeOwn(root, name)));
  return { kept: foreign.filter((name) => name !== LOCK_NOTE) };
}

/** Cut off half way, a cluster could be taken for files of somebody else: as a draft the next start sweeps it away. */
async function removeOwn(root: string, name: string): Promise<void> {
  const draft = join(root, `${DRAFT_PREFIX}${makeId()}`);
  const leaving = name === 'postgres' ? draft : join(root, name);
  if (name === 'postgres') await rename(join(root, name), draft);
  await rm(leaving, { recursive: true, force: true });
}
