import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access, chmod, mkdir, mkdtemp, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleepMs } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { checkServer, createPool, findRunningPostgres, resetData } from '../index.ts';
import { isAlive } from './orphan.ts';
import { runProgram } from './run-program.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './start-embedded-postgres.ts';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const isRoot = process.geteuid?.() === 0;

/** Folders of a test and what runs in them; whatever happens, nothing is left behind. */
describe('startEmbeddedPostgres', () => {
  let dataDir: string;
  let running: EmbeddedPostgres[];
  let children: ChildProcess[];

  // Making a cluster is what costs time: most tests begin with a copy of this one.
  const seedDir = join(tmpdir(), `ecs-embedded-${randomUUID()}`);
  beforeAll(async () => {
    await (await startEmbeddedPostgres({ dataDir: seedDir })).stop();
  });
  afterAll(() => rm(seedDir, { recursive: true }));

  const copySeed = () => runProgram({ program: '/bin/cp', arguments: ['-a', seedDir, dataDir], user: undefined });

  beforeEach(() => {
    dataDir = join(tmpdir(), `ecs-embedded-${randomUUID()}`);
    running = [];
    children = [];
  });
  afterEach(async () => {
    await Promise.all(running.map((server) => server.stop()));
    for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
    await sleepMs(0);
    await resetData(dataDir);
    await rm(dataDir, { recursive: true });
  });

  const start = async (dir = dataDir, options: { systemDir?: string } = {}): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres({ dataDir: dir, ...options });
    running.push(server);
    return server;
  };
  const query = async <T>(server: { connectionString: string }, sql: string): Promise<T[]> => {
    const pool = createPool({ connectionString: server.connectionString, max: 1 });
    try {
      return (await pool.query(sql)).rows as T[];
    } finally {
      await pool.end();
    }
  };
  const readPid = async () =>
    Number((await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]);

  /** Another ECS, in a process group of its own as a shell makes them. */
  const spawnHolder = async (user: { uid?: number; gid?: number } = {}): Promise<ChildProcess> => {
    const child = spawn(
      process.execPath,
      ['--import', './scripts/register-typescript.mjs', 'test/support/hold-data-folder.ts', dataDir],
      { cwd: REPOSITORY, detached: true, stdio: ['ignore', 'pipe', 'pipe'], ...user },
    );
    children.push(child);
    const words = collectOutput(child);
    while (!words.text.includes('ready')) {
      if (child.exitCode !== null) throw new Error(`the other ECS ended: ${words.text}`);
      await sleepMs(20);
    }
    return child;
  };

  it('starts a durable PostgreSQL in UTF-8 that only this machine and only the password reach', async () => {
    const server = await start();
    const pool = createPool({ connectionString: server.connectionString, max: 1 });
    expect(await checkServer(pool)).toEqual({ majorVersion: 18 });
    const { rows } = await pool.query(
      `select pg_encoding_to_char(encoding) as encoding, datlocprovider as provider, datlocale as locale,
              current_setting('listen_addresses') as listens, rolsuper as superuser
       from pg_database, pg_roles where datname = current_database() and rolname = current_user`,
    );
    await pool.end();
    expect(rows).toEqual([
      { encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8', listens: '127.0.0.1', superuser: false },
    ]);
    const wrong = server.connectionString.replace(/:[0-9a-f]{48}@/, ':wrong@');
    await expect(query({ connectionString: wrong }, 'select 1')).rejects.toMatchObject({ code: '28P01' });
    const superuser = server.connectionString.replace('//ecs:', '//postgres:');
    await expect(query({ connectionString: superuser }, 'select 1')).rejects.toMatchObject({ code: '28000' });
    for (const name of ['postgres', 'postgres/ecs-password', 'postgres.log']) {
      expect((await stat(join(dataDir, name))).mode & 0o077).toBe(0);
    }
  });

  it('keeps the data and the password over a restart, and leaves no process behind', async () => {
    await copySeed();
    const first = await start();
    await query(first, 'create table t_kept as select 42 as answer');
    const pid = await readPid();
    await first.stop();
    expect(isAlive(pid)).toBe(false);
    const second = await start();
    expect(await query(second, 'select answer from t_kept')).toEqual([{ answer: 42 }]);
    expect(new URL(second.connectionString).password).toBe(new URL(first.connectionString).password);
  });

  it('stops in order although a session is open, and stops once', async () => {
    await copySeed();
    const server = await start();
    const pool = createPool({ connectionString: server.connectionString });
    const client = await pool.connect();
    await client.query('begin');
    await Promise.all([server.stop(), server.stop()]);
    client.release(true);
    await pool.end();
    const log = await readFile(join(dataDir, 'postgres.log'), 'utf8');
    expect(log).toContain('database system is shut down');
  });

  it('refuses a second starter, by whatever path it comes, until the first has stopped', async () => {
    await copySeed();
    const server = await start();
    const otherPath = `${dataDir}-link`;
    await symlink(dataDir, otherPath);
    for (const dir of [dataDir, otherPath]) {
      await expect(start(dir)).rejects.toMatchObject({
        code: 'ECS_DATA_FOLDER_IN_USE',
        facts: { owner: `${process.pid}` },
      });
    }
    await expect(resetData(dataDir)).rejects.toMatchObject({ code: 'ECS_DATA_FOLDER_IN_USE' });
    await server.stop();
    expect(await query(await start(otherPath), 'select 1 as one')).toEqual([{ one: 1 }]);
    await rm(otherPath);
  });

  it('refuses a second process while the first lives, and after SIGKILL ends the orphan and goes on', async () => {
    await copySeed();
    const holder = await spawnHolder();
    await expect(start()).rejects.toMatchObject({ code: 'ECS_DATA_FOLDER_IN_USE', facts: { owner: `${holder.pid}` } });
    const orphan = await readPid();
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(isAlive(orphan)).toBe(true);
    const server = await start();
    expect(isAlive(orphan)).toBe(false);
    expect(await query(server, 'select id from t_held')).toEqual([{ id: 1 }]);
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).not.toContain('automatic recovery');
  });

  it('recovers after both ECS and PostgreSQL were killed', async () => {
    await copySeed();
    const holder = await spawnHolder();
    const postmaster = await readPid();
    holder.kill('SIGKILL');
    process.kill(postmaster, 'SIGKILL');
    await once(holder, 'exit');
    expect(await query(await start(), 'select id from t_held')).toEqual([{ id: 1 }]);
  });

  it('survives Ctrl-C, which reaches the whole process group: ECS ends it in order', async () => {
    await copySeed();
    const holder = await spawnHolder();
    const words = collectOutput(holder);
    const postmaster = await readPid();
    process.kill(-(holder.pid ?? 0), 'SIGINT');
    const [code] = await once(holder, 'exit');
    expect({ code, text: words.text.trim() }).toEqual({ code: 0, text: 'stopped with 1' });
    expect(isAlive(postmaster)).toBe(false);
  });

  it('neither ends nor is stopped by a foreign process that now has the number in the note', async () => {
    await copySeed();
    const server = await start();
    await query(server, 'create table t_kept as select 1 as one');
    const note = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8');
    await server.stop();
    const stranger = spawn('sleep', ['60'], { ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}), stdio: 'ignore' });
    children.push(stranger);
    await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), note.replace(/^\d+/, String(stranger.pid)));
    expect(await query(await start(), 'select one from t_kept')).toEqual([{ one: 1 }]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  });

  it('refuses the data of another major version and says the way out', async () => {
    await copySeed();
    await (await start()).stop();
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toMatchObject({ code: 'ECS_DATA_FOLDER_VERSION', facts: { found: 17, ours: 18 } });
    await expect(start()).rejects.toThrow(/pg_dump.*DATABASE_URL.*ecs reset/s);
  });

  it('begins anew after a first start that was cut off', async () => {
    const halfMade = join(dataDir, 'postgres-draft-1');
    await mkdir(halfMade, { recursive: true });
    await writeFile(join(dataDir, 'lock'), '');
    await writeFile(join(halfMade, 'PG_VERSION'), '18\n');
    if (isRoot) await chmod(dataDir, 0o711);
    expect(await query(await start(), 'select 1 as one')).toEqual([{ one: 1 }]);
    await expect(access(halfMade)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('tells why PostgreSQL does not start, and gives the folder back', async () => {
    await copySeed();
    await (await start()).stop();
    await rm(join(dataDir, 'postgres', 'global', 'pg_control'));
    await expect(start()).rejects.toMatchObject({ code: 'ECS_EMBEDDED_UNAVAILABLE' });
    await expect(start()).rejects.toThrow(/pg_control.*DATABASE_URL/s);
  });

  it('lets a second command find the server while it runs, and only then', async () => {
    expect(await findRunningPostgres(dataDir)).toBeNull();
    await copySeed();
    expect(await findRunningPostgres(dataDir)).toBeNull();
    const server = await start();
    expect(await findRunningPostgres(dataDir)).toBe(server.connectionString);
    await server.stop();
    expect(await findRunningPostgres(dataDir)).toBeNull();
  });

  it('does not listen anywhere once stopped', async () => {
    await copySeed();
    const server = await start();
    await server.stop();
    const socket = connect(server.port, '127.0.0.1');
    const [error] = await once(socket, 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });

  const asRoot = isRoot ? it : it.skip;

  asRoot('runs for an ordinary user too', async () => {
    await mkdir(dataDir);
    await chmod(dataDir, 0o777);
    const holder = await spawnHolder({ uid: 65_534, gid: 65_534 });
    expect((await stat(join(dataDir, 'postgres'))).uid).toBe(65_534);
    const words = collectOutput(holder);
    holder.kill('SIGINT');
    await once(holder, 'exit');
    expect(words.text.trim()).toBe('stopped with 1');
    // The same folder as root: the owner of the cluster stays who runs it.
    expect(await query(await start(), 'select id from t_held')).toEqual([{ id: 1 }]);
  });

  asRoot("tells an ordinary user that the folder is root's", async () => {
    await copySeed();
    await expect(spawnHolder({ uid: 65_534, gid: 65_534 })).rejects.toThrow(
      /ECS_EMBEDDED_UNAVAILABLE|belongs to another user/,
    );
  });

  it('tells when the server died, and says nothing when it was stopped', async () => {
    await copySeed();
    const stopped = await start();
    await stopped.stop();
    const died = await start();
    process.kill(await readPid(), 'SIGKILL');
    expect(await died.died).toMatchObject({
      code: 'ECS_EMBEDDED_UNAVAILABLE',
      message: expect.stringMatching(/SIGKILL.*start ECS again/),
    });
    expect(await Promise.race([stopped.died, sleepMs(50, 'silence')])).toBe('silence');
  });

  asRoot('places the cluster outside of a home that is closed to the server user, and finds it again', async () => {
    const home = await mkdtemp(join(tmpdir(), 'ecs-home-'));
    const systemDir = join(tmpdir(), `ecs-system-${randomUUID()}`);
    const closedDir = join(home, 'checkout', '.ecs');
    const first = await start(closedDir, { systemDir });
    await query(first, 'create table t_kept as select 1 as one');
    await first.stop();
    expect(await query(await start(closedDir, { systemDir }), 'select one from t_kept')).toEqual([{ one: 1 }]);
    await running.at(-1)?.stop();
    const copyDir = join(home, 'copy');
    await mkdir(copyDir);
    await symlink(await readlink(join(closedDir, 'postgres')), join(copyDir, 'postgres'));
    await expect(start(copyDir, { systemDir })).rejects.toMatchObject({ code: 'ECS_DATA_FOLDER_IN_USE' });
    const outside = dirname(await readlink(join(closedDir, 'postgres')));
    expect(dirname(outside)).toBe(systemDir);
    await resetData(closedDir);
    await expect(access(outside)).rejects.toMatchObject({ code: 'ENOENT' });
    await rm(home, { recursive: true });
    await rm(systemDir, { recursive: true });
    await mkdir(dataDir);
  });
});

function collectOutput(child: ChildProcess): { text: string } {
  const words = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (words.text += chunk));
  return words;
}
