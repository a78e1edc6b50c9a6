// The two halves of a decision as they are stored: canonical JSON, hashed. The financial half is what replay proves for
// as long as the decision is kept; the emotional half carries a nonce, and can be erased without a trace of what it said.
import { canonicalJson, sha256 } from '../lib/canonical-json.ts';
import type { CreditType, EmotionMode, PolicyTrace } from '../policy/index.ts';
import type { HandInputs } from './decide-by-hand.ts';
import type { EmotionalInputs, FinancialInputs } from './decision-input.ts';
import type { Settlement } from './settle-limit.ts';

/**
 * Raised when the meaning of a record changes; code for the older ones stays.
 * - 1: in a pack whose mode is `bounded` emotion acts without being asked for evidence;
 * - 2: it acts only under the verdict that `emotionVerdict` names.
 */
export const RECORD_FORMAT = 2;

export interface FinancialResult {
  readonly probabilityOfDefault: number;
  readonly score: number;
  /** Log-odds by name: intercept, features, base rate. */
  readonly contributions: Readonly<Record<string, number>>;
  readonly judged: boolean;
  readonly approved: boolean;
  /** L0. */
  readonly limitMinor: number;
  readonly rateBps: number | null;
  readonly creditType: CreditType | null;
  readonly riskWorsened: boolean;
  readonly emotionMode: EmotionMode;
  readonly trace: PolicyTrace;
  /** The decision as it stands without emotion. */
  readonly settled: Settlement;
}

export interface EmotionalResult {
  readonly emotionLogOdds: number;
  readonly probabilityOfDefault: number;
  readonly score: number;
  /** L1. */
  readonly limitMinor: number;
  readonly acuteDistress: boolean;
  /** The decision as it was made. */
  readonly settled: Settlement;
}

/** Decided by model and policy. */
export interface PolicyRecord {
  readonly format: number;
  readonly kind: 'policy';
  readonly inputs: FinancialInputs;
  readonly result: FinancialResult;
}

/** Decided by a person, or brought along by an import. */
export interface HandRecord {
  readonly format: number;
  readonly kind: 'hand';
  readonly inputs: HandInputs;
  readonly result: { readonly settled: Settlement };
}

export type FinancialRecord = PolicyRecord | HandRecord;

export interface EmotionalRecord {
  readonly format: number;
  readonly decisionId: string;
  readonly inputs: EmotionalInputs;
  readonly result: EmotionalResult;
}

export interface SealedRecord {
  readonly text: string;
  readonly sha256: Buffer;
}

export function sealRecord(record: FinancialRecord | EmotionalRecord): SealedRecord {
  const text = canonicalJson(record);
  return { text, sha256: sha256(text) };
}

/** The customer's own chain: each link covers the one before, so that no decision can be changed or left out unseen. */
export function linkChain(previous: Uint8Array | null, recordSha256: Uint8Array, emotionSha256: Uint8Array | null) {
  return sha256(Buffer.concat([previous ?? Buffer.alloc(0), recordSha256, emotionSha256 ?? Buffer.alloc(0)]));
}
