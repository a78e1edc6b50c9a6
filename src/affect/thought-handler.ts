// Folds a batch of thoughts about money into the emotional state of consenting customers.
import type { Queryable } from '../db/index.ts';
import type { AcceptedEvent, FoldResult } from '../events/accepted-event.ts';
import type { ThoughtEvent } from '../events/thought-event.ts';
import type { StateTriggers } from './triggers.ts';

export type ThoughtHandler = (
  tx: Queryable,
  events: readonly AcceptedEvent<ThoughtEvent>[],
  nowMs: number,
) => Promise<FoldResult>;

export function createThoughtHandler(_options: { readonly triggers: StateTriggers }): ThoughtHandler {
  throw new Error('being written');
}
