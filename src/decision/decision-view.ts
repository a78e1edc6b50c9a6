// A stored decision as it is shown: the half without emotion, and the emotional half while it exists.
import type { CreditType, EmotionMode } from '../policy/index.ts';

export const DECISION_TRIGGERS = [
  'api',
  'statement',
  'state_change',
  'consent',
  'profile',
  'import',
  'manual',
] as const;
export type DecisionTrigger = (typeof DECISION_TRIGGERS)[number];

export const DECISION_OUTCOMES = ['increase', 'decrease', 'keep', 'approve', 'decline', 'review'] as const;
export type DecisionOutcome = (typeof DECISION_OUTCOMES)[number];

export interface ReasonView {
  readonly code: string;
  readonly text: string;
  /** Figures behind the reason, for example `{ capMinor: 120000 }`; an officer's own words under `note`. */
  readonly details: Readonly<Record<string, number | string>>;
}

export interface DecisionView {
  readonly decisionId: string;
  readonly customerId: string;
  readonly sequence: number;
  readonly decidedAt: string;
  readonly trigger: DecisionTrigger;
  readonly outcome: DecisionOutcome;
  /** The finances alone allow credit; emotion has no say in it. */
  readonly approved: boolean;
  readonly currency: string;
  /** In force after the decision; 0 where there is none. */
  readonly limitMinor: number;
  readonly previousLimitMinor: number | null;
  /** L0 of the no-harm rule. */
  readonly limitWithoutEmotionMinor: number;
  /** Decided, but waiting for assent or for the end of notice. */
  readonly scheduledLimitMinor: number | null;
  /** Emotion included where it acted and is still stored; the contributions add up to it. */
  readonly score: number | null;
  readonly probabilityOfDefault: number | null;
  readonly rateBps: number | null;
  readonly creditType: CreditType | null;
  /** At most four, the weightiest first. */
  readonly reasons: readonly ReasonView[];
  readonly emotion: { readonly mode: EmotionMode; readonly used: boolean; readonly logOdds: number };
  /** Log-odds of default; intercept, features, base rate, and emotion where it acted. */
  readonly contributions: readonly { readonly feature: string; readonly logOdds: number }[];
  readonly modelVersion: string | null;
  readonly policyVersion: string | null;
  readonly requestedBy: string;
}

export interface LimitView {
  readonly decisionId: string;
  readonly limitMinor: number;
  readonly state: 'scheduled' | 'in_force' | 'superseded';
  readonly validFrom: string;
  /** Half-open; null while it is in force or scheduled. Empty (equal to validFrom) if it never came into force. */
  readonly validTo: string | null;
}
