import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findNativeFolder, makeLinks, type NativeFolder, prepareNativeFolder } from './native-folder.ts';
import { runProgram } from './run-program.ts';
import type { ServerUser } from './server-user.ts';

const isRoot = process.geteuid?.() === 0;
const NOBODY: ServerUser = { uid: 65_534, gid: 65_534 };

describe('the native folder', () => {
  let root: string;
  let native: NativeFolder;

  /** As npm leaves it: files without the links between them. */
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'ecs-native-'));
    await chmod(root, 0o755);
    native = { path: join(root, 'package', 'native'), version: '18.4.0', majorVersion: 18 };
    await mkdir(join(native.path, 'bin'), { recursive: true });
    await mkdir(join(native.path, 'lib'));
    await writeFile(join(native.path, 'lib', 'libx.so.1.2'), 'x');
    await writeFile(join(native.path, 'bin', 'postgres'), '#!/bin/sh\ncat "$(dirname "$0")/../lib/libx.so"\n', {
      mode: 0o755,
    });
    await writeLinks([{ source: 'native/lib/libx.so.1.2', target: 'native/lib/libx.so' }]);
  });
  afterEach(() => rm(root, { recursive: true }));

  const writeLinks = (links: unknown) => writeFile(join(native.path, 'pg-symlinks.json'), JSON.stringify(links));
  const run = (found: NativeFolder, user: ServerUser | undefined) =>
    runProgram({ program: join(found.path, 'bin', 'postgres'), arguments: [], user });

  it('gets its links from the shipped list, however many start at once, and keeps those it has', async () => {
    const homes = await Promise.all(Array.from({ length: 5 }, () => prepareNativeFolder(native, root, undefined)));
    expect(homes.map((home) => home.path)).toEqual(Array.from({ length: 5 }, () => native.path));
    const link = join(native.path, 'lib', 'libx.so');
    expect(await readlink(link)).toBe('libx.so.1.2');
    const { ino } = await lstat(link);
    await makeLinks(native.path);
    expect((await lstat(link)).ino).toBe(ino);
    expect(await run(native, undefined)).toBe('x');
  });

  it.each([
    [{ source: 'native/lib/libx.so.1.2', target: '../outside' }],
    [{ source: 'native/lib/libx.so.1.2', target: 'native/bin/libx.so' }],
  ])('makes no link out of its folder: %j', async (link) => {
    await writeLinks([link]);
    await expect(makeLinks(native.path)).rejects.toThrow(/leaves its folder/);
  });

  it('names the way out where there is no package for the machine', async () => {
    await expect(findNativeFolder('sunos', 'sparc')).rejects.toMatchObject({ code: 'ECS_EMBEDDED_UNAVAILABLE' });
    await expect(findNativeFolder('sunos', 'sparc')).rejects.toThrow(/DATABASE_URL/);
  });

  it('finds the shipped programs of this machine', async () => {
    const found = await findNativeFolder(process.platform, process.arch);
    expect(found.majorVersion).toBe(18);
    expect(await readdir(found.path)).toEqual(expect.arrayContaining(['bin', 'lib', 'share']));
  });

  const asRoot = isRoot ? it : it.skip;

  asRoot.each([
    ['its parent is closed', async (found: NativeFolder) => chmod(dirname(found.path), 0o700)],
    [
      'a strict umask made its programs private',
      async (found: NativeFolder) => chmod(join(found.path, 'bin', 'postgres'), 0o700),
    ],
  ])('is copied for the server user where %s, and the copy is found again', async (_name, close) => {
    await close(native);
    await expect(run(native, NOBODY)).rejects.toMatchObject({ code: 'ECS_EMBEDDED_UNAVAILABLE' });
    const homeDir = join(root, 'home');
    await mkdir(homeDir, { mode: 0o711 });
    const copy = await prepareNativeFolder(native, homeDir, NOBODY);
    expect(copy.path).not.toBe(native.path);
    expect(await run(copy, NOBODY)).toBe('x');
    const { ino } = await lstat(copy.path);
    expect((await lstat((await prepareNativeFolder(native, homeDir, NOBODY)).path)).ino).toBe(ino);
    expect(await readdir(homeDir)).toHaveLength(1);
  });

  it('runs a program with input, and reports a missing or failing one', async () => {
    const sh = (script: string, input = '') =>
      runProgram({ program: '/bin/sh', arguments: ['-c', script], user: undefined, input });
    expect(await sh('cat', 'words')).toBe('words');
    await expect(sh('echo sorry >&2; exit 3')).rejects.toThrow(/ended with 3: sorry/);
    await expect(sh('exit 3', 'x'.repeat(1_000_000))).rejects.toThrow(/ended with 3/);
    await expect(runProgram({ program: '/nowhere/initdb', arguments: [], user: undefined })).rejects.toMatchObject({
      code: 'ECS_EMBEDDED_UNAVAILABLE',
    });
  });

  it('does not let the environment of ECS through', async () => {
    process.env.PGDATA = '/elsewhere';
    expect(await runProgram({ program: '/usr/bin/env', arguments: [], user: undefined })).not.toContain('PGDATA');
    delete process.env.PGDATA;
  });

  it('reads its package file', async () => {
    const found = await findNativeFolder(process.platform, process.arch);
    const text = await readFile(join(dirname(found.path), 'package.json'), 'utf8');
    expect(text).toContain(`"version": "${found.version}"`);
  });
});
