// Counts a batch of statements closed by the lender's card system.
import type { Queryable } from '../db/index.ts';
import type { AcceptedEvent, FoldResult } from '../events/accepted-event.ts';
import type { StatementEvent } from '../events/statement-event.ts';

export type StatementHandler = (
  tx: Queryable,
  events: readonly AcceptedEvent<StatementEvent>[],
  nowMs: number,
) => Promise<FoldResult>;

export function createStatementHandler(): StatementHandler {
  throw new Error('being written');
}
