// Makes a new PostgreSQL cluster and writes its settings. The cluster has one role that can log in: `ecs`, the owner
// of the database `ecs`, with a random password; its superuser cannot be reached over any connection.
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EcsError } from '../../lib/errors.ts';
import { makeId } from '../../lib/ids.ts';
import type { ClusterLocation } from './cluster-location.ts';
import { ifPresent } from './file-error.ts';
import type { NativeFolder } from './native-folder.ts';
import { checkIsOwn } from './own-files.ts';
import { runProgram } from './run-program.ts';
import type { ServerUser } from './server-user.ts';

/** What carries it is unfinished, and swept away at the next start. */
export const DRAFT_PREFIX = 'postgres-draft-';
const PASSWORD_FILE = 'ecs-password';

/** UTF-8 in code point order. The builtin provider is the same on every machine; before it, the system's had to do. */
function listLocaleOptions(majorVersion: number): string[] {
  return majorVersion >= 17
    ? ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    : ['-E', 'UTF8', '--locale=C.UTF-8'];
}

/** Makes the cluster unless it is there. It appears under its name only when it is whole. */
export async function ensureCluster(location: ClusterLocation, native: NativeFolder): Promise<void> {
  await removeDrafts(location.homeDir);
  if (await hasCluster(location, native)) return;
  await checkIsOwn(location.clusterDir);
  const draft = join(location.homeDir, `${DRAFT_PREFIX}${makeId()}`);
  await mkdir(draft, { mode: 0o700 });
  if (location.user !== undefined) await chown(draft, location.user.uid, location.user.gid);
  await initialise(draft, native, location.user);
  await rename(draft, location.clusterDir);
}

/** A start that was cut off leaves its draft behind. The caller holds the data folder, so nobody is working on it. */
async function removeDrafts(homeDir: string): Promise<void> {
  const names = (await readdir(homeDir)).filter((name) => name.startsWith(DRAFT_PREFIX));
  // Its initdb may have outlived that start by a moment and still be writing.
  const options = { recursive: true, force: true, maxRetries: 10, retryDelay: 100 };
  await Promise.all(names.map((name) => rm(join(homeDir, name), options)));
}

async function hasCluster({ clusterDir }: ClusterLocation, native: NativeFolder): Promise<boolean> {
  const majorVersion = await loadMajorVersion(clusterDir);
  if (majorVersion !== undefined) checkMajorVersion(clusterDir, majorVersion, native.majorVersion);
  return majorVersion !== undefined;
}

export async function loadMajorVersion(clusterDir: string): Promise<number | undefined> {
  const text = await ifPresent(readFile(join(clusterDir, 'PG_VERSION'), 'utf8'));
  return text === undefined ? undefined : Number.parseInt(text, 10);
}

export function checkMajorVersion(place: string, found: number, ours: number): void {
  if (found === ours) return;
  throw new EcsError(
    'ECS_DATA_FOLDER_VERSION',
    `${place} was written by PostgreSQL ${found}, and this ECS brings PostgreSQL ${ours}. Use the ECS release that wrote it; or move the data with PostgreSQL ${found}'s own pg_dump to a server of yours and set DATABASE_URL; or, to give the data up, run \`ecs reset\`.`,
    { facts: { found, ours } },
  );
}

async function initialise(dir: string, native: NativeFolder, user: ServerUser | undefined) {
  // `reject` until our own pg_hba.conf is in place: initdb's other choices would want a superuser password.
  const options = [
    '-D',
    dir,
    '-U',
    'postgres',
    '-A',
    'reject',
    '--no-instructions',
    ...listLocaleOptions(native.majorVersion),
  ];
  await runProgram({ program: join(native.path, 'bin', 'initdb'), arguments: options, user });
  const password = randomBytes(24).toString('hex');
  await writeFile(join(dir, PASSWORD_FILE), password, { mode: 0o600 });
  if (user !== undefined) await chown(join(dir, PASSWORD_FILE), user.uid, user.gid);
  await createDatabase(dir, native, user, password);
}

/** In single-user mode, which needs no connection and so no superuser that could log in. One line is one statement. */
async function createDatabase(dir: string, native: NativeFolder, user: ServerUser | undefined, password: string) {
  await runProgram({
    program: join(native.path, 'bin', 'postgres'),
    // exit_on_error: otherwise a failed statement would still end with exit code 0.
    arguments: ['--single', '-D', dir, '-c', 'exit_on_error=on', '-c', 'log_min_messages=error', 'postgres'],
    user,
    input: `create role ecs login createdb password '${password}'\ncreate database ecs owner ecs\n`,
  });
}

export async function loadPassword(clusterDir: string): Promise<string> {
  return (await readFile(join(clusterDir, PASSWORD_FILE), 'utf8')).trim();
}

/** Sized for a laptop, safe against a power cut. */
function listSettings(port: number, maxConnections: number): Record<string, string | number> {
  return {
    listen_addresses: `'127.0.0.1'`,
    port,
    // A socket file has a path length limit that a deep checkout exceeds.
    unix_socket_directories: `''`,
    max_connections: maxConnections,
    shared_buffers: `'128MB'`,
    dynamic_shared_memory_type: 'posix',
    max_wal_size: `'1GB'`,
    fsync: 'on',
    full_page_writes: 'on',
    synchronous_commit: 'on',
    password_encryption: `'scram-sha-256'`,
    timezone: `'UTC'`,
    log_timezone: `'UTC'`,
    lc_messages: `'C'`,
    log_line_prefix: `'%m [%p] %a '`,
    // The detail of a violated constraint would put customers' values into the log.
    log_error_verbosity: 'terse',
  };
}

/** Written at every start: the settings belong to this version of ECS, not to the one that made the cluster. */
export async function saveSettings(clusterDir: string, port: number, maxConnections: number): Promise<void> {
  const lines = Object.entries(listSettings(port, maxConnections)).map(([name, value]) => `${name} = ${value}`);
  await writeClusterFile(clusterDir, 'postgresql.conf', ['# Written by ECS at every start.', ...lines]);
  await writeClusterFile(clusterDir, 'pg_hba.conf', [
    '# Written by ECS at every start.',
    'host all ecs 127.0.0.1/32 scram-sha-256',
  ]);
}

/** In place: the files keep their owner, who may not be us. */
async function writeClusterFile(clusterDir: string, name: string, lines: string[]): Promise<void> {
  await writeFile(join(clusterDir, name), `${lines.join('\n')}\n`);
  await chmod(join(clusterDir, name), 0o600);
}
