// The gate's answer as a document: what was asked, under which rules, on which outcomes, with every look. Named by the
// hash of its content, good for one block only, and for a limited time. Decisions name the verdict they stood under.
import { z } from 'zod';
import { hashCanonical } from '../../lib/canonical-json.ts';
import { EcsError } from '../../lib/errors.ts';
import { type EmotionBlock, scorecardSchema } from '../scorecard.ts';
import type { AucLift } from './auc-lift.ts';
import type { GateHistory, GateLook } from './evidence-gate.ts';
import { endOfMonthMs, formatMonth, type GateOutcomes } from './gate-outcomes.ts';
import { GATE_REASONS, type GateReason } from './gate-reasons.ts';
import type { GateRules } from './gate-rules.ts';
import type { GroupEvidence } from './group-harm.ts';

const finite = z.number().finite();
const count = z.int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const month = z.string().regex(/^\d{4}-\d{2}$/);
const state = z.enum(['open', 'shut']);
const reasons = z.array(z.enum(Object.keys(GATE_REASONS) as [GateReason, ...GateReason[]]));
/** Null where there was nothing to divide by. */
const maybe = finite.nullable();

const aucSchema = z.strictObject({ without: finite, with: finite, lift: finite, standardError: maybe });

const groupSchema = z.strictObject({
  name: z.string(),
  rows: count,
  defaults: count,
  gain: maybe,
  offset: maybe,
  offsetError: maybe,
  spread: maybe,
  spreadError: maybe,
  expectedWithout: maybe,
  expectedWith: maybe,
  missWithout: maybe,
  missWith: maybe,
});

const lookSchema = z.strictObject({
  month,
  state,
  change: z.enum(['opened', 'renewed', 'closed', 'expired']).nullable(),
  /** Of this month's outcomes, whoever is silent included. */
  rows: count,
  defaultsInMonth: count,
  claim: count,
  evidence: finite,
  boundary: finite,
  defaults: count,
  aucLift: maybe,
  reasons,
});

export const gateVerdictSchema = z.strictObject({
  formatVersion: z.literal(2),
  kind: z.literal('evidence_gate_verdict'),
  state,
  /** Why it is shut; none where it is open. */
  reasons,
  blockSha256: hash,
  block: scorecardSchema.shape.emotionBlock,
  rules: z.record(z.string(), finite),
  /** Claims spent on this block before, on outcomes that these do not continue. */
  claimsBefore: count,
  outcomes: z.strictObject({
    sha256: hash,
    rows: count,
    defaults: count,
    firstMonth: month.nullable(),
    lastMonth: month.nullable(),
    groups: z.array(z.string()).nullable(),
    /** Did the rows say how late customers were? */
    knowsLate: z.boolean(),
    /** The earliest month in which a window began. */
    beganMonth: month.nullable(),
    /** Whose log-odds the block was added to; null: the rows did not say. */
    modelVersions: z.array(z.string()).nullable(),
  }),
  /** Of the look that opened it, or renewed it last; where shut, of the last look. */
  evidence: z
    .strictObject({
      month,
      claim: count,
      rows: count,
      defaults: count,
      nats: finite,
      boundaryNats: finite,
      usedGainNats: finite,
      auc: aucSchema.nullable(),
      groups: z.array(groupSchema).nullable(),
    })
    .nullable(),
  looks: z.array(lookSchema),
  openedMonth: month.nullable(),
  /** From this instant on the verdict permits nothing; null where it never did. */
  validUntil: z.iso.datetime().nullable(),
  jurisdictionNote: z.string(),
});
export type GateVerdict = z.infer<typeof gateVerdictSchema>;

const JURISDICTION_NOTE =
  'Evidence is not permission. The policy pack of the customer is asked first, and its consent second: in every pack but one whose mode is "bounded", emotion adds exactly 0 to the probability of default whatever this verdict says. EU law limits creditworthiness data to financial and economic data (Directive 2023/2225, Art. 18).';

const blockHashes = new WeakMap<EmotionBlock, string>();

/** The name of a block; hashed once per object, since every decision asks. */
export function hashEmotionBlock(block: EmotionBlock): string {
  const known = blockHashes.get(block) ?? hashCanonical(block);
  blockHashes.set(block, known);
  return known;
}

export function hashVerdict(verdict: GateVerdict): string {
  return hashCanonical(verdict);
}

