// Brings a backup back. Everything is unpacked and checked beside the cluster first, so a damaged file leaves nothing
// half restored.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chown, type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isNativeError } from 'node:util/types';
import { createGunzip } from 'node:zlib';
import { EcsError, isEcsError } from '../../lib/errors.ts';
import { makeId } from '../../lib/ids.ts';
import {
  type BackupFile,
  BLOCK_BYTES,
  CLUSTER_PREFIX,
  countPadding,
  decodeHeader,
  type EntryHeader,
  MANIFEST_NAME,
  Manifest,
} from './backup-format.ts';
import { type ByteReader, createByteReader } from './byte-reader.ts';
import { checkMajorVersion, DRAFT_PREFIX, loadMajorVersion } from './cluster.ts';
import { type ClusterLocation, locateCluster } from './cluster-location.ts';
import { lockDataFolder } from './data-folder-lock.ts';
import { ifPresent } from './file-error.ts';
import { findNativeFolder, type NativeFolder, prepareNativeFolder } from './native-folder.ts';
import { checkIsOwn } from './own-files.ts';
import { stopOrphan } from './postmaster.ts';
import { runProgram } from './run-program.ts';
import type { ServerUser } from './server-user.ts';

export interface RestoreOptions {
  /** Replace the data that is there. */
  readonly force?: boolean;
  readonly systemDir?: string;
}

const MANIFEST_BYTES_MAX = 64_000_000;

/** Throws ECS_BACKUP_INVALID for a damaged file, ECS_DATA_FOLDER_VERSION for one of another major version. */
export async function restoreData(dataDir: string, file: string, options: RestoreOptions = {}): Promise<void> {
  const lock = await lockDataFolder(dataDir);
  try {
    const location = await locateCluster(dataDir, options.systemDir);
    await checkIsOwn(location.clusterDir);
    const shipped = await findNativeFolder(process.platform, process.arch);
    if ((await loadMajorVersion(location.clusterDir)) !== undefined && options.force !== true) {
      throw new EcsError(
        'ECS_CONFLICT',
        `${dataDir} holds data already. Back it up, then run \`ecs reset\`, or use --force to replace it.`,
      );
    }
    await restoreInto(location, await prepareNativeFolder(shipped, location.homeDir, location.user), file);
  } finally {
    await lock.release();
  }
}

async function restoreInto(location: ClusterLocation, native: NativeFolder, file: string): Promise<void> {
  const draft = join(location.homeDir, `${DRAFT_PREFIX}${makeId()}`);
  const replaced = `${draft}-replaced`;
  try {
    await unpack(file, draft, native, location.user);
    // Writes everything through to the disk before it takes the place of what was there.
    await runProgram({
      program: join(native.path, 'bin', 'initdb'),
      arguments: ['--sync-only', '-D', draft],
      user: location.user,
    });
    await stopOrphan(location.clusterDir);
    await ifPresent(rename(location.clusterDir, replaced));
    await rename(draft, location.clusterDir);
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(replaced, { recursive: true, force: true });
  }
}

async function unpack(file: string, draft: string, native: NativeFolder, user: ServerUser | undefined): Promise<void> {
  try {
    await readZipped(file, async (reader) => {
      const manifest = await readManifest(reader);
      checkMajorVersion(file, manifest.postgresMajor, native.majorVersion);
      await makeFolders(reader, draft, manifest.folders, user);
      for (const expected of manifest.files) await unpackFile(reader, draft, expected, user);
      await readEnd(reader);
    });
  } catch (error) {
    if (!isBroken(error)) throw error;
    const message = `${file} is not a whole backup of ECS (${error.message}). Nothing was changed.`;
    throw new EcsError('ECS_BACKUP_INVALID', message, { cause: error });
  }
}

/**
 * A failure of the file or of its compression reaches `use` through the reader. (stream.pipeline would reject by itself
 * and leave `use` running, writing into the folder that is being removed.)
 */
