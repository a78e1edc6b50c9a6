// The lock's name is the same under every Node; that it locks is shown with whole servers in start-embedded-postgres.test.ts.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDataFolder } from './data-folder-lock.ts';

test('on Linux the name fills the whole address, which Node 20 does by itself and Node 24 does not', async () => {
  if (process.platform !== 'linux') return;
  const folder = await mkdtemp(join(tmpdir(), 'ecs-lock-'));
  const { dev, ino } = await stat(folder);
  const lock = await lockDataFolder(folder);
  try {
    // The kernel shows the zero bytes as @.
    const names = (await readFile('/proc/net/unix', 'latin1')).split('\n').map((line) => line.split(' ').at(-1));
    expect(names).toContain(`@ecs-data-folder-${dev}-${ino}`.padEnd(108, '@'));
  } finally {
    await lock.release();
    await rm(folder, { recursive: true });
  }
});
