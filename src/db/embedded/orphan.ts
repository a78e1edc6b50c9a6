// Finds a PostgreSQL that outlived its ECS, from the note it keeps in its own cluster, and makes sure that it is
// ours: process ids are used again, and the process with that number may by now be anything.
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { hasErrorCode, ifPresent } from './file-error.ts';

/** PostgreSQL's own note: process id, data folder, start time, port, ..., and its status on the 8th line. */
export async function readPostmasterNote(clusterDir: string): Promise<string[] | undefined> {
  const text = await ifPresent(readFile(join(clusterDir, 'postmaster.pid'), 'utf8'));
  return text?.split('\n');
}

/** The process id of a live postmaster of this cluster. Only looks. */
export async function findPostmaster(clusterDir: string): Promise<number | undefined> {
  const pid = readPid(await readPostmasterNote(clusterDir));
  if (pid === undefined || !isAlive(pid)) return undefined;
  return isPostmasterOf(clusterDir, await readCommand(pid)) ? pid : undefined;
}

function readPid(note: readonly string[] | undefined): number | undefined {
  const pid = Number(note?.[0]);
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'ESRCH')) return false;
    if (hasErrorCode(error, 'EPERM')) return true;
    throw error;
  }
}

/** `command` is its argument vector. We always start PostgreSQL as `.../postgres -D <real path> ...`. */
export function isPostmasterOf(clusterDir: string, command: readonly string[]): boolean {
  const [program, ...options] = command;
  const namesCluster = options.some((option, index) => option === '-D' && options[index + 1] === clusterDir);
  return namesCluster && program !== undefined && basename(program) === 'postgres';
}

async function readCommand(pid: number): Promise<string[]> {
  if (process.platform === 'linux') {
    const text = await ifPresent(readFile(`/proc/${pid}/cmdline`, 'utf8'));
    return text?.split('\0') ?? [];
  }
  const { stdout } = await promisify(execFile)('/bin/ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return splitPsCommand(stdout.trim());
}

/** `ps` joins the arguments with spaces, and a path may contain some: ours is all that follows ` -D `. */
export function splitPsCommand(line: string): string[] {
  const match = /^(.*?) -D (.*)$/.exec(line);
  const [, program, clusterDir] = match ?? [];
  return program === undefined || clusterDir === undefined ? [] : [program, '-D', clusterDir];
}

// Beyond every system's largest process id.
const NOBODYS_PID = 2_147_483_647;

/**
 * Makes a note harmless that names a live process which is no postmaster: PostgreSQL would not start beside it. Deleting
 * the note would also delete its shared memory key, by which PostgreSQL finds out that backends of a dead postmaster
 * still write; so only the process id is replaced. For the holder of the data folder's lock, when no postmaster runs.
 */
export async function disarmNote(clusterDir: string): Promise<void> {
  const note = await readPostmasterNote(clusterDir);
  const pid = readPid(note);
  if (note === undefined || pid === undefined || !isAlive(pid)) return;
  await writeFile(join(clusterDir, 'postmaster.pid'), [NOBODYS_PID, ...note.slice(1)].join('\n'));
}
