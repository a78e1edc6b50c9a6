// The README's first command as a newcomer runs it: the tracked files in an empty folder, `npm start`, a first decision on
// the terminal and over the API, Ctrl-C, and once more with the data kept. Bounded in time; leaves nothing behind.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from './kafka-launcher.mjs';
import { cleanEnvironment, startWatched } from './watched-process.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const READY_MS = 180_000;
const AGAIN_MS = 40_000;
const STOP_MS = 10_000;
const DECISION_LINE = /^\S.*\b(increase|decrease|keep|approve|decline)\b/m;

function copyTrackedFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'ecs-fresh-'));
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  return folder;
}

async function get(url, key) {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` }, signal: AbortSignal.timeout(5_000) });
  assert.equal(answer.status, 200, `${url} answered ${answer.status}: ${await answer.clone().text()}`);
  return answer.json();
}

/** Asks until it holds: the server may answer before the first customer is decided. */
async function eventually(what, timeoutMs, check) {
  for (const deadline = Date.now() + timeoutMs; ; ) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`${what} did not hold within ${timeoutMs} ms`, { cause: error });
      await sleep(250);
    }
  }
}

async function listDecisions(url, key) {
  const { items } = await get(`${url}/api/decisions`, key);
  assert.ok(items.length > 0, 'no decision yet');
  return items;
}

async function runOnce(ecs, startMs, earlier) {
  const [, url] = await ecs.sees(/API\s+(http:\/\/\S+)/, startMs);
  const key = earlier?.key ?? (await ecs.sees(/key\s+(\S+)/, 5_000))[1];
  await eventually('readiness', 15_000, () => get(`${url}/readyz`, key));
  const decisions = await eventually('a decision over the API', 60_000, () => listDecisions(url, key));
  await ecs.sees(DECISION_LINE, 60_000);
  // What the first run decided, the second still knows.
  const { decisionId } = (earlier ?? { decisions }).decisions[0];
  assert.equal((await get(`${url}/api/decisions/${decisionId}`, key)).decisionId, decisionId);
  ecs.signalGroup('SIGINT');
  await ecs.ends(STOP_MS);
  return { key, decisions };
}

const folder = copyTrackedFiles();
const env = cleanEnvironment({ PORT: `${await findFreePort()}` });
let ecs;
try {
  const start = () => startWatched('npm', ['start'], { cwd: folder, env });
  ecs = start();
  const first = await runOnce(ecs, READY_MS);
  console.log(`npm start: ready, ${first.decisions.length} decisions shown, stopped by Ctrl-C`);
  ecs = start();
  await runOnce(ecs, AGAIN_MS, first);
  assert.ok(!/Installing|Building/.test(ecs.output()), `the second start prepares again:\n${ecs.output()}`);
  console.log('npm start again: nothing to prepare, the data was kept');
} finally {
  ecs?.forceEnd();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
