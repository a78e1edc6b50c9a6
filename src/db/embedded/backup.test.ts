import { randomUUID } from 'node:crypto';
import { copyFile, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { backupData, createPool, type RestoreOptions, resetData, restoreData } from '../index.ts';
import { decodeHeader, encodeHeader } from './backup-format.ts';
import { runProgram } from './run-program.ts';
import { startEmbeddedPostgres } from './start-embedded-postgres.ts';

const makePath = (name: string) => join(tmpdir(), `ecs-${name}-${randomUUID()}`);

describe('backup and restore', () => {
  const sourceDir = makePath('source');
  const backup = makePath('backup.tar.gz');
  let targetDir: string;

  const query = async (dataDir: string, sql: string): Promise<unknown[]> => {
    const server = await startEmbeddedPostgres({ dataDir });
    const pool = createPool({ connectionString: server.connectionString, max: 1 });
    try {
      return (await pool.query(sql)).rows;
    } finally {
      await pool.end();
      await server.stop();
    }
  };
  const remove = async (dataDir: string) => {
    await resetData(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  };
  const restore = (file = backup, options: RestoreOptions = {}) => restoreData(targetDir, file, options);
  const listTarget = async () => (await readdir(targetDir)).sort();

  beforeAll(async () => {
    await query(sourceDir, `create table t_kept as select n, 'wörd ' || n as text from generate_series(1, 5000) as n`);
    await backupData(sourceDir, backup);
  });
  afterAll(async () => {
    await remove(sourceDir);
    await rm(backup);
  });
  beforeEach(() => {
    targetDir = makePath('target');
  });
  afterEach(() => remove(targetDir));

  it('brings the same data back in another folder, and the copied ECS goes on', async () => {
    await restore();
    expect(await query(targetDir, 'select count(*) as n, max(text) as text from t_kept')).toEqual([
      { n: 5000, text: 'wörd 999' },
    ]);
    expect((await stat(join(targetDir, 'postgres'))).mode & 0o077).toBe(0);
  });

  it('is private, and no other file is left beside it', async () => {
    expect((await stat(backup)).mode & 0o077).toBe(0);
    await expect(stat(`${backup}.part`)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is an archive that tar can open', async () => {
    const list = await runProgram({ program: '/bin/tar', arguments: ['-tzf', backup], user: undefined });
    const names = list.split('\n');
    expect(names[0]).toBe('manifest.json');
    expect(names).toEqual(expect.arrayContaining(['postgres/PG_VERSION', 'postgres/pg_wal/', 'postgres/ecs-password']));
    expect(names).not.toContain('postgres/postmaster.pid');
  });

  it('never overwrites a file', async () => {
    await expect(backupData(sourceDir, backup)).rejects.toMatchObject({ code: 'ECS_FILE_INVALID' });
  });

  it('has nothing to say about an empty folder', async () => {
    const file = makePath('none');
    await expect(backupData(targetDir, file)).rejects.toMatchObject({ code: 'ECS_NOT_FOUND' });
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('waits for ECS to be stopped, on both sides', async () => {
    const server = await startEmbeddedPostgres({ dataDir: targetDir });
    await expect(backupData(targetDir, makePath('none'))).rejects.toMatchObject({ code: 'ECS_DATA_FOLDER_IN_USE' });
    await expect(restore(backup, { force: true })).rejects.toMatchObject({ code: 'ECS_DATA_FOLDER_IN_USE' });
    await server.stop();
  });

  it('replaces data only when told to', async () => {
    await query(targetDir, 'create table t_other (a integer)');
    await expect(restore()).rejects.toMatchObject({ code: 'ECS_CONFLICT' });
    expect(await query(targetDir, `select to_regclass('t_other')::text as name`)).toEqual([{ name: 't_other' }]);
    await restore(backup, { force: true });
    expect(await query(targetDir, 'select count(*) as n from t_kept')).toEqual([{ n: 5000 }]);
    expect((await listTarget()).filter((name) => name.startsWith('postgres-'))).toEqual([]);
  });

  it('passes on that there is no such file', async () => {
    await expect(restore(makePath('none'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await listTarget()).toEqual(['lock']);
  });

  describe('a damaged file', () => {
    const damaged = makePath('damaged');
    afterEach(() => rm(damaged, { force: true }));

    const expectRefused = async (code = 'ECS_BACKUP_INVALID') => {
      await expect(restore(damaged)).rejects.toMatchObject({ code });
      expect(await listTarget()).toEqual(['lock']);
    };
    const rewrite = async (change: (archive: Buffer) => Buffer) =>
      writeFile(damaged, gzipSync(change(gunzipSync(await readFile(backup))), { level: 1 }));
    /** Changes the manifest, keeping its length. */
    const rewriteManifest = (from: string, to: string) =>
      rewrite((archive) => {
        const size = decodeHeader(archive.subarray(0, 512))?.sizeBytes ?? 0;
        const text = archive.toString('utf8', 512, 512 + size).replace(from, to);
        return Buffer.concat([archive.subarray(0, 512), Buffer.from(text), archive.subarray(512 + size)]);
      });

    it.each([0, 10, 0.5, -1])('cut off at %d is refused and leaves nothing', async (where) => {
      await copyFile(backup, damaged);
      const { size } = await stat(backup);
      await truncate(damaged, where < 0 ? size + where : where < 1 ? Math.floor(size * where) : where);
      await expectRefused();
    });

    it.each([0.1, 0.9])('with a flipped bit at %d is refused', async (where) => {
      const bytes = await readFile(backup);
      bytes[Math.floor(bytes.length * where)]! ^= 4;
      await writeFile(damaged, bytes);
      await expectRefused();
    });

    it('with other content under a good gzip checksum is refused', async () => {
      await rewrite((archive) => {
        const at = archive.indexOf('w\u00f6rd 4711');
        archive.write('W', at, 'latin1');
        return archive;
      });
      await expectRefused();
    });

    it.each([
      ['that ends after its files', (archive: Buffer) => archive.subarray(0, archive.length - 1024)],
      ['that goes on after its end', (archive: Buffer) => Buffer.concat([archive, Buffer.alloc(512, 1)])],
      ['that begins with another file', (archive: Buffer) => archive.subarray(512)],
      ['that is no archive at all', () => Buffer.from('hello')],
    ])('%s is refused', async (_name, change) => {
      await rewrite(change);
      await expectRefused();
    });

    it('that would write outside of the folder is refused', async () => {
      await rewriteManifest('"PG_VERSION"', '"../VERSION"');
      await expectRefused();
    });

    it('of another major version is refused by name', async () => {
      await rewriteManifest('"postgresMajor":18', '"postgresMajor":17');
      await expectRefused('ECS_DATA_FOLDER_VERSION');
    });
  });
});

describe('the tar header', () => {
  it('reads what it writes', () => {
    const header = { name: 'postgres/base/5/1255', type: 'file', sizeBytes: 1_073_741_824 } as const;
    expect(decodeHeader(encodeHeader(header))).toEqual(header);
    expect(decodeHeader(encodeHeader({ name: 'a/', type: 'folder', sizeBytes: 0 }))).toMatchObject({ type: 'folder' });
  });

  it('does not take anything for a header', () => {
    const header = encodeHeader({ name: 'a', type: 'file', sizeBytes: 5 });
    header[0] = 0x62;
    expect(decodeHeader(header)).toBeUndefined();
    expect(decodeHeader(Buffer.alloc(512))).toBeUndefined();
  });
});
