// Which columns an export of decisions has, and one decision as a line of it.
import type { DecisionView } from '../decision/index.ts';
import type { CsvCell } from '../lib/csv-line.ts';

const COLUMNS: Readonly<Record<string, (decision: DecisionView) => CsvCell>> = {
  decisionId: (decision) => decision.decisionId,
  customerId: (decision) => decision.customerId,
  sequence: (decision) => decision.sequence,
  decidedAt: (decision) => decision.decidedAt,
  trigger: (decision) => decision.trigger,
  outcome: (decision) => decision.outcome,
  approved: (decision) => decision.approved,
  currency: (decision) => decision.currency,
  limitMinor: (decision) => decision.limitMinor,
  previousLimitMinor: (decision) => decision.previousLimitMinor,
  limitWithoutEmotionMinor: (decision) => decision.limitWithoutEmotionMinor,
  scheduledLimitMinor: (decision) => decision.scheduledLimitMinor,
  score: (decision) => decision.score,
  probabilityOfDefault: (decision) => decision.probabilityOfDefault,
  rateBps: (decision) => decision.rateBps,
  creditType: (decision) => decision.creditType,
  reasons: (decision) => decision.reasons.map((reason) => reason.code).join(' '),
  emotionMode: (decision) => decision.emotion.mode,
  emotionUsed: (decision) => decision.emotion.used,
  modelVersion: (decision) => decision.modelVersion,
  policyVersion: (decision) => decision.policyVersion,
  requestedBy: (decision) => decision.requestedBy,
};

export const DECISION_COLUMNS: readonly string[] = Object.keys(COLUMNS);

export function toDecisionCells(decision: DecisionView): CsvCell[] {
  return Object.values(COLUMNS).map((read) => read(decision));
}
