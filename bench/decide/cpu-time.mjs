// Processor time that a server, the PostgreSQL behind it and the load generator have used, from Linux's own counts: what a
// request costs, whoever else is busy on the machine. Null where the system does not tell.

import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** Microseconds used so far by each of the processes with all that descends from it, and by this one. */
export function readCpu({ server, database }) {
  if (process.platform !== 'linux') return null;
  const all = readProcesses();
  const own = process.cpuUsage();
  return {
    server: sumMicros(all, server),
    database: sumMicros(all, database),
    generator: own.user + own.system,
  };
}

/** `after - before` for each request, and their sum as `all`; null where nothing was read. */
export function cpuPerRequest(before, after, requests) {
  if (before === null || after === null) return null;
  const names = Object.keys(before);
  const each = Object.fromEntries(names.map((name) => [name, (after[name] - before[name]) / requests]));
  return { ...each, all: names.reduce((sum, name) => sum + each[name], 0) };
}

function sumMicros(all, root) {
  const wanted = new Set([root]);
  // A child comes after its parent only by chance, so until nothing is added any more.
  for (let before = 0; before !== wanted.size; ) {
    before = wanted.size;
    for (const [pid, { parent }] of all) if (wanted.has(parent)) wanted.add(pid);
  }
  return [...wanted].reduce((sum, pid) => sum + ((all.get(pid)?.ticks ?? 0) * 1e6) / TICKS_PER_SECOND, 0);
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
