// A decision in the form it is written: the row, its sealed records, and what it does to the account and its limits.

import type { Reason } from '../policy/index.ts';
import {
  type EmotionalRecord,
  type FinancialRecord,
  linkChain,
  type SealedRecord,
  sealRecord,
} from './decision-record.ts';
import type { LockedAccount } from './load-accounts.ts';
import type { Settlement } from './settle-limit.ts';

export interface NewDecision {
  readonly record: FinancialRecord;
  readonly sealed: SealedRecord;
  readonly emotionalRecord: EmotionalRecord | null;
  readonly sealedEmotion: SealedRecord | null;
  readonly chainLink: Buffer;
  readonly settled: Settlement;
  readonly lastingReasons: readonly Reason[];
  readonly limitChanged: boolean;
  /** Is the limit that waits already to be superseded? */
  readonly endsScheduled: boolean;
  /** Is a scheduled limit to be written? Not if the same one waits already: its notice has begun. */
  readonly startsScheduled: boolean;
  /** Of the last event told about the customer before this decision. */
  readonly eventSequenceBefore: number;
}

export interface Decided {
  readonly record: FinancialRecord;
  readonly emotionalRecord: EmotionalRecord | null;
  readonly settled: Settlement;
  readonly lastingReasons: readonly Reason[];
}

export function prepareDecision(
  decided: Decided,
  account: LockedAccount,
  scheduledLimitMinor: number | null,
): NewDecision {
  const { settled } = decided;
  const sealed = sealRecord(decided.record);
  const sealedEmotion = decided.emotionalRecord === null ? null : sealRecord(decided.emotionalRecord);
  const isSameWaiting = scheduledLimitMinor !== null && settled.scheduled?.limitMinor === scheduledLimitMinor;
  return {
    ...decided,
    sealed,
    sealedEmotion,
    chainLink: linkChain(account.chainLink, sealed.sha256, sealedEmotion?.sha256 ?? null),
    limitChanged: settled.limitMinor !== account.limitMinor,
    endsScheduled: settled.replacesScheduled && scheduledLimitMinor !== null && !isSameWaiting,
    startsScheduled: settled.scheduled !== null && !isSameWaiting,
    eventSequenceBefore: account.eventSequence,
  };
}
