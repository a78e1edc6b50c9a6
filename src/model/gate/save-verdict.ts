// Registers a verdict, and puts an open one in force when a second person approves it. Shutting takes one person and no
// time; opening takes two. Every step holds the table's lock, so of two that come at once the second sees the first.
import type { Queryable } from '../../db/index.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { EcsError } from '../../lib/errors.ts';
import { EMOTION_BLOCK } from '../emotion-block.ts';
import type { Actor } from '../registry/actor.ts';
import { askedOf, countClaimsBefore } from './claims-before.ts';
import { parseMonth, startOfMonthMs } from './gate-outcomes.ts';
import { type GateVerdict, hashEmotionBlock, hashVerdict } from './gate-verdict.ts';
import { loadVerdictsOf } from './load-verdicts.ts';

export interface Registered {
  readonly verdictSha256: string;
  readonly state: GateVerdict['state'];
  /** False: it waits for a second person. */
  readonly inForce: boolean;
}

/**
 * ECS_REQUEST_INVALID where its outcomes lie in the future; ECS_CONFLICT where it opens on outcomes that its block may have
 * been made from, or was asked without what earlier verdicts have spent.
 */
export async function registerVerdict(
  tx: Queryable,
  verdict: GateVerdict,
  actor: Actor,
  nowMs: number,
): Promise<Registered> {
  requirePast(verdict, nowMs);
  await lockVerdicts(tx);
  await requireClaims(tx, verdict);
  if (verdict.state === 'open') await requireFixedBlock(tx, verdict);
  const verdictSha256 = hashVerdict(verdict);
  const inForce = verdict.state === 'shut';
  await insertVerdict(tx, { verdictSha256, document: canonicalJson(verdict), inForce }, actor, nowMs);
  return { verdictSha256, state: verdict.state, inForce };
}

/** Outcomes nobody can know yet would make a verdict that never ends. */
function requirePast({ outcomes }: GateVerdict, nowMs: number): void {
  const last = outcomes.lastMonth === null ? null : parseMonth(outcomes.lastMonth);
  if (last === null || startOfMonthMs(last) <= nowMs) return;
  throw new EcsError('ECS_REQUEST_INVALID', `The outcomes reach to ${outcomes.lastMonth}, which has not begun.`);
}

async function requireClaims(tx: Queryable, verdict: GateVerdict): Promise<void> {
  // Without group labels it can only shut: nothing is claimed.
  if (verdict.outcomes.groups === null) return;
  const { claimsBefore } = countClaimsBefore(askedOf(verdict), await loadVerdictsOf(tx, verdict.blockSha256));
  if (verdict.claimsBefore === claimsBefore) return;
  throw new EcsError(
    'ECS_CONFLICT',
    `Earlier verdicts about this block have spent ${claimsBefore} claims, and this one was asked as if it were ` +
      `${verdict.claimsBefore}: ask the gate again.`,
  );
}

/** The shipped block was written down before any outcome; any other one counts from the day it was registered. */
async function requireFixedBlock(tx: Queryable, { block, blockSha256, outcomes }: GateVerdict): Promise<void> {
  if (blockSha256 === hashEmotionBlock(EMOTION_BLOCK)) return;
  const since = await loadBlockSince(tx, block);
  const began = outcomes.beganMonth === null ? null : parseMonth(outcomes.beganMonth);
  if (since !== null && began !== null && since.getTime() <= startOfMonthMs(began)) return;
  throw new EcsError(
    'ECS_CONFLICT',
    since === null
      ? 'No registered model has this emotion block: register the model first. Only outcomes that begin later can test it.'
      : `This emotion block is known since ${since.toISOString().slice(0, 10)}, and the outcomes begin in ` +
          `${outcomes.beganMonth}: windows that began before could have shaped it, so they cannot test it.`,
  );
}

/** When a model with this block was first registered; null where none was. */
async function loadBlockSince(tx: Queryable, block: GateVerdict['block']): Promise<Date | null> {
  const { rows } = await tx.query<{ since: Date | null }>(
    `select min(created_at) as since from model_versions where artefact::jsonb -> 'emotionBlock' = $1::jsonb`,
    [JSON.stringify(block)],
  );
  return rows[0]?.since ?? null;
}

async function insertVerdict(
  tx: Queryable,
  row: { readonly verdictSha256: string; readonly document: string; readonly inForce: boolean },
  actor: Actor,
  nowMs: number,
): Promise<void> {
  await tx.query(
    `insert into gate_verdicts (verdict_sha256, document, registered_at, registered_by, registered_holder, in_force_at)
     values ($1, $2, $3, $4, $5, case when $6 then $3::timestamptz end)`,
    [row.verdictSha256, row.document, new Date(nowMs), actor.name, actor.holder, row.inForce],
  );
}

interface WaitingRow {
  readonly gate_verdict_id: number;
  readonly registered_holder: string;
  readonly in_force_at: Date | null;
  readonly valid_until: string | null;
  readonly overtaken: boolean;
}

/** The second person. ECS_NOT_FOUND, ECS_FORBIDDEN for the first, ECS_CONFLICT where it is too late for it. */
export async function approveVerdict(
  tx: Queryable,
  verdictSha256: string,
  actor: Actor,
  nowMs: number,
): Promise<Registered> {
  await lockVerdicts(tx);
  const waiting = await loadNewest(tx, verdictSha256);
  if (waiting === null) throw new EcsError('ECS_NOT_FOUND', `There is no verdict ${verdictSha256}.`);
  if (waiting.in_force_at !== null) throw new EcsError('ECS_CONFLICT', 'This verdict is in force already.');
  if (waiting.registered_holder === actor.holder) {
    throw new EcsError(
      'ECS_FORBIDDEN',
      'Opening takes two people: whoever registered the verdict cannot approve it, nor can a key made or rotated by the ' +
        'same hand. `ecs keys create` makes the key of a second person.',
    );
  }
  if (waiting.overtaken) {
    throw new EcsError('ECS_CONFLICT', 'A newer verdict about the same block was registered since.');
  }
  if (waiting.valid_until === null || Date.parse(waiting.valid_until) <= nowMs) {
    throw new EcsError('ECS_CONFLICT', 'This verdict is no longer valid; ask the gate again with newer outcomes.');
  }
  await saveApproval(tx, waiting.gate_verdict_id, actor, nowMs);
  return { verdictSha256, state: 'open', inForce: true };
}

async function loadNewest(tx: Queryable, verdictSha256: string): Promise<WaitingRow | null> {
  const { rows } = await tx.query<WaitingRow>(
    `select v.gate_verdict_id, v.registered_holder, v.in_force_at, v.valid_until, exists (
       select from gate_verdicts newer
       where newer.block_sha256 = v.block_sha256 and newer.gate_verdict_id > v.gate_verdict_id
     ) as overtaken
     from gate_verdicts v where v.verdict_sha256 = $1 order by v.gate_verdict_id desc limit 1`,
    [verdictSha256],
  );
  return rows[0] ?? null;
}

async function saveApproval(tx: Queryable, verdictId: number, actor: Actor, nowMs: number): Promise<void> {
  await tx.query(
    `update gate_verdicts set in_force_at = $2, approved_by = $3, approved_holder = $4 where gate_verdict_id = $1`,
    [verdictId, new Date(nowMs), actor.name, actor.holder],
  );
}

async function lockVerdicts(tx: Queryable): Promise<void> {
  await tx.query('lock table gate_verdicts in share row exclusive mode');
}
