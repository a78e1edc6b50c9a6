// Watches a broker that startKafka() started: ends it when the process it belongs to is gone, however that one ended,
// and removes its folder if it was temporary. Arguments: broker's pid, owner's pid, folder or nothing.

import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [broker, owner] = process.argv.slice(2, 4).map(Number);
const folder = process.argv[4];

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

while (isAlive(broker) && isAlive(owner)) await sleep(500);
if (isAlive(broker)) {
  process.kill(broker, 'SIGTERM');
  for (let waits = 0; waits < 40 && isAlive(broker); waits++) await sleep(250);
  if (isAlive(broker)) process.kill(broker, 'SIGKILL');
}
// A temporary broker that its owner stopped may be started again on the same folder: only the owner's end removes it.
while (folder && isAlive(owner)) await sleep(500);
if (folder) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
