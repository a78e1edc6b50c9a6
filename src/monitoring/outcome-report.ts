// A report about a customer's outcome on its way into the tables, and how it compares with another copy of itself.
import type { AcceptedEvent } from '../events/accepted-event.ts';
import type { OutcomeEvent } from '../events/outcome-event.ts';
import { parseInstant } from '../events/parse-instant.ts';

export interface OutcomeContent {
  readonly asOfMs: number;
  readonly windowMonths: number;
  readonly defaulted: boolean;
  readonly observedAtMs: number;
  readonly occurredAtMs: number;
}

export interface OutcomeReport extends OutcomeContent {
  readonly customerId: string;
  readonly source: string;
  readonly reportId: string;
  /** Of the event in its batch. */
  readonly position: number;
}

export function toOutcomeReport({ event, timeMs }: AcceptedEvent<OutcomeEvent>, position: number): OutcomeReport {
  const { subject, source, id, data } = event;
  return {
    customerId: subject,
    source,
    reportId: id,
    asOfMs: parseInstant(data.asOf),
    windowMonths: data.windowMonths,
    defaulted: data.defaulted,
    observedAtMs: parseInstant(data.observedAt),
    occurredAtMs: timeMs,
    position,
  };
}

const FIELDS = [
  ['asOfMs', 'data.asOf'],
  ['windowMonths', 'data.windowMonths'],
  ['defaulted', 'data.defaulted'],
  ['observedAtMs', 'data.observedAt'],
  ['occurredAtMs', 'time'],
] as const;

/** The field of the event in which two copies differ; null when they say the same. */
export function findOutcomeDifference(given: OutcomeContent, first: OutcomeContent): string | null {
  return FIELDS.find(([name]) => given[name] !== first[name])?.[1] ?? null;
}
