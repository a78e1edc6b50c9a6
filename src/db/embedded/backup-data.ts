// Copies the cluster of a stopped ECS into one file that another machine can restore. The file appears under its name
// only when it is whole and on disk.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { EcsError } from '../../lib/errors.ts';
import {
  type BackupFile,
  BLOCK_BYTES,
  CLUSTER_PREFIX,
  countPadding,
  encodeHeader,
  MANIFEST_NAME,
  type Manifest,
} from './backup-format.ts';
import { loadMajorVersion } from './cluster.ts';
import { findCluster } from './cluster-location.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { ifPresent } from './file-error.ts';
import { stopOrphan } from './postmaster.ts';

/** Writes `file`, which must not exist. Throws ECS_DATA_FOLDER_IN_USE while an ECS runs on the folder. */
export async function backupData(dataDir: string, file: string): Promise<void> {
  if ((await ifPresent(access(file).then(() => true))) === true) {
    throw new EcsError('ECS_FILE_INVALID', `${file} exists already; a backup never overwrites a file.`);
  }
  const lock = await lockDataFolder(dataDir);
  try {
    const clusterDir = await findCluster(dataDir);
    const postgresMajor = await loadMajorVersion(clusterDir);
    if (postgresMajor === undefined) {
      throw new EcsError('ECS_NOT_FOUND', `${dataDir} holds no data yet: there is nothing to back up.`);
    }
    await stopOrphan(clusterDir);
    await saveArchive(clusterDir, await listCluster(clusterDir, postgresMajor), file);
  } finally {
    await lock.release();
  }
}

/** Notes about a process that is gone; on another machine they would name a foreign one. */
const LEFT_OUT: ReadonlySet<string> = new Set(['postmaster.pid', 'postmaster.opts']);

async function listCluster(clusterDir: string, postgresMajor: number): Promise<Manifest> {
  const entries = await readdir(clusterDir, { recursive: true, withFileTypes: true });
  const folders: string[] = [];
  const files: BackupFile[] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(clusterDir.length + 1);
    if (entry.isDirectory()) folders.push(path);
    else if (!entry.isFile()) throw new EcsError('ECS_FILE_INVALID', `${path} in the cluster is no plain file.`);
    else if (!LEFT_OUT.has(path)) files.push(await describeFile(clusterDir, path));
  }
  const byPath = (left: BackupFile, right: BackupFile) => (left.path < right.path ? -1 : 1);
  return {
    format: 1,
    postgresMajor,
    folders: folders.sort(),
    files: files.sort(byPath),
  };
}

async function describeFile(clusterDir: string, path: string): Promise<BackupFile> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(clusterDir, path)), hash);
  return { path, sizeBytes: (await stat(join(clusterDir, path))).size, sha256: hash.digest('hex') };
}

async function saveArchive(clusterDir: string, manifest: Manifest, file: string): Promise<void> {
  const draft = `${file}.part`;
  const handle = await open(draft, 'w', 0o600);
  try {
    // A cluster is mostly zeroes and repetition: higher levels cost time and gain little.
    const archive = Readable.from(packCluster(clusterDir, manifest));
    await pipeline(archive, createGzip({ level: 3 }), handle.createWriteStream({ flush: true }));
    await rename(draft, file);
  } catch (error) {
    await handle.close();
    await rm(draft, { force: true });
    throw error;
  }
}

async function* packCluster(clusterDir: string, manifest: Manifest): AsyncGenerator<Buffer> {
  const manifestBytes = Buffer.from(JSON.stringify(manifest));
  yield encodeHeader({ name: MANIFEST_NAME, type: 'file', sizeBytes: manifestBytes.length });
  yield Buffer.concat([manifestBytes, Buffer.alloc(countPadding(manifestBytes.length))]);
  for (const path of manifest.folders) {
    yield encodeHeader({ name: `${CLUSTER_PREFIX}${path}/`, type: 'folder', sizeBytes: 0 });
  }
  for (const { path, sizeBytes } of manifest.files) {
    yield encodeHeader({ name: CLUSTER_PREFIX + path, type: 'file', sizeBytes });
    yield* createReadStream(join(clusterDir, path)) as AsyncIterable<Buffer>;
    yield Buffer.alloc(countPadding(sizeBytes));
  }
  // Two empty blocks end a tar.
  yield Buffer.alloc(2 * BLOCK_BYTES);
}
