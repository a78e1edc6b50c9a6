// The named moments at which a process is killed or cut off: around every statement of the transactions that count, decide,
// publish and answer. They are seen in the traffic with PostgreSQL, so the product needs no hook for them.
import type { Road, SqlStep } from './sql-steps.ts';

/** `before`: the server never sees it; `unanswered`: the server has answered, the client does not hear it. */
export type Moment = 'before' | 'unanswered' | 'after';

export interface NamedPoint {
  readonly name: string;
  /** The role of the process in whose traffic it occurs. */
  readonly role: 'ingest' | 'relay' | 'api';
  readonly moment: Moment;
  matches(step: SqlStep): boolean;
}

const starts = (text: string) => (step: SqlStep) => step.label.startsWith(text);
const commitOf = (road: Road) => (step: SqlStep) => step.isCommit && step.road === road;
const isDecisionInsert = (step: SqlStep) => /^decision-insert$|^insert into decisions\b/.test(step.label);
const isKeyInsert = (step: SqlStep) => /^access-claim-keys$|^insert into idempotency_keys\b/.test(step.label);
const isBegin = (step: SqlStep) => step.isBegin;
const isFold = (step: SqlStep) =>
  step.road === 'ingest' && /update emotional_states|insert into transactions/.test(step.label);

function point(role: NamedPoint['role'], name: string, moment: Moment, matches: NamedPoint['matches']): NamedPoint {
  return { role, name, moment, matches };
}

export const NAMED_POINTS: readonly NamedPoint[] = [
  point('ingest', 'ingest.before-begin', 'before', isBegin),
  point('ingest', 'ingest.before-offset', 'before', starts('ingest-move-offset')),
  point('ingest', 'ingest.after-offset', 'unanswered', starts('ingest-move-offset')),
  point('ingest', 'ingest.before-fold', 'before', isFold),
  point('ingest', 'ingest.after-fold', 'unanswered', isFold),
  point('ingest', 'ingest.before-fingerprints', 'before', starts('ingest-save-fingerprints')),
  point('ingest', 'ingest.after-fingerprints', 'unanswered', starts('ingest-save-fingerprints')),
  point('ingest', 'ingest.before-dead-letters', 'before', starts('ingest-save-dead-letters')),
  point('ingest', 'ingest.after-dead-letters', 'unanswered', starts('ingest-save-dead-letters')),
  point('ingest', 'ingest.before-commit', 'before', commitOf('ingest')),
  point('ingest', 'ingest.commit-unanswered', 'unanswered', commitOf('ingest')),
  point('ingest', 'ingest.after-commit', 'after', commitOf('ingest')),
  point('ingest', 'decision.after-claim', 'after', starts('decision-queue-claim')),
  point('ingest', 'decision.before-insert', 'before', isDecisionInsert),
  point('ingest', 'decision.after-insert', 'unanswered', isDecisionInsert),
  point('ingest', 'decision.before-commit', 'before', commitOf('decision')),
  point('ingest', 'decision.commit-unanswered', 'unanswered', commitOf('decision')),
  point('ingest', 'decision.after-commit', 'after', commitOf('decision')),
  point('relay', 'relay.after-claim', 'after', starts('notify-claim')),
  point('relay', 'relay.before-results', 'before', starts('notify-save-results')),
  point('relay', 'relay.results-unanswered', 'unanswered', starts('notify-save-results')),
  point('relay', 'topic-relay.before-delete', 'before', starts('topic-outbox-delete')),
  point('relay', 'topic-relay.before-commit', 'before', commitOf('topic-relay')),
  point('api', 'api.before-key', 'before', isKeyInsert),
  point('api', 'api.before-commit', 'before', commitOf('api')),
  point('api', 'api.commit-unanswered', 'unanswered', commitOf('api')),
  point('api', 'api.after-commit', 'after', commitOf('api')),
];

export function findPoint(name: string): NamedPoint {
  const found = NAMED_POINTS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`there is no point named ${name}`);
  return found;
}
