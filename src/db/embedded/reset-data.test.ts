import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { resetData, restoreData, startEmbeddedPostgres } from '../index.ts';

// A path given by mistake (a home, a checkout) must never cost anybody a file, and every command that was once tried
// there has left the lock note, so that alone proves nothing.
describe('a data folder with files of somebody else', () => {
  let root: string;
  let dataDir: string;

  const put = async (path: string) => {
    const file = join(dataDir, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, 'precious');
  };
  const list = async (dir = dataDir) => (await readdir(dir, { recursive: true })).sort();

  beforeEach(async () => {
    root = join(tmpdir(), `ecs-reset-${randomUUID()}`);
    dataDir = join(root, 'data');
    await put('lock');
  });
  afterEach(() => rm(root, { recursive: true }));

  it('keeps what ECS did not make, deletes what it made, and names what it kept', async () => {
    const own = [
      'postgres/PG_VERSION',
      'postgres/ecs-password',
      'postgres.log',
      'postgres.log.1',
      `postgres-draft-${randomUUID()}/x`,
      `draft-${randomUUID()}/x`,
      'programs-18.1.0-0123456789ab/native/x',
      'kafka/place.json',
    ];
    const foreign = ['letters.txt', 'draft-of-a-novel/one.txt', 'programs-of-mine/a.out', 'postgres.log.bak'];
    for (const path of [...own, ...foreign]) await put(path);
    expect(await resetData(dataDir)).toEqual({
      kept: ['draft-of-a-novel', 'letters.txt', 'postgres.log.bak', 'programs-of-mine'],
    });
    expect(await list()).toEqual(['draft-of-a-novel', 'lock', 'programs-of-mine', ...foreign].sort());
  });

  it.each([['postgres/letters.txt'], ['kafka/letters.txt']])('refuses %s and deletes nothing', async (path) => {
    await put(path);
    await put('postgres.log');
    const before = await list();
    await expect(resetData(dataDir)).rejects.toMatchObject({ code: 'ECS_FILE_INVALID' });
    expect(await list()).toEqual(before);
  });

  it('refuses a link that leads to a cluster which ECS did not place outside', async () => {
    const elsewhere = join(root, 'elsewhere', 'postgres');
    await mkdir(elsewhere, { recursive: true });
    await writeFile(join(elsewhere, 'PG_VERSION'), '18\n');
    await symlink(elsewhere, join(dataDir, 'postgres'));
    await expect(resetData(dataDir)).rejects.toMatchObject({ code: 'ECS_FILE_INVALID' });
    expect(await list(join(root, 'elsewhere'))).toEqual(['postgres', 'postgres/PG_VERSION']);
  });

  it('is not begun in, nor restored over', async () => {
    await put('postgres/letters.txt');
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({ code: 'ECS_FILE_INVALID' });
    await expect(restoreData(dataDir, '/nowhere', { force: true })).rejects.toMatchObject({ code: 'ECS_FILE_INVALID' });
    expect(await list(join(dataDir, 'postgres'))).toEqual(['letters.txt']);
  });

  it('is named where it is no folder at all', async () => {
    const file = join(dataDir, 'lock');
    const refused = { code: 'ECS_FILE_INVALID', message: expect.stringContaining('is not a folder') };
    await expect(startEmbeddedPostgres({ dataDir: file })).rejects.toMatchObject(refused);
    await expect(startEmbeddedPostgres({ dataDir: join(file, 'below') })).rejects.toMatchObject(refused);
  });
});
