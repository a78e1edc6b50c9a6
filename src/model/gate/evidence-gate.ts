// The evidence gate: may this block, as it stands, enter this lender's probability of default? Looks once a month at the
// outcomes so far. The block is fixed beforehand, so the log-loss it saves on months it never saw is a bet that grows only
// if it tells something: by Ville's inequality the evidence of a block that tells nothing ever exceeds ln(1/a) with a
// probability of at most a, however often one looks. Pure; the same outcomes give the same bytes.
import { type AucLift, computeAucLift, computeAucLiftWithError } from './auc-lift.ts';
import { createBaseRecalibration } from './base-recalibration.ts';
import type { GateOutcomes } from './gate-outcomes.ts';
import type { GateReason } from './gate-reasons.ts';
import { boundaryOf, type GateRules } from './gate-rules.ts';
import { findHarm, findUnprovenHarm, type GroupEvidence, listGroupEvidence } from './group-harm.ts';
import {
  addGroupSums,
  type GroupSums,
  type MonthEvidence,
  makeGroupSums,
  type ScoredRows,
  weighMonth,
} from './month-evidence.ts';

export type GateState = 'open' | 'shut';
export type GateChange = 'opened' | 'renewed' | 'closed' | 'expired';

export interface GateLook {
  readonly month: number;
  readonly state: GateState;
  readonly change: GateChange | null;
  /** Counts the stretches of evidence: each opening or closing ends one. */
  readonly claim: number;
  /** Nats gained in this claim so far, and what it needs. */
  readonly evidence: number;
  readonly boundary: number;
  readonly usedGain: number;
  readonly monthGain: number;
  /** Of the claim, among customers the block speaks of. */
  readonly rows: number;
  readonly defaults: number;
  readonly aucLift: AucLift | null;
  readonly groups: readonly GroupEvidence[] | null;
  /** Shut: what is missing, or what shut it. */
  readonly reasons: readonly GateReason[];
}

export interface GateHistory {
  /** As it was asked: claims spent on this block before. */
  readonly claimsBefore: number;
  readonly looks: readonly GateLook[];
  readonly state: GateState;
  /** Of the opening or renewal in force; null while shut. */
  readonly openedMonth: number | null;
}

export interface GateOptions {
  /** Tell everything at every look; without it only what the state depends on, which is much less work. */
  readonly detail: boolean;
  /** Claims that were spent on this block before, on other files. */
  readonly claimsBefore?: number;
}

interface Claim {
  readonly number: number;
  readonly fromRow: number;
  readonly groups: GroupSums;
  evidence: number;
  usedGain: number;
  rows: number;
  defaults: number;
}

interface GateMemory {
  readonly outcomes: GateOutcomes;
  readonly rules: GateRules;
  readonly scored: ScoredRows;
  readonly detail: boolean;
  claim: Claim;
  openedMonth: number | null;
  /** While open: nats below the highest point since it opened. */
  drawdown: number;
  /** While open: months since, newest last. */
  recent: { readonly gain: number; readonly defaults: number }[];
}

export function runGate(
  outcomes: GateOutcomes,
  rules: GateRules,
  { detail, claimsBefore = 0 }: GateOptions = { detail: true },
): GateHistory {
  const { months, monthFrom, base, late, defaulted } = outcomes;
  const memory = openMemory(outcomes, rules, detail, claimsBefore + 1);
  const recalibration = createBaseRecalibration(outcomes.knowsLate);
  const looks = months.map((month, index) => {
    const to = monthFrom[index + 1] ?? 0;
    // Months that are over teach the base score; this one is judged by what they taught.
    const learning = index === 0 || recalibration.defaults() < rules.learningDefaultsMin;
    const look = learning
      ? learnOnly(memory, month, to)
      : lookAt(memory, month, weighMonth(outcomes, index, recalibration.fit(), memory.scored), to);
    for (let row = monthFrom[index] ?? 0; row < to; row += 1) {
      recalibration.add(base[row] ?? Number.NaN, late[row] ?? 0, defaulted[row] ?? 0);
    }
    return look;
  });
  const { openedMonth } = memory;
  return { claimsBefore, looks, state: openedMonth === null ? 'shut' : 'open', openedMonth };
}

function openMemory(outcomes: GateOutcomes, rules: GateRules, detail: boolean, firstClaim: number): GateMemory {
  const rows = outcomes.base.length;
  return {
    outcomes,
    rules,
    scored: { withoutBlock: new Float64Array(rows), withBlock: new Float64Array(rows) },
    detail,
    claim: newClaim(firstClaim, 0, outcomes),
    openedMonth: null,
    drawdown: 0,
    recent: [],
  };
}

function newClaim(number: number, fromRow: number, { groups }: GateOutcomes): Claim {
  const sums = makeGroupSums(groups?.length ?? 1);
  return { number, fromRow, groups: sums, evidence: 0, usedGain: 0, rows: 0, defaults: 0 };
}

function learnOnly(memory: GateMemory, month: number, toRow: number): GateLook {
  memory.claim = newClaim(memory.claim.number, toRow, memory.outcomes);
  return tellLook(memory, month, 0, null, null, ['learning']);
}

function lookAt(memory: GateMemory, month: number, evidence: MonthEvidence, toRow: number): GateLook {
  const { claim } = memory;
  claim.evidence += evidence.gain;
  claim.usedGain += evidence.usedGain;
  claim.rows += evidence.rows;
  claim.defaults += evidence.defaults;
  addGroupSums(claim.groups, evidence.groups);
  return memory.openedMonth === null
    ? lookWhileShut(memory, month, evidence, toRow)
    : lookWhileOpen(memory, month, memory.openedMonth, evidence, toRow);
}

