// How long something took, and how much of the processor it used: in this process, and in a PostgreSQL beside it.

import { readdirSync, readFileSync } from 'node:fs';

const TICKS_A_SECOND = 100;

/**
 * Seconds, and microseconds of processor time here and in the PostgreSQL of `postmasterPid` (null where /proc has none).
 * With `--expose-gc` what the bench left behind while it made the events is collected before, not while the work is timed.
 */
export async function measure(postmasterPid, work) {
  globalThis.gc?.();
  const nodeBefore = process.cpuUsage();
  const databaseBefore = readServerTicks(postmasterPid);
  const startedMs = performance.now();
  const result = await work();
  const seconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(nodeBefore);
  const databaseAfter = readServerTicks(postmasterPid);
  const databaseMicros =
    databaseBefore === null || databaseAfter === null
      ? null
      : ((databaseAfter - databaseBefore) * 1e6) / TICKS_A_SECOND;
  return { result, seconds, nodeMicros: user + system, databaseMicros };
}

/** Processor time of a PostgreSQL server: the postmaster, its running children, and those that have ended. */
function readServerTicks(postmasterPid) {
  const own = readStat(postmasterPid);
  if (own === null) return null;
  let ticks = own.ticks + own.endedChildren;
  for (const name of readdirSync('/proc')) {
    const child = /^\d+$/.test(name) ? readStat(name) : null;
    if (child?.parent === postmasterPid) ticks += child.ticks;
  }
  return ticks;
}

function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name stands in brackets and may hold anything; the third field on follow behind it.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const field = (number) => Number(fields[number - 3]);
    return { parent: field(4), ticks: field(14) + field(15), endedChildren: field(16) + field(17) };
  } catch {
    // Ended meanwhile, or a system without /proc.
    return null;
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function round(value, digits = 3) {
  return Number(value.toPrecision(digits));
}
