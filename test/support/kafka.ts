// A real Kafka broker for the tests: KAFKA_BROKERS if set, else one broker from scripts/kafka-launcher.mjs that all Jest
// workers of a run share through the file named by TEST_KAFKA_STATE. It ends with the run, however the run ends.

import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningKafka, startKafka } from '../../scripts/kafka-launcher.mjs';
import { answers } from '../../scripts/kafka-probe.mjs';

export interface KafkaForTests {
  readonly brokers: string[];
}

interface SharedState {
  readonly pid: number;
  readonly port: number;
  readonly brokers: string[];
}

const START_TIMEOUT_MS = 120_000;

/** The broker of this test run. The first caller starts it: give `beforeAll` at least 120 seconds. */
export async function useKafka(): Promise<KafkaForTests> {
  const given = process.env.KAFKA_BROKERS;
  if (given) return { brokers: given.split(',').map((broker) => broker.trim()) };
  const file = process.env.TEST_KAFKA_STATE ?? join(tmpdir(), `ecs-test-kafka-${runPid()}`, 'state.json');
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const shared = await readLiveState(file);
    if (shared) return { brokers: shared.brokers };
    if (takeLock(file)) return startShared(file);
    await sleep(100);
  }
  throw new Error(`No broker within ${START_TIMEOUT_MS} ms; another worker holds ${file}.lock`);
}

/** A broker for one test that kills and restarts it: pass its `dir` and `port` back in to start it again on its data. */
export function startOwnKafka(options: { dir?: string; port?: number } = {}): Promise<RunningKafka> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'ecs-own-kafka-'));
  return startKafka({ dir, port: options.port ?? 0, temporary: true, diesWith: process.pid });
}

async function startShared(file: string): Promise<KafkaForTests> {
  try {
    const already = await readLiveState(file);
    if (already) return { brokers: already.brokers };
    // The broker's folder goes with the run; without a given place the state file goes with it.
    const dir = process.env.TEST_KAFKA_STATE ? mkdtempSync(join(tmpdir(), 'ecs-test-kafka-')) : dirname(file);
    const kafka = await startKafka({ dir, temporary: true, diesWith: runPid() });
    kafka.unref();
    const state: SharedState = { pid: kafka.pid, port: kafka.port, brokers: kafka.brokers };
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
    return { brokers: kafka.brokers };
  } finally {
    rmSync(`${file}.lock`, { force: true });
  }
}

async function readLiveState(file: string): Promise<SharedState | undefined> {
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  const state = JSON.parse(text) as SharedState;
  return (await answers(state.port)) ? state : undefined;
}

// One worker starts the broker, the others wait for its state file. A lock whose owner died is taken over.
function takeLock(file: string): boolean {
  mkdirSync(dirname(file), { recursive: true });
  const lock = `${file}.lock`;
  try {
    writeFileSync(lock, `${process.pid}`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const owner = Number(readIfThere(lock) || process.pid);
  if (!isAlive(owner)) rmSync(lock, { force: true });
  return false;
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The process of the whole Jest run: a worker's parent, or this process where Jest runs in one. */
function runPid(): number {
  return process.argv[1]?.includes('jest-worker') ? process.ppid : process.pid;
}
