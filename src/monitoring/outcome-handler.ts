// Counts a batch of outcome reports: each once, about customers that are known. Nothing is decided because of them: they
// only tell afterwards how right the decisions were.
import type { Queryable } from '../db/index.ts';
import type { AcceptedEvent, FoldResult, Rejection } from '../events/accepted-event.ts';
import type { OutcomeEvent } from '../events/outcome-event.ts';
import { loadKnownCustomers } from './load-known-customers.ts';
import { findOutcomeDifference, type OutcomeContent, type OutcomeReport, toOutcomeReport } from './outcome-report.ts';
import { insertOutcomeReports, loadStoredReports } from './save-outcome-reports.ts';
import { saveOutcomes } from './save-outcomes.ts';

export type OutcomeHandler = (
  tx: Queryable,
  events: readonly AcceptedEvent<OutcomeEvent>[],
  nowMs: number,
) => Promise<FoldResult>;

export function createOutcomeHandler(): OutcomeHandler {
  return async (tx, events, nowMs) => {
    const known = await loadKnownCustomers(tx, [...new Set(events.map(({ event }) => event.subject))]);
    const reports = events.map(toOutcomeReport).filter(({ customerId }) => known.has(customerId));
    const firstCopies = new Map<string, OutcomeReport>();
    for (const report of reports) if (!firstCopies.has(keyOf(report))) firstCopies.set(keyOf(report), report);
    const inserted = await insertOutcomeReports(tx, [...firstCopies.values()], nowMs);
    await saveOutcomes(tx, inserted);
    const counted = new Array<boolean>(events.length).fill(false);
    for (const { position } of inserted) counted[position] = true;
    const copies = reports.filter(({ position }) => counted[position] === false);
    const stored = await loadStoredReports(tx, copies);
    return { counted, ...judgeCopies(events, known, copies, stored) };
  };
}

function keyOf({ customerId, source, reportId }: OutcomeReport): string {
  return `${customerId} ${JSON.stringify([source, reportId])}`;
}

function judgeCopies(
  events: readonly AcceptedEvent<OutcomeEvent>[],
  known: ReadonlySet<string>,
  copies: readonly OutcomeReport[],
  stored: ReadonlyMap<OutcomeReport, OutcomeContent>,
): Pick<FoldResult, 'rejections' | 'dropped'> {
  const rejections: Rejection[] = events
    .filter(({ event }) => !known.has(event.subject))
    .map(({ offset }) => rejectUnknown(offset));
  let duplicate = 0;
  for (const copy of copies) {
    const first = stored.get(copy);
    const field = first === undefined ? null : findOutcomeDifference(copy, first);
    const offset = events[copy.position]?.offset;
    if (field === null || offset === undefined) duplicate += 1;
    else rejections.push(rejectContent(offset, field));
  }
  return { rejections, dropped: duplicate === 0 ? {} : { duplicate } };
}

function rejectUnknown(offset: number): Rejection {
  const message = 'is not a customer that ECS knows, so there is no decision to measure; retry it once the customer is';
  return { offset, code: 'unknown_customer', field: 'subject', message };
}

function rejectContent(offset: number, field: string): Rejection {
  const message =
    'an outcome with this source and id was counted with other content; a correction has an id of its own';
  return { offset, code: 'content_differs', field, message };
}