export function buildVerdict(
  history: GateHistory,
  outcomes: GateOutcomes,
  block: EmotionBlock,
  rules: GateRules,
): GateVerdict {
  const { months } = outcomes;
  const first = months[0];
  const last = months.at(-1);
  const deciding = history.looks.findLast((look) =>
    history.state === 'open' ? look.change === 'opened' || look.change === 'renewed' : true,
  );
  const reasonsShut: readonly GateReason[] =
    history.state === 'open' ? [] : (history.looks.at(-1)?.reasons ?? ['no_outcomes']);
  return {
    formatVersion: 2,
    kind: 'evidence_gate_verdict',
    state: history.state,
    reasons: [...reasonsShut],
    blockSha256: hashEmotionBlock(block),
    block: { ...block },
    rules: { ...rules },
    claimsBefore: history.claimsBefore,
    outcomes: {
      sha256: hashOutcomes(outcomes),
      rows: outcomes.base.length,
      defaults: countDefaults(outcomes.defaulted),
      firstMonth: first === undefined ? null : formatMonth(first),
      lastMonth: last === undefined ? null : formatMonth(last),
      groups: outcomes.groups === null ? null : [...outcomes.groups],
      knowsLate: outcomes.knowsLate,
      beganMonth: outcomes.beganMonth === null ? null : formatMonth(outcomes.beganMonth),
      modelVersions: outcomes.modelVersions === null ? null : [...outcomes.modelVersions],
    },
    evidence: deciding === undefined ? null : tellEvidence(deciding),
    looks: history.looks.map((look, index) => tellLook(look, defaultedIn(outcomes, index))),
    openedMonth: history.openedMonth === null ? null : formatMonth(history.openedMonth),
    validUntil: tellValidity(history, last, rules),
    jurisdictionNote: JURISDICTION_NOTE,
  };
}

/** The year that was earned, but never longer than somebody looks. */
function tellValidity({ openedMonth }: GateHistory, last: number | undefined, rules: GateRules): string | null {
  if (openedMonth === null || last === undefined) return null;
  const until = Math.min(openedMonth + rules.validMonths, last + rules.lookEveryMonths);
  return new Date(endOfMonthMs(until)).toISOString();
}

/** Over the rows in the gate's own order. */
function hashOutcomes({ months, monthFrom, base, block, defaulted, late, group, groups }: GateOutcomes): string {
  const lists = [monthFrom, base, block, defaulted, late, group].map((values) => Array.from<number>(values));
  return hashCanonical({ months: [...months], groups: groups === null ? null : [...groups], lists });
}

function tellEvidence(look: GateLook): NonNullable<GateVerdict['evidence']> {
  return {
    month: formatMonth(look.month),
    claim: look.claim,
    rows: look.rows,
    defaults: look.defaults,
    nats: round(look.evidence),
    boundaryNats: round(look.boundary),
    usedGainNats: round(look.usedGain),
    auc: look.aucLift === null ? null : tellAuc(look.aucLift),
    groups: look.groups?.map(tellGroup) ?? null,
  };
}

function tellAuc(auc: AucLift): z.infer<typeof aucSchema> {
  return {
    without: round(auc.without),
    with: round(auc.with),
    lift: round(auc.lift),
    standardError: auc.standardError === null ? null : round(auc.standardError),
  };
}

function tellGroup(group: GroupEvidence): z.infer<typeof groupSchema> {
  const tell = (value: number) => (Number.isFinite(value) ? round(value) : null);
  return {
    name: group.name,
    rows: group.rows,
    defaults: group.defaults,
    gain: tell(group.gain),
    offset: tell(group.offset),
    offsetError: tell(group.offsetError),
    spread: tell(group.spread),
    spreadError: tell(group.spreadError),
    expectedWithout: tell(group.expectedWithout),
    expectedWith: tell(group.expectedWith),
    missWithout: tell(group.missWithout),
    missWith: tell(group.missWith),
  };
}

function countDefaults(defaulted: Uint8Array): number {
  return defaulted.reduce((sum, value) => sum + value, 0);
}

/** Whoever is silent included. */
function defaultedIn({ monthFrom, defaulted }: GateOutcomes, index: number): Uint8Array {
  return defaulted.subarray(monthFrom[index] ?? 0, monthFrom[index + 1] ?? 0);
}

function tellLook(look: GateLook, defaulted: Uint8Array): z.infer<typeof lookSchema> {
  return {
    month: formatMonth(look.month),
    state: look.state,
    change: look.change,
    rows: defaulted.length,
    defaultsInMonth: countDefaults(defaulted),
    claim: look.claim,
    evidence: round(look.evidence),
    boundary: round(look.boundary),
    defaults: look.defaults,
    aucLift: look.aucLift === null ? null : round(look.aucLift.lift),
    reasons: [...look.reasons],
  };
}

/** + 0: never -0, which JSON could not tell apart. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6 + 0;
}

/** `source` only names the document in the error. */
export function parseVerdict(value: unknown, source: string): GateVerdict {
  const parsed = gateVerdictSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue?.path.join('.') || 'the document';
  throw new EcsError('ECS_FILE_INVALID', `${source}: ${field}: ${issue?.message ?? 'is not a verdict'}`, {
    facts: { source, field },
  });
}
