// Folds a batch of customer events: profile facts go to the ledger, which is handed in, consents are recorded here.
import type { Queryable } from '../db/index.ts';
import type { AcceptedEvent, DeadLetterCode, FoldResult, Rejection } from '../events/accepted-event.ts';
import { CONSENT_PURPOSES, type CustomerEvent } from '../events/customer-event.ts';
import type { ConsentChange } from './plan-consents.ts';

/** Fits `saveCustomerProfiles` of the ledger room. */
export type SaveProfiles = (
  tx: Queryable,
  changes: readonly {
    readonly customerId: string;
    readonly currency?: string | undefined;
    readonly jurisdiction?: string | undefined;
    readonly declaredIncomeMinor?: number | undefined;
    readonly timeMs: number;
  }[],
  nowMs: number,
) => Promise<
  readonly { readonly index: number; readonly code: DeadLetterCode; readonly field: string; readonly message: string }[]
>;

/** Fits `recordConsents` with its options bound. */
export type RecordConsents = (tx: Queryable, changes: readonly ConsentChange[], nowMs: number) => Promise<unknown>;

export type CustomerHandler = (
  tx: Queryable,
  events: readonly AcceptedEvent<CustomerEvent>[],
  nowMs: number,
) => Promise<FoldResult>;

/** An event whose facts are refused is refused as a whole: its consents are not recorded either. */
export function createCustomerHandler(options: {
  readonly saveProfiles: SaveProfiles;
  readonly recordConsents: RecordConsents;
}): CustomerHandler {
  return async (tx, events, nowMs) => {
    const problems = await options.saveProfiles(tx, events.map(toProfile), nowMs);
    const counted = new Array<boolean>(events.length).fill(true);
    for (const { index } of problems) counted[index] = false;
    const changes = events.flatMap((accepted, index) => (counted[index] ? toConsentChanges(accepted) : []));
    if (changes.length > 0) await options.recordConsents(tx, changes, nowMs);
    return { counted, rejections: toRejections(events, problems), dropped: {} };
  };
}

function toProfile({ event, timeMs }: AcceptedEvent<CustomerEvent>) {
  const { currency, jurisdiction, declaredIncomeMinor } = event.data;
  return { customerId: event.subject, currency, jurisdiction, declaredIncomeMinor, timeMs };
}

function toConsentChanges({ event, timeMs }: AcceptedEvent<CustomerEvent>): ConsentChange[] {
  return CONSENT_PURPOSES.flatMap((purpose) => {
    const granted = event.data.consents?.[purpose];
    if (granted === undefined) return [];
    return [{ customerId: event.subject, purpose, granted, changedAtMs: timeMs, recordedBy: `event:${event.source}` }];
  });
}

function toRejections(
  events: readonly AcceptedEvent<CustomerEvent>[],
  problems: Awaited<ReturnType<SaveProfiles>>,
): Rejection[] {
  return problems.flatMap(({ index, code, field, message }) => {
    const offset = events[index]?.offset;
    return offset === undefined ? [] : [{ offset, code, field: `data.${field}`, message }];
  });
}