function lookWhileShut(memory: GateMemory, month: number, evidence: MonthEvidence, toRow: number): GateLook {
  const { reasons, lift } = judgeClaim(memory, toRow);
  if (reasons.length > 0) return tellLook(memory, month, evidence.gain, null, lift, reasons);
  memory.openedMonth = month;
  const look = tellLook(memory, month, evidence.gain, 'opened', lift, []);
  startNextClaim(memory, toRow);
  return look;
}

function lookWhileOpen(
  memory: GateMemory,
  month: number,
  openedMonth: number,
  evidence: MonthEvidence,
  toRow: number,
): GateLook {
  const reasons = watchOpenGate(memory, evidence);
  if (reasons.length > 0) {
    memory.openedMonth = null;
    const look = tellLook(memory, month, evidence.gain, 'closed', liftIfTold(memory, toRow), reasons);
    startNextClaim(memory, toRow);
    return look;
  }
  if (month - openedMonth < memory.rules.validMonths) {
    return tellLook(memory, month, evidence.gain, null, liftIfTold(memory, toRow), []);
  }
  // Only outcomes since it opened were counted in this claim, so they are new evidence.
  const renewal = judgeClaim(memory, toRow);
  const renewed = renewal.reasons.length === 0;
  memory.openedMonth = renewed ? month : null;
  const why: GateReason[] = renewed ? [] : ['expired', ...renewal.reasons];
  const look = tellLook(memory, month, evidence.gain, renewed ? 'renewed' : 'expired', renewal.lift, why);
  if (renewed) startNextClaim(memory, toRow);
  return look;
}

function startNextClaim(memory: GateMemory, fromRow: number): void {
  memory.claim = newClaim(memory.claim.number + 1, fromRow, memory.outcomes);
  memory.drawdown = 0;
  memory.recent = [];
}

/** Errs on the safe side: any of these shuts at once. */
function watchOpenGate(memory: GateMemory, evidence: MonthEvidence): GateReason[] {
  const { rules, outcomes, claim } = memory;
  memory.drawdown = Math.max(0, memory.drawdown - evidence.gain);
  memory.recent.push({ gain: evidence.gain, defaults: evidence.defaults });
  const reasons: GateReason[] = [];
  if (memory.drawdown >= rules.closingLoss) reasons.push('evidence_lost');
  if (hasLostRecently(memory.recent, rules)) reasons.push('no_recent_gain');
  if (outcomes.groups !== null) reasons.push(...findHarm(listGroupEvidence(outcomes.groups, claim.groups), rules));
  return reasons;
}

function hasLostRecently(recent: GateMemory['recent'], rules: GateRules): boolean {
  let gain = 0;
  let defaults = 0;
  for (const one of recent.toReversed()) {
    gain += one.gain;
    defaults += one.defaults;
    if (defaults >= rules.recentDefaults) return gain <= 0;
  }
  return false;
}

function judgeClaim(memory: GateMemory, toRow: number): { reasons: GateReason[]; lift: AucLift | null } {
  const { claim, rules, outcomes } = memory;
  const reasons: GateReason[] = [];
  if (claim.defaults < rules.defaultsMin) reasons.push('too_few_defaults');
  if (!(claim.evidence >= boundaryOf(claim.number, rules))) reasons.push('evidence_below_boundary');
  if (!(claim.usedGain > 0)) reasons.push('no_gain_as_used');
  if (outcomes.groups === null) reasons.push('no_group_labels');
  else reasons.push(...findUnprovenHarm(listGroupEvidence(outcomes.groups, claim.groups), rules));
  // Ranking everybody is the dearest check, so it comes last.
  if (reasons.length > 0 && !memory.detail) return { reasons, lift: null };
  const lift = measureLift(memory, toRow);
  if (lift === null || !(lift.lift >= rules.aucLiftMin)) reasons.push('auc_lift_too_small');
  return { reasons, lift };
}

function liftIfTold(memory: GateMemory, toRow: number): AucLift | null {
  return memory.detail ? measureLift(memory, toRow) : null;
}

/** Among customers the block speaks of, over the claim. */
function measureLift({ outcomes, scored, claim, detail }: GateMemory, toRow: number): AucLift | null {
  if (claim.defaults === 0 || claim.defaults === claim.rows) return null;
  const { fromRow } = claim;
  const speaks = (_: number, place: number) => outcomes.block[fromRow + place] !== 0;
  const without = scored.withoutBlock.subarray(fromRow, toRow).filter(speaks);
  const withBlock = scored.withBlock.subarray(fromRow, toRow).filter(speaks);
  const defaulted = outcomes.defaulted.subarray(fromRow, toRow).filter(speaks);
  return detail
    ? computeAucLiftWithError(without, withBlock, defaulted)
    : computeAucLift(without, withBlock, defaulted);
}

function tellLook(
  memory: GateMemory,
  month: number,
  monthGain: number,
  change: GateChange | null,
  aucLift: AucLift | null,
  reasons: readonly GateReason[],
): GateLook {
  const { claim, rules, outcomes, detail } = memory;
  const groups = detail && outcomes.groups !== null && claim.rows > 0;
  return {
    month,
    state: memory.openedMonth === null ? 'shut' : 'open',
    change,
    claim: claim.number,
    evidence: claim.evidence,
    boundary: boundaryOf(claim.number, rules),
    usedGain: claim.usedGain,
    monthGain,
    rows: claim.rows,
    defaults: claim.defaults,
    aucLift,
    groups: groups ? listGroupEvidence(outcomes.groups ?? [], claim.groups) : null,
    reasons,
  };
}
