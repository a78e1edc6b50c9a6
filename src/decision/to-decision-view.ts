// A stored decision made readable: the financial record, with the emotional half laid over it while it exists.
import { FEATURE_NAMES } from '../ledger/index.ts';
import { BASE_RATE_CONTRIBUTION, EMOTION_CONTRIBUTION, INTERCEPT_CONTRIBUTION } from '../model/index.ts';
import { findReason, REASONS_TOLD_MAX, type Reason } from '../policy/index.ts';
import type { EmotionalRecord, FinancialRecord } from './decision-record.ts';
import type { DecisionView, ReasonView } from './decision-view.ts';
import type { Settlement } from './settle-limit.ts';

export interface StoredDecision {
  readonly record: FinancialRecord;
  /** Null where none was made, and where it was erased. */
  readonly emotionalRecord: EmotionalRecord | null;
  /** Codes of the row: what may be told without the emotional half. */
  readonly lastingCodes: readonly string[];
  /** What the row says happened; it outlives the emotional half. */
  readonly outcome: DecisionView['outcome'];
  readonly limitMinor: number;
  readonly scheduledLimitMinor: number | null;
}

export function toDecisionView(stored: StoredDecision): DecisionView {
  const { inputs } = stored.record;
  return {
    decisionId: inputs.decisionId,
    customerId: inputs.customerId,
    sequence: inputs.sequence,
    decidedAt: new Date(inputs.nowMs).toISOString(),
    trigger: inputs.trigger,
    outcome: stored.outcome,
    currency: inputs.currency,
    limitMinor: stored.limitMinor,
    previousLimitMinor: inputs.account.limitMinor,
    scheduledLimitMinor: stored.scheduledLimitMinor,
    reasons: tellReasons(stored),
    requestedBy: inputs.requestedBy,
    ...(stored.record.kind === 'policy' ? judgedPart(stored.record, stored.emotionalRecord) : handPart(stored)),
  };
}

type JudgedPart = Pick<
  DecisionView,
  | 'approved'
  | 'limitWithoutEmotionMinor'
  | 'score'
  | 'probabilityOfDefault'
  | 'rateBps'
  | 'creditType'
  | 'emotion'
  | 'contributions'
  | 'modelVersion'
  | 'policyVersion'
>;

function judgedPart(
  record: Extract<FinancialRecord, { kind: 'policy' }>,
  emotional: EmotionalRecord | null,
): JudgedPart {
  const { inputs, result } = record;
  const logOdds = emotional?.result.emotionLogOdds ?? 0;
  return {
    approved: result.approved,
    limitWithoutEmotionMinor: result.limitMinor,
    score: emotional?.result.score ?? result.score,
    probabilityOfDefault: emotional?.result.probabilityOfDefault ?? result.probabilityOfDefault,
    rateBps: result.rateBps,
    creditType: result.creditType,
    emotion: { mode: result.emotionMode, used: isUsed(emotional), logOdds },
    contributions: listContributions(
      logOdds === 0 ? result.contributions : { ...result.contributions, [EMOTION_CONTRIBUTION]: logOdds },
    ),
    modelVersion: inputs.modelVersion,
    policyVersion: inputs.policyVersion,
  };
}

const CONTRIBUTION_ORDER = [INTERCEPT_CONTRIBUTION, ...FEATURE_NAMES, BASE_RATE_CONTRIBUTION, EMOTION_CONTRIBUTION];

/** In the order in which the model adds them up. */
function listContributions(byName: Readonly<Record<string, number>>): DecisionView['contributions'] {
  return CONTRIBUTION_ORDER.flatMap((feature) => {
    const logOdds = byName[feature];
    return logOdds === undefined ? [] : [{ feature, logOdds }];
  });
}

function isUsed(emotional: EmotionalRecord | null): boolean {
  if (emotional === null) return false;
  const { emotionLogOdds, settled } = emotional.result;
  return emotionLogOdds !== 0 || settled.reasons.some((reason) => reason.code === 'care_pause');
}

function handPart(stored: StoredDecision): JudgedPart {
  const { settled } = stored.record.result;
  return {
    approved: (settled.limitMinor ?? 0) > 0,
    limitWithoutEmotionMinor: settled.financialLimitMinor ?? 0,
    score: null,
    probabilityOfDefault: null,
    rateBps: null,
    creditType: null,
    emotion: { mode: 'off', used: false, logOdds: 0 },
    contributions: [],
    modelVersion: null,
    policyVersion: null,
  };
}

function tellReasons(stored: StoredDecision): ReasonView[] {
  const settled: Settlement = stored.emotionalRecord?.result.settled ?? stored.record.result.settled;
  const known = new Map<string, Reason>(settled.reasons.map((reason) => [reason.code, reason]));
  const codes = stored.emotionalRecord === null ? stored.lastingCodes : [...known.keys()];
  return codes
    .slice(0, REASONS_TOLD_MAX)
    .map((code) => ({ code, text: findReason(code)?.text ?? code, details: known.get(code)?.details ?? {} }));
}

/** What the outbox may carry: it outlives an erasure, so only what the row would still say without emotional data. */
export function toOutgoingReasons(reasons: readonly Reason[]): { code: string; text: string }[] {
  return reasons.slice(0, REASONS_TOLD_MAX).map(({ code }) => ({ code, text: findReason(code)?.text ?? code }));
}
