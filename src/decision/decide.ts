// The decision itself, pure: both halves, each with its score and its wanted limit, settled by the no-harm rule, and
// sealed as the two records that will be stored. The same input gives the same bytes, years later, too.
import { assert } from '../lib/assert.ts';
import { EMOTION_CONTRIBUTION, rankPointsLost, type Score, score } from '../model/index.ts';
import {
  type EmotionMode,
  emotionModeOf,
  evaluatePolicy,
  isAcuteDistress,
  isReasonKind,
  orderReasons,
  type PolicyResult,
  type Reason,
  type ReasonCode,
  scoreReasons,
} from '../policy/index.ts';
import type { DecisionInput, EmotionalInputs } from './decision-input.ts';
import {
  type EmotionalRecord,
  type EmotionalResult,
  type FinancialRecord,
  type FinancialResult,
  RECORD_FORMAT,
} from './decision-record.ts';
import { type Settlement, settleLimit } from './settle-limit.ts';

export interface DecisionResult {
  readonly record: FinancialRecord;
  /** Null where no emotional data was looked at. */
  readonly emotionalRecord: EmotionalRecord | null;
  /** What happens. */
  readonly settled: Settlement;
  /** Reasons that may stay when the emotional half is erased: nothing in them follows from emotional data. */
  readonly lastingReasons: readonly Reason[];
}

interface FinancialHalf {
  readonly features: Float64Array;
  readonly scored: Score;
  readonly evaluated: PolicyResult;
  readonly scoreReasons: readonly Reason[];
  readonly result: FinancialResult;
}

/** `format`: of the record that is replayed; a new decision has the newest. */
export function decide(input: DecisionInput, format = RECORD_FORMAT): DecisionResult {
  assert(input.financial.modelVersion === input.model.modelVersion, 'the inputs name another model');
  assert(input.financial.policyVersion === input.policy.policyVersion, 'the inputs name another policy');
  assert(
    (input.financial.emotionVerdict ?? null) === (input.verdict?.verdictSha256 ?? null),
    'the inputs name another verdict',
  );
  const emotionMode = modeOf(input, format);
  const half = decideFinancially(input, emotionMode);
  const record: FinancialRecord = {
    format,
    kind: 'policy',
    inputs: input.financial,
    result: half.result,
  };
  const { settled } = half.result;
  if (input.emotional === null) {
    return { record, emotionalRecord: null, settled, lastingReasons: settled.reasons };
  }
  const result = decideWithEmotion(input, input.emotional, half, emotionMode);
  return {
    record,
    emotionalRecord: {
      format,
      decisionId: input.financial.decisionId,
      inputs: input.emotional,
      result,
    },
    settled: result.settled,
    lastingReasons: isSameOutcome(settled, result.settled) ? settled.reasons : outcomeReasons(result.settled),
  };
}

/** Before there were verdicts the pack alone decided. */
function modeOf({ financial, model, policy, verdict }: DecisionInput, format: number): EmotionMode {
  if (format === 1) return policy.document.pack.emotionMode;
  const { emotionBlock } = model.compiled;
  return emotionModeOf(policy.document, { verdict, emotionBlock, nowMs: financial.nowMs });
}

function decideFinancially(input: DecisionInput, emotionMode: EmotionMode): FinancialHalf {
  const { financial, model, policy } = input;
  const features = new Float64Array(financial.features.map((value) => value ?? Number.NaN));
  const scored = score(model.compiled, features, null, { baseRate: policy.document.lenderBaseRate });
  const reasons = scoreReasons(rankPointsLost(model.compiled, features, policy.document.reasonReference));
  const evaluated = evaluatePolicy(financial, scored.probabilityOfDefault, reasons, policy.document);
  const settled = settleLimit(financial, { without: evaluated, with: evaluated, pause: false }, policy);
  return {
    features,
    scored,
    evaluated,
    scoreReasons: reasons,
    result: {
      probabilityOfDefault: scored.probabilityOfDefault,
      score: scored.score,
      contributions: withoutEmotion(scored),
      judged: evaluated.judged,
      approved: evaluated.approved,
      limitMinor: evaluated.limitMinor,
      rateBps: evaluated.rateBps,
      creditType: evaluated.creditType,
      riskWorsened: evaluated.riskWorsened,
      emotionMode,
      trace: evaluated.trace,
      settled,
    },
  };
}

function withoutEmotion({ contributions }: Score): Record<string, number> {
  const byName: Record<string, number> = {};
  for (const { feature, logOdds } of contributions) {
    if (feature !== EMOTION_CONTRIBUTION) byName[feature] = logOdds;
  }
  return byName;
}

function decideWithEmotion(
  input: DecisionInput,
  emotional: EmotionalInputs,
  half: FinancialHalf,
  emotionMode: EmotionMode,
): EmotionalResult {
  const { financial, model, policy } = input;
  const { document } = policy;
  assert(emotionMode !== 'off', 'emotional data was loaded where the pack forbids it');
  const acts = emotionMode === 'bounded' ? emotional.emotions : null;
  const scored =
    acts === null ? half.scored : score(model.compiled, half.features, acts, { baseRate: document.lenderBaseRate });
  const evaluated =
    scored.emotionLogOdds === 0
      ? half.evaluated
      : evaluatePolicy(financial, scored.probabilityOfDefault, half.scoreReasons, document);
  const acuteDistress = isAcuteDistress(emotional.emotions, emotional.thoughts, document);
  const settled = settleLimit(financial, { without: half.evaluated, with: evaluated, pause: acuteDistress }, policy);
  return {
    emotionLogOdds: scored.emotionLogOdds,
    probabilityOfDefault: scored.probabilityOfDefault,
    score: scored.score,
    limitMinor: evaluated.limitMinor,
    acuteDistress,
    settled: { ...settled, reasons: withEmotionReason(half.result, evaluated.limitMinor, settled) },
  };
}

function withEmotionReason(without: FinancialResult, l1: number, settled: Settlement): readonly Reason[] {
  const code = emotionReason(without, l1, settled);
  return code === null ? settled.reasons : orderReasons([...settled.reasons, { code, details: {} }]);
}

function emotionReason(without: FinancialResult, l1: number, settled: Settlement): ReasonCode | null {
  if (settled.reasons.some((reason) => reason.code === 'care_pause')) return null;
  const is = decidedLimit(settled);
  const wouldBe = decidedLimit(without.settled);
  if (is !== wouldBe) return is > wouldBe ? 'emotion_raised_limit' : 'emotion_held_increase';
  return without.approved && l1 < without.limitMinor && l1 < is ? 'emotion_did_not_lower' : null;
}

function decidedLimit(settled: Settlement): number {
  return settled.scheduled?.limitMinor ?? settled.limitMinor ?? 0;
}

function isSameOutcome(one: Settlement, other: Settlement): boolean {
  return one.outcome === other.outcome && decidedLimit(one) === decidedLimit(other);
}

/** What the row shows anyway, and that consented data had a part in it. */
function outcomeReasons(settled: Settlement): Reason[] {
  const shown = settled.reasons.filter(({ code }) => isReasonKind(code, 'schedule') || isReasonKind(code, 'result'));
  return orderReasons([{ code: 'consented_data', details: {} }, ...shown]);
}
