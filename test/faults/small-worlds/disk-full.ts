// A world of its own: PostgreSQL on a small tmpfs that fills up while events come in over HTTP. What was answered with 202 must
// be counted when there is room again, the API must have said 503 meanwhile, and nobody may have to lend a hand.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Finding, report } from '../invariants/invariant.ts';
import { createApiClient } from '../load/api-client.ts';
import { startTcpProxy } from '../proxy/tcp-proxy.ts';
import { reserveDoors } from '../world/broker.ts';
import { type FaultDatabase, startFaultDatabase } from '../world/database.ts';
import { cleanEnvironment } from '../world/worker.ts';

export interface DiskFullResult {
  readonly findings: readonly Finding[];
  readonly events: number;
  /** Between room on the disk and the next accepted event. */
  readonly backAfterSeconds: number | null;
  /** Why it could not be tried here; null where it was. */
  readonly leftOut: string | null;
}

const SIZE_MB = 160;
const REFUSED_WITHIN_MS = 40_000;
const BACK_WITHIN_MS = 60_000;

export async function runDiskFull(root: string, say: (text: string) => void): Promise<DiskFullResult> {
  const place = mkdtempSync(join(tmpdir(), 'ecs-faults-disk-'));
  const ends: (() => unknown)[] = [() => rmSync(place, { recursive: true, force: true })];
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_MB}m,mode=0755`, 'ecs-faults', place], { stdio: 'pipe' });
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    const leftOut = `a small tmpfs cannot be mounted here: ${String(error).split('\n')[0]}`;
    say(`DISK FULL WAS NOT TRIED: ${leftOut}`);
    return { findings: [], events: 0, backAfterSeconds: null, leftOut };
  }
  ends.push(() => execFileSync('umount', ['-l', place]));
  try {
    return await fillAndFree(root, place, ends, say);
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function fillAndFree(
  root: string,
  place: string,
  ends: (() => unknown)[],
  say: (text: string) => void,
): Promise<DiskFullResult> {
  const database = await startFaultDatabase(join(place, 'data'));
  ends.push(() => database.stop());
  const api = await startApi(root, database, ends);
  const accepted: string[] = [];
  const send = async () => {
    const id = `d-${accepted.length}-${randomBytes(4).toString('hex')}`;
    const answer = await api.tryOnce({ method: 'POST', path: '/api/events', body: makeEvent(id), timeoutMs: 5_000 });
    if (answer?.status === 202) accepted.push(id);
    return answer?.status ?? 0;
  };
  for (let i = 0; i < 50; i++) await send();
  const before = accepted.length;
  fillDisk(join(place, 'filler'));
  const refused = await sendUntil(send, (status) => status !== 202, REFUSED_WITHIN_MS);
  for (let i = 0; i < 20; i++) await send();
  rmSync(join(place, 'filler'));
  const freedMs = Date.now();
  await database.ensureRunning();
  const back = await sendUntil(send, (status) => status === 202, BACK_WITHIN_MS);
  const backAfterSeconds = back === null ? null : (Date.now() - freedMs) / 1000;
  say(`disk full: ${before} events before, refused with ${refused}, back after ${backAfterSeconds ?? 'never'} s`);
  const findings = await compare(database, accepted, { before, refused, back });
  return { findings, events: accepted.length, backAfterSeconds, leftOut: null };
}

async function startApi(root: string, database: FaultDatabase, ends: (() => unknown)[]) {
  const token = randomBytes(24).toString('hex');
  const [port = 0] = await reserveDoors(1);
  // The server comes back on another port; its address stays.
  const proxy = await startTcpProxy(database.port);
  ends.push(() => proxy.stop());
  const env = {
    ...cleanEnvironment(),
    DATABASE_URL: database.urlVia(proxy.port),
    ECS_ADMIN_KEY: token,
    PORT: String(port),
    ECS_LOG_LEVEL: 'silent',
  };
  const child = spawn(process.execPath, [join(root, 'bin', 'ecs.js'), 'start', '--no-demo'], {
    cwd: root,
    env,
    stdio: 'ignore',
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  ends.push(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  const api = createApiClient(port, token);
  await sendUntil(
    async () => (await api.tryOnce({ method: 'GET', path: '/readyz' }))?.status ?? 0,
    (status) => status === 200,
    60_000,
  );
  return api;
}

/** The status that was waited for, or null. */
async function sendUntil(send: () => Promise<number>, isIt: (status: number) => boolean, withinMs: number) {
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const status = await send();
    if (isIt(status)) return status;
    await sleep(20);
  }
  return null;
}

function makeEvent(id: string): object {
  const data = { type: 'purchase', amountMinor: 100, currency: 'EUR', merchantCategory: '5411' };
  const time = new Date(Date.now() - 1_000).toISOString();
  return { specversion: '1.0', id, source: 'urn:faults', type: 'ecs.transaction.v1', subject: 'c-00001', time, data };
}

function fillDisk(file: string): void {
  const fd = openSync(file, 'w');
  try {
    for (let bytes = 1 << 20; bytes >= 4096; ) {
      try {
        if (writeSync(fd, Buffer.alloc(bytes)) < bytes) bytes = Math.floor(bytes / 2);
      } catch {
        bytes = Math.floor(bytes / 2);
      }
    }
  } finally {
    closeSync(fd);
  }
}

async function compare(
  { query }: FaultDatabase,
  accepted: readonly string[],
  seen: { readonly before: number; readonly refused: number | null; readonly back: number | null },
): Promise<Finding[]> {
  const rows = await query<{ transaction_id: string }>('select transaction_id from transactions');
  const stored = new Set(rows.map((row) => row.transaction_id));
  const lost = accepted.filter((id) => !stored.has(id));
  const texts = [
    ...(seen.before === 0 ? ['nothing was accepted before the disk was full'] : []),
    ...(seen.refused === 503 ? [] : [`a full disk was answered with ${seen.refused} instead of 503`]),
    ...(seen.back === null ? ['nothing was accepted any more once there was room again'] : []),
  ];
  const lostFindings = report(
    'I1',
    lost.map((id) => `${id} was accepted and is gone`),
  );
  return [...lostFindings.map((finding) => ({ ...finding, lost: lost.length })), ...report('I20', texts)];
}
