// Tells what ECS made in a data folder from what lies there by somebody else's hand: a path given by mistake must not
// cost anybody a file.
import { readdir, readlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EcsError } from '../../lib/errors.ts';
import { OWNER_NOTE, readClusterLink } from './cluster-location.ts';
import { hasErrorCode, ifPresent } from './file-error.ts';

const UUID = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}';
/** Nobody else makes such names. */
const OWN_NAME = new RegExp(
  `^(postgres\\.log(\\.1)?|(postgres-)?draft-${UUID}(-replaced)?|programs-[0-9][^/]*-[0-9a-f]{12})$`,
);
/** Names that others make too, and what lies inside only of ours. */
const PROOFS: Readonly<Record<string, string>> = { postgres: 'PG_VERSION', kafka: 'place.json' };

export interface DataFolderNames {
  readonly own: readonly string[];
  readonly foreign: readonly string[];
}

/** Throws ECS_FILE_INVALID where a name of ours holds something that is not. */
export async function listOwnFiles(root: string): Promise<DataFolderNames> {
  const names = (await readdir(root)).sort();
  const isOwn = (name: string) => OWN_NAME.test(name) || Object.hasOwn(PROOFS, name);
  const own = names.filter(isOwn);
  for (const name of own) if (Object.hasOwn(PROOFS, name)) await checkIsOwn(join(root, name));
  return { own, foreign: names.filter((name) => !isOwn(name)) };
}

/** A folder of one of our generic names: absent, empty, or ours. */
export async function checkIsOwn(folder: string): Promise<void> {
  const outside = await ifLink(folder);
  const names = outside === undefined ? await ifPresent(readdir(folder)) : await ifPresent(readdir(dirname(outside)));
  const proof = outside === undefined ? PROOFS[basename(folder)] : OWNER_NOTE;
  if (names === undefined || names.length === 0 || (proof !== undefined && names.includes(proof))) return;
  throw new EcsError(
    'ECS_FILE_INVALID',
    `${folder} holds files that are not of ECS. Choose another data folder (ECS_DATA_DIR), or move them away.`,
    { facts: { folder } },
  );
}

async function ifLink(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'EINVAL')) return undefined;
    throw error;
  }
}

/** Does the data folder hold a database already? Makes nothing. */
export async function hasEmbeddedData(dataDir: string): Promise<boolean> {
  const clusterDir = (await readClusterLink(dataDir)) ?? join(dataDir, 'postgres');
  return ((await ifPresent(readdir(clusterDir))) ?? []).includes('PG_VERSION');
}
