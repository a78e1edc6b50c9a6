// A world of its own for a bench: a real broker (or KAFKA_BROKERS), and an ECS in a process of its own on a data folder
// that goes when the bench ends. `close` ends everything that was started here, whatever state it is in.

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startKafka } from '../../scripts/kafka-launcher.mjs';

export const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const ECS = join(ROOT, 'bin', 'ecs.js');
const STOP_WITHIN_MS = 30_000;

/** `onOutput` gets what the ECS says. Stops waiting when `signal` aborts. */
export async function startWorld({ signal, onStep, onOutput }) {
  const openThings = [];
  const close = async () => {
    for (const end of openThings.splice(0).reverse()) await end();
  };
  try {
    const brokers = await openBrokers(openThings, onStep);
    // Not made here: a closed folder would send root's cluster to a place that outlives the bench.
    const dataDir = join(tmpdir(), `ecs-bench-${randomUUID()}`);
    openThings.push(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));
    const env = makeEnvironment(brokers, dataDir);
    onStep('starting ECS');
    const running = startEcs(env, onOutput);
    openThings.push(() => end(running));
    return { env, dataDir, brokers, running, signal, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openBrokers(openThings, onStep) {
  const given = process.env.KAFKA_BROKERS;
  if (given) return given;
  onStep('starting Kafka');
  const dir = mkdtempSync(join(tmpdir(), 'ecs-bench-kafka-'));
  openThings.push(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  const kafka = await startKafka({ dir, temporary: true, log: onStep });
  openThings.push(() => kafka.stop());
  return kafka.brokers.join(',');
}

/** Nothing of the caller's own installation may leak in: a bench writes thousands of customers. */
function makeEnvironment(brokers, dataDir) {
  const foreign = /^(ECS_|KAFKA_|DATABASE_URL$|DB_|PG|HOST$|PORT$)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(kept),
    ECS_DATA_DIR: dataDir,
    ECS_LOG_LEVEL: 'warn',
    KAFKA_BROKERS: brokers,
    KAFKA_CONSUMER_GROUP: `ecs-bench-${randomUUID()}`,
  };
}

function startEcs(env, onOutput) {
  const child = spawn(process.execPath, [ECS, 'start', '--no-demo', '--roles', 'ingest,relay'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => onOutput(String(chunk)));
  const exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  return { child, exited };
}

async function end({ child, exited }) {
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await exited;
  clearTimeout(late);
}

/** Asks `look` again and again until it gives something; fails when the ECS ends or the time is over. */
export async function waitFor({ running, signal }, what, look) {
  for (;;) {
    signal.throwIfAborted();
    const { exitCode, signalCode } = running.child;
    if (exitCode !== null || signalCode !== null) throw new Error(`ECS ended while waiting for ${what}`);
    const found = await look();
    if (found) return found;
    await sleep(100);
  }
}

/** One command of the command line with --json, as its own process; its parsed result. */
export async function runEcs({ env, signal }, args) {
  const child = spawn(process.execPath, [ECS, ...args, '--json'], {
    env,
    signal,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`ecs ${args.join(' ')} ended with ${code}: ${text}`);
  return JSON.parse(text);
}
