// A fault run from start to end: a world, its load, rounds of faults, a look at the invariants after each, everything checked
// when the load rests, and the figures.
import { setTimeout as sleep } from 'node:timers/promises';
import { createTurns, type FaultRun } from './fault-run.ts';
import { createInspector, type Inspector } from './inspect.ts';
import { type Finding, report } from './invariants/invariant.ts';
import { INJECT } from './kinds/index.ts';
import type { FaultOptions } from './options.ts';
import { createWitness } from './oracle/witness.ts';
import { createRecovery, type Recovery } from './recovery.ts';
import { type FaultKind, type PlannedFault, planLongRound, planQuickRounds, type Round } from './schedule.ts';
import { runDiskFull } from './small-worlds/disk-full.ts';
import { tryOutOfRange } from './small-worlds/out-of-range.ts';
import { buildTree } from './world/build-tree.ts';
import { startWorld, type World } from './world/start-world.ts';

export interface FaultResult {
  readonly seed: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly events: number;
  readonly findings: readonly Finding[];
  readonly held: readonly string[];
  readonly recovery: ReturnType<Recovery['figures']>;
  /** Batches that were counted, as the proxies saw it. */
  readonly commits: number;
  /** How often an ECS process ended by itself. */
  readonly ownEnds: number;
}

const CHECKPOINT_EVERY_MS = 300_000;
const QUIET_WITHIN_MS = 150_000;
const CUSTOMERS = 300;
const WAVERERS = 8;

