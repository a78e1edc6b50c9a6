// Everything a decision is made from, in the form it is stored: the half without emotion, and the emotional half.
import type { EmotionFeatures } from '../affect/index.ts';
import type { CompiledScorecard, VerdictTerms } from '../model/index.ts';
import type { AccountFacts, LedgerSummary, Policy } from '../policy/index.ts';
import type { DecisionTrigger } from './decision-view.ts';

/** What every decision knows of itself, whoever made it. */
export interface DecisionHeader {
  readonly decisionId: string;
  readonly customerId: string;
  /** The customer's own count of decisions, from 1. */
  readonly sequence: number;
  readonly nowMs: number;
  readonly trigger: DecisionTrigger;
  readonly requestedBy: string;
  readonly currency: string;
}

/** Nothing here comes from emotional data, save that C may once have been raised by it. */
export interface FinancialInputs extends DecisionHeader {
  readonly requestedLimitMinor: number | null;
  readonly frozen: boolean;
  readonly account: AccountFacts;
  readonly ledger: LedgerSummary;
  readonly income: { readonly declaredIncomeMinor: number | null; readonly observedIncomeMinor: number | null };
  /** In the order of FEATURE_NAMES; null where a feature is missing. */
  readonly features: readonly (number | null)[];
  readonly modelVersion: string;
  readonly policyVersion: string;
  /** SHA-256 of the evidence gate's verdict that was in force; null where none was, or where the pack asks for none. */
  readonly emotionVerdict?: string | null;
}

export interface EmotionalInputs {
  /** Random, so that the hash that outlives an erasure gives nothing away. */
  readonly nonce: string;
  readonly emotions: EmotionFeatures | null;
  readonly thoughts: EmotionFeatures | null;
}

export interface DecisionInput {
  readonly financial: FinancialInputs;
  /** Null without consent or data, and wherever the pack's mode is `off`. */
  readonly emotional: EmotionalInputs | null;
  readonly model: { readonly modelVersion: string; readonly compiled: CompiledScorecard };
  readonly policy: Policy;
  /** As `financial.emotionVerdict` names it. */
  readonly verdict: VerdictTerms | null;
}
