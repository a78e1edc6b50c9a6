// Processor time that a server, the PostgreSQL behind it and the load generator have used, from Linux's own counts: what a
// request costs, whoever else is busy on the machine. Null where the system does not tell.

import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Seconds of the processes and all that descend from them, those that ended included. */
export function readCpuSeconds(pids) {
  if (process.platform !== 'linux') return null;
  const all = readProcesses();
  const wanted = new Set(pids);
  // A child comes after its parent only by chance, so until nothing is added any more.
  for (let before = -1; before !== wanted.size; ) {
    before = wanted.size;
    for (const [pid, { parent }] of all) if (wanted.has(parent)) wanted.add(pid);
  }
  const ticks = [...wanted].reduce((sum, pid) => sum + (all.get(pid)?.ticks ?? 0), 0);
  const own = process.cpuUsage();
  return ticks / TICKS_PER_SECOND + (own.user + own.system) / 1e6;
}

function readProcesses() {
  const found = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const text = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name of the program may hold spaces; what follows its bracket does not.
      const fields = text
        .slice(text.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      found.set(Number(name), { parent: fields[1], ticks: fields[11] + fields[12] + fields[13] + fields[14] });
    } catch (error) {
      if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
    }
  }
  return found;
}
