// Lets the challenger score stored decisions after the event, batch by batch, each in a transaction of its own. Any number
// may run side by side: one works at a time, and a decision is scored once whatever is killed when.
import type pg from 'pg';
import { inTransaction, type Queryable } from '../db/index.ts';
import { loadPolicyVersion, type PolicyRecord } from '../decision/index.ts';
import { assert } from '../lib/assert.ts';
import { type Clock, MINUTE_MS, SECOND_MS } from '../lib/clock.ts';
import type { Log } from '../lib/log.ts';
import { pause } from '../lib/pause.ts';
import { type LoadedScorecard, loadAlias, loadModelVersion } from '../model/index.ts';
import type { Policy } from '../policy/index.ts';
import { loadUnscored, lockShadowRun, type UnscoredDecision } from './load-shadow-run.ts';
import { saveScoredTo, saveShadowScores } from './save-shadow-scores.ts';
import { type ShadowScore, scoreInShadow } from './shadow-score.ts';

export interface ShadowWorkerOptions {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly log: Log;
  /** Decisions a transaction: few, because scoring them holds up everything else in this process. */
  readonly batchSize?: number;
  readonly pollMs?: number;
}

export interface ShadowWorker {
  start(): void;
  /** Resolves when the batch under way has ended. */
  stop(): Promise<void>;
  /** Scores everything that is there now; gives back how many decisions that were. */
  drain(): Promise<number>;
}

/** Decisions become visible when their transaction ends, a while after their own time: so long they are looked for. */
const SETTLED_AFTER_MS = 2 * MINUTE_MS;
/** Between two full batches: others in this process have their turn. */
const BREATH_MS = 20;

export function createShadowWorker(options: ShadowWorkerOptions): ShadowWorker {
  const { pool, clock, log, batchSize = 200, pollMs = 2 * SECOND_MS } = options;
  const memory = createVersionMemory();
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  const workBatch = () => inTransaction(pool, (tx) => scoreBatch(tx, { memory, nowMs: clock(), limit: batchSize }));

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const scored = await workBatch();
        await pause(scored === batchSize ? BREATH_MS : pollMs, stopping.signal);
      } catch (error) {
        // Nothing depends on it: what was not scored is found again.
        log.warn({ err: error, retryInMs: pollMs }, 'scoring in the shadow failed, and is tried again');
        await pause(pollMs, stopping.signal);
      }
    }
  }

  return {
    start() {
      running ??= run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
    async drain() {
      for (let total = 0; ; ) {
        const scored = await workBatch();
        total += scored;
        if (scored < batchSize) return total;
      }
    },
  };
}

interface BatchContext {
  readonly memory: VersionMemory;
  readonly nowMs: number;
  readonly limit: number;
}

async function scoreBatch(tx: Queryable, { memory, nowMs, limit }: BatchContext): Promise<number> {
  const modelVersion = await loadAlias(tx, 'challenger');
  if (modelVersion === null) return 0;
  const fromMs = await lockShadowRun(tx, modelVersion);
  if (fromMs === null) return 0;
  const found = await loadUnscored(tx, { modelVersion, fromMs, limit });
  const scores = await scoreAll(tx, found, await memory.model(tx, modelVersion), memory);
  if (scores.length > 0) await saveShadowScores(tx, modelVersion, scores);
  const reachedMs = found.length === limit ? (found.at(-1)?.decidedAtMs ?? nowMs) : nowMs;
  const scoredToMs = Math.min(reachedMs, nowMs - SETTLED_AFTER_MS);
  if (scoredToMs > fromMs) await saveScoredTo(tx, modelVersion, scoredToMs);
  return found.length;
}

async function scoreAll(
  tx: Queryable,
  found: readonly UnscoredDecision[],
  model: LoadedScorecard,
  memory: VersionMemory,
): Promise<ShadowScore[]> {
  const scores: ShadowScore[] = [];
  for (const { record } of found) {
    const stored = JSON.parse(record) as PolicyRecord;
    assert(stored.kind === 'policy', 'a decision that names a model was made by one');
    scores.push(scoreInShadow(stored, model, await memory.policy(tx, stored.inputs.policyVersion)));
  }
  return scores;
}

interface VersionMemory {
  model(db: Queryable, version: string): Promise<LoadedScorecard>;
  policy(db: Queryable, version: string): Promise<Policy>;
}

/** Versions never change, so what was loaded stays true; there are only ever a few. */
function createVersionMemory(): VersionMemory {
  let model: LoadedScorecard | undefined;
  const policies = new Map<string, Policy>();
  return {
    async model(db, version) {
      if (model?.modelVersion !== version) model = await loadModelVersion(db, version);
      return model;
    },
    async policy(db, version) {
      const policy = policies.get(version) ?? (await loadPolicyVersion(db, version));
      policies.set(version, policy);
      return policy;
    },
  };
}
