import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureCluster } from './cluster.ts';
import { type ClusterLocation, locateCluster } from './cluster-location.ts';
import { type DataFolderLock, lockDataFolder } from './data-folder-lock.ts';
import { findNativeFolder, type NativeFolder, prepareNativeFolder } from './native-folder.ts';
import { startPostmaster } from './postmaster.ts';

describe('startPostmaster', () => {
  const dataDir = join(tmpdir(), `ecs-postmaster-${randomUUID()}`);
  let lock: DataFolderLock;
  let location: ClusterLocation;
  let native: NativeFolder;

  beforeAll(async () => {
    lock = await lockDataFolder(dataDir);
    location = await locateCluster(dataDir);
    const shipped = await findNativeFolder(process.platform, process.arch);
    native = await prepareNativeFolder(shipped, location.homeDir, location.user);
    await ensureCluster(location, native);
  });
  afterAll(async () => {
    await lock.release();
    await rm(dataDir, { recursive: true });
  });

  const listenSomewhere = async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return { port: address.port, close: () => server.close() };
  };
  const start = (findPort: () => Promise<number>) =>
    startPostmaster({ location, native, logFile: join(dataDir, 'postgres.log'), maxConnections: 10 }, findPort);

  it('looks for another port when somebody takes the found one first', async () => {
    const taken = await listenSomewhere();
    const free = await listenSomewhere();
    free.close();
    const ports = [taken.port, taken.port, free.port];
    const postmaster = await start(async () => ports.shift() ?? 0);
    expect(postmaster.port).toBe(free.port);
    await postmaster.stop();
    taken.close();
  });

  it('gives up after some ports, with what PostgreSQL said', async () => {
    const taken = await listenSomewhere();
    let looks = 0;
    const attempt = start(async () => {
      looks++;
      return taken.port;
    });
    await expect(attempt).rejects.toMatchObject({ code: 'ECS_EMBEDDED_UNAVAILABLE' });
    await expect(attempt).rejects.toThrow(/Address already in use/);
    expect(looks).toBe(5);
    taken.close();
  });

  it('ends with a named error when the program cannot be started at all', async () => {
    const attempt = startPostmaster({
      location,
      native: { ...native, path: '/nowhere' },
      logFile: join(dataDir, 'postgres.log'),
      maxConnections: 10,
    });
    await expect(attempt).rejects.toMatchObject({ code: 'ECS_EMBEDDED_UNAVAILABLE' });
    await expect(attempt).rejects.toThrow(/nowhere.*DATABASE_URL/s);
  });
});