async function readZipped(file: string, use: (reader: ByteReader) => Promise<void>): Promise<void> {
  const source = createReadStream(file);
  const unzipped = createGunzip();
  source.on('error', (error) => unzipped.destroy(error));
  try {
    await use(createByteReader(source.pipe(unzipped)));
  } finally {
    source.destroy();
    unzipped.destroy();
  }
}

/** What is wrong with the file itself, as found by us or by zlib; not, for instance, a full disk. */
function isBroken(error: unknown): error is Error {
  if (isEcsError(error, 'ECS_BACKUP_INVALID')) return true;
  return isNativeError(error) && 'code' in error && String(error.code).startsWith('Z_');
}

function refuse(reason: string): EcsError {
  return new EcsError('ECS_BACKUP_INVALID', reason);
}

async function readExactly(reader: ByteReader, length: number): Promise<Buffer> {
  const bytes = await reader.read(length);
  if (bytes === undefined) throw refuse('it ends too early');
  return bytes;
}

async function readHeader(reader: ByteReader, name: string): Promise<EntryHeader> {
  const header = decodeHeader(await readExactly(reader, BLOCK_BYTES));
  if (header?.name !== name) throw refuse(`${name} is not where it should be`);
  return header;
}

async function readManifest(reader: ByteReader): Promise<Manifest> {
  const { sizeBytes } = await readHeader(reader, MANIFEST_NAME);
  if (sizeBytes > MANIFEST_BYTES_MAX) throw refuse('its list of files is too long');
  const text = (await readExactly(reader, sizeBytes)).toString('utf8');
  await readExactly(reader, countPadding(sizeBytes));
  const manifest = Manifest.safeParse(parseJson(text));
  if (!manifest.success) throw refuse('its list of files cannot be read');
  return manifest.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EcsError('ECS_BACKUP_INVALID', 'its list of files cannot be read', { cause: error });
  }
}

async function makeFolders(
  reader: ByteReader,
  draft: string,
  folders: readonly string[],
  user: ServerUser | undefined,
): Promise<void> {
  await makeFolder(draft, user);
  for (const path of folders) {
    await readHeader(reader, `${CLUSTER_PREFIX}${path}/`);
    await makeFolder(join(draft, path), user);
  }
}

async function makeFolder(path: string, user: ServerUser | undefined): Promise<void> {
  await mkdir(path, { mode: 0o700 });
  if (user !== undefined) await chown(path, user.uid, user.gid);
}

async function unpackFile(
  reader: ByteReader,
  draft: string,
  expected: BackupFile,
  user: ServerUser | undefined,
): Promise<void> {
  const { path, sizeBytes, sha256 } = expected;
  const header = await readHeader(reader, CLUSTER_PREFIX + path);
  if (header.sizeBytes !== sizeBytes) throw refuse(`${path} has another size than listed`);
  const handle = await open(join(draft, path), 'wx', 0o600);
  try {
    if ((await copyContent(reader, handle, sizeBytes)) !== sha256) throw refuse(`${path} does not match its checksum`);
    if (user !== undefined) await handle.chown(user.uid, user.gid);
  } finally {
    await handle.close();
  }
  await readExactly(reader, countPadding(sizeBytes));
}

/** Gives back the SHA-256 of what it wrote. */
async function copyContent(reader: ByteReader, handle: FileHandle, sizeBytes: number): Promise<string> {
  const hash = createHash('sha256');
  for (let missing = sizeBytes; missing > 0; ) {
    const piece = await reader.readSome(missing);
    if (piece === undefined) throw refuse('it ends too early');
    hash.update(piece);
    await handle.writeFile(piece);
    missing -= piece.length;
  }
  return hash.digest('hex');
}

async function readEnd(reader: ByteReader): Promise<void> {
  const end = await readExactly(reader, 2 * BLOCK_BYTES);
  if (end.some((byte) => byte !== 0) || (await reader.readSome(1)) !== undefined)
    throw refuse('it goes on after its end');
}