export async function runFaults(
  options: FaultOptions,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<FaultResult> {
  say(`building ${options.root}`);
  await buildTree(options.root);
  const witness = createWitness();
  const recovery = createRecovery((slow) => say(`${slow}\n${world.readLogs(8)}`));
  const world = await startWorld({
    ...options,
    customers: CUSTOMERS,
    waverers: WAVERERS,
    onCommit: (worker, { move, outcome }) => {
      if (move === null || outcome === 'rolled-back') return;
      witness.takeMove(move, outcome);
      if (outcome === 'committed') recovery.onCommit(worker, move, Date.now());
    },
    say,
  });
  const inspector = createInspector(world, witness);
  try {
    const run = { world, recovery, turns: createTurns(), say };
    return await runRounds({ options, run, inspector, signal, faults: new Map() });
  } catch (error) {
    say(world.readLogs(15));
    throw error;
  } finally {
    inspector.close();
    await world.close();
  }
}

interface Running {
  readonly options: FaultOptions;
  readonly run: FaultRun;
  readonly inspector: Inspector;
  readonly signal: AbortSignal;
  readonly faults: Map<FaultKind | 'offset-out-of-range' | 'disk-full', number>;
}

async function runRounds(running: Running): Promise<FaultResult> {
  const { run, inspector, options, signal } = running;
  const { world, say } = run;
  say('opening: customers, their past and their consents');
  await world.load.order('open');
  await inspector.inspectQuiet(60_000, {});
  await world.load.order('run');
  const startedMs = Date.now();
  let checkpointMs = startedMs;
  let findings: readonly Finding[] = [];
  for (const round of listRounds(options, startedMs)) {
    findings = await runRound(running, round);
    if (findings.length > 0 || signal.aborted) break;
    if (Date.now() - checkpointMs < CHECKPOINT_EVERY_MS) continue;
    findings = (await rest(running, 'pause')).findings;
    if (findings.length > 0) break;
    await world.load.order('run');
    checkpointMs = Date.now();
  }
  const last = await rest(running, 'stop');
  findings = [...findings, ...last.findings];
  if (options.withLast && findings.length === 0 && !signal.aborted) findings = await injectLast(running);
  // A kind that was asked for and never took place tried nothing. A long run that is cut short may not have come to all.
  if (options.tier === 'quick' && findings.length === 0 && !signal.aborted) findings = findAbsent(running);
  const broken = new Set(findings.map(({ invariant }) => invariant));
  return toResult(
    running,
    findings,
    last.held.filter((id) => !broken.has(id)),
  );
}

function* listRounds(options: FaultOptions, startedMs: number): Generator<Round> {
  if (options.tier === 'quick') {
    yield* planQuickRounds(options.seed, options.only, options.seconds);
    return;
  }
  for (let index = 0; Date.now() < startedMs + options.seconds * 1000; index++) {
    const round = planLongRound(options.seed, index);
    yield { ...round, faults: round.faults.filter(({ kind }) => options.only.includes(kind)) };
  }
}

/** Faults of a round overlap as they come; the round is over when each has been mended. */
async function runRound(running: Running, round: Round): Promise<Finding[]> {
  const { run, inspector, signal } = running;
  // What the round before left behind must not be taken for this one's doing.
  if (round.isCalm) await waitUntilBack(run.recovery);
  const startedMs = Date.now();
  const injected = round.faults.map(async (fault) => {
    await sleep(Math.max(0, startedMs + fault.atMs - Date.now()));
    if (!signal.aborted) await inject(running, fault);
  });
  await Promise.race([Promise.all(injected), run.world.load.failed]);
  if (round.isCalm) await waitUntilBack(run.recovery);
  else await sleep(Math.max(0, startedMs + round.lengthMs - Date.now()), undefined, { signal }).catch(() => {});
  return inspector.inspectRunning();
}

const BACK_WITHIN_MS = 30_000;

async function waitUntilBack(recovery: Recovery): Promise<void> {
  const deadline = Date.now() + BACK_WITHIN_MS;
  while (recovery.isWaiting() && Date.now() < deadline) await sleep(100);
}

async function inject({ run, faults }: Running, fault: PlannedFault): Promise<void> {
  const count = await INJECT[fault.kind](run, fault);
  faults.set(fault.kind, (faults.get(fault.kind) ?? 0) + count);
  const whom = fault.targets.length === 0 ? '' : ` (${fault.targets.join(', ')})`;
  run.say(`${fault.kind}${whom}: ${count}`);
}

function findAbsent({ options, faults }: Running): Finding[] {
  const absent = options.only.filter((kind) => (faults.get(kind) ?? 0) === 0);
  return report(
    'harness',
    absent.map((kind) => `${kind} was planned and never took place`),
  );
}

/** After these nothing is as the journal says any more, or it is another world altogether. */
async function injectLast({ run, options, faults }: Running): Promise<Finding[]> {
  const findings = await tryOutOfRange(run.world, run.say);
  faults.set('offset-out-of-range', 1);
  const disk = await runDiskFull(options.root, run.say);
  faults.set('disk-full', disk.leftOut === null ? 1 : 0);
  return [...findings, ...disk.findings];
}

async function rest({ run, inspector }: Running, command: 'pause' | 'stop') {
  const { world, say } = run;
  say('the load rests: waiting until everything is counted, then checking everything');
  const { refused } = await world.load.order(command);
  const inspection = await inspector.inspectQuiet(QUIET_WITHIN_MS, refused);
  say(
    `settled in ${(inspection.settledInMs / 1000).toFixed(1)} s, ${inspector.events()} records so far, held: ${inspection.held.join(' ')}`,
  );
  for (const { invariant, message } of inspection.findings) say(`VIOLATION of ${invariant}: ${message}`);
  return inspection;
}

function toResult(
  { options, run, inspector, faults }: Running,
  findings: readonly Finding[],
  held: readonly string[],
): FaultResult {
  const { world, recovery, say } = run;
  if (findings.length > 0 || options.verbose) say(world.readLogs(12));
  return {
    seed: options.seed,
    faults: Object.fromEntries([...faults].sort()),
    events: inspector.events(),
    findings,
    held,
    recovery: recovery.figures(),
    commits: inspector.witness.commits(),
    ownEnds: world.workers.reduce((sum: number, worker: World['workers'][number]) => sum + worker.ownEnds(), 0),
  };
}
