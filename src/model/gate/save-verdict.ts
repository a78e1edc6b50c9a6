// Registers a verdict, and puts an open one in force when a second person approves it. Shutting takes one person and no
// time; opening takes two. Every step holds the table's lock, so of two that come at once the second sees the first.
import type { Queryable } from '../../db/index.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { EcsError } from '../../lib/errors.ts';
import type { Actor } from '../registry/actor.ts';
import { parseMonth, startOfMonthMs } from './gate-outcomes.ts';
import { type GateVerdict, hashVerdict } from './gate-verdict.ts';

export interface Registered {
  readonly verdictSha256: string;
  readonly state: GateVerdict['state'];
  /** False: it waits for a second person. */
  readonly inForce: boolean;
}

/** ECS_REQUEST_INVALID where its outcomes lie in the future. */
export async function registerVerdict(
  tx: Queryable,
  verdict: GateVerdict,
  actor: Actor,
  nowMs: number,
): Promise<Registered> {
  requirePast(verdict, nowMs);
  await lockVerdicts(tx);
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
