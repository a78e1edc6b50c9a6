// Counts a batch of statements closed by the lender's card system. The newest statement of a customer asks for a new
// decision; an old one that comes late does not.
import { type Queryable, queueDecisions } from '../db/index.ts';
import type { AcceptedEvent, FoldResult, Rejection } from '../events/accepted-event.ts';
import { parseInstant } from '../events/parse-instant.ts';
import type { StatementEvent } from '../events/statement-event.ts';
import { saveStatements } from './save-statements.ts';
import type { NewStatement } from './statement-draft.ts';

export type StatementHandler = (
  tx: Queryable,
  events: readonly AcceptedEvent<StatementEvent>[],
  nowMs: number,
) => Promise<FoldResult>;

export function createStatementHandler(): StatementHandler {
  return async (tx, events, nowMs) => {
    const outcomes = await saveStatements(
      tx,
      events.map(({ event }) => toStatement(event)),
      nowMs,
    );
    const counted = outcomes.map((outcome) => outcome.kind === 'saved');
    const rejections: Rejection[] = [];
    const decide: string[] = [];
    events.forEach(({ event, offset }, position) => {
      const outcome = outcomes[position];
      if (outcome?.kind === 'saved' && outcome.newest) decide.push(event.subject);
      if (outcome?.kind !== 'refused') return;
      rejections.push({ offset, code: outcome.code, field: `data.${outcome.field}`, message: outcome.message });
    });
    await queueDecisions(tx, decide, 'statement', nowMs);
    const duplicate = outcomes.filter((outcome) => outcome.kind === 'duplicate').length;
    return { counted, rejections, dropped: duplicate === 0 ? {} : { duplicate } };
  };
}

function toStatement({ subject, data }: StatementEvent): NewStatement {
  return {
    customerId: subject,
    currency: data.currency,
    closedAtMs: parseInstant(data.closedAt),
    balanceMinor: data.balanceMinor,
    minimumDueMinor: data.minimumDueMinor,
    paidMinor: data.paidMinor,
    monthsPastDue: data.monthsPastDue,
    standing: data.standing ?? null,
    limitMinor: data.limitMinor ?? null,
  };
}
