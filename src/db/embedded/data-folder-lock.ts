// One process at a time owns a data folder. The operating system holds the lock, so it ends with its process however
// that ends; a file with a process id in it could outlive its writer or name another one.
import { constants, type Stats } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, readFile, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { dirname, join } from 'node:path';
import { EcsError } from '../../lib/errors.ts';
import { hasErrorCode } from './file-error.ts';
import { WAY_OUT } from './run-program.ts';

export interface DataFolderLock {
  release(): Promise<void>;
}

/** The one file that stays in an emptied data folder. */
export const LOCK_NOTE = 'lock';

/** Makes the folder if needed and takes it, or throws ECS_DATA_FOLDER_IN_USE. */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  await makeDataFolder(dataDir);
  const noteFile = join(dataDir, LOCK_NOTE);
  // Also shows, before anything is held, that the folder may be written in.
  const note = await openNote(noteFile);
  try {
    const lock = process.platform === 'linux' ? await holdSocket(await stat(dataDir)) : await holdFile(noteFile);
    // Only a hint for the message below; the lock does not depend on it.
    await note.truncate();
    await note.write(`${process.pid}\n`, 0);
    return lock;
  } catch (error) {
    if (!hasErrorCode(error, 'EADDRINUSE', 'EAGAIN', 'EWOULDBLOCK', 'EBUSY')) throw error;
    const owner = (await readFile(noteFile, 'utf8')).trim();
    throw new EcsError(
      'ECS_DATA_FOLDER_IN_USE',
      `The data folder ${dataDir} is in use by another ECS${owner ? ` (process ${owner})` : ''}. Stop that one first, or choose another data folder.`,
      { cause: error, facts: { dataDir, owner } },
    );
  } finally {
    await note.close();
  }
}

async function openNote(noteFile: string): Promise<FileHandle> {
  try {
    return await open(noteFile, constants.O_RDWR | constants.O_CREAT, 0o644);
  } catch (error) {
    if (!hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS')) throw error;
    throw closedToUs(dirname(noteFile), error);
  }
}

function closedToUs(folder: string, cause: unknown): EcsError {
  return new EcsError(
    'ECS_EMBEDDED_UNAVAILABLE',
    `${folder} cannot be written in: it belongs to another user, perhaps since ECS ran as root once. Run ECS as that user, give yourself the folder (chown -R), or choose another data folder. ${WAY_OUT}`,
    { cause },
  );
}

async function makeDataFolder(dataDir: string): Promise<void> {
  const made = await mkdir(dataDir, { recursive: true }).catch((error: unknown) => {
    if (hasErrorCode(error, 'EEXIST', 'ENOTDIR'))
      throw new EcsError('ECS_FILE_INVALID', `${dataDir} is not a folder. Choose another data folder (ECS_DATA_DIR).`, {
        cause: error,
      });
    if (hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS')) throw closedToUs(dataDir, error);
    throw error;
  });
  // As root, PostgreSQL runs as another user who has to pass through; the cluster itself is closed to all others. A
  // folder that was there before keeps its mode: it may be somebody's home by mistake.
  if (made !== undefined) await chmod(dataDir, process.geteuid?.() === 0 ? 0o711 : 0o700);
}

// The whole of an address. Node 20 fills it up with zeros and Node 24 does not: two versions would hold two locks.
const ADDRESS_BYTES = 108;

/**
 * An abstract socket: no file to be left behind, no limit on the length of the path. It is named after the folder's
 * device and inode, so that two paths to one folder meet.
 */
async function holdSocket(folder: Stats): Promise<DataFolderLock> {
  const server = createServer((socket) => socket.destroy());
  await listen(server, `\0ecs-data-folder-${folder.dev}-${folder.ino}`.padEnd(ADDRESS_BYTES, '\0'));
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
}

/** O_EXLOCK of macOS and the BSDs: opening and locking are one step. Node has no name for it. */
const O_EXLOCK = 0x20;

async function holdFile(path: string): Promise<DataFolderLock> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK, 0o600);
  return { release: () => handle.close() };
}
