// What was decided about customers, read back: decisions in pages, limits as intervals. Reads the database only.
import type { Queryable } from '../db/index.ts';
import { EcsError } from '../lib/errors.ts';
import type { DecisionOutcome, DecisionView, LimitView } from './decision-view.ts';
import { loadStoredDecision, loadStoredDecisions } from './load-stored-decisions.ts';
import { toDecisionView } from './to-decision-view.ts';

export interface DecisionQuery {
  readonly customerId?: string | undefined;
  readonly outcome?: DecisionOutcome | undefined;
  /** A reason code, told or not. */
  readonly reason?: string | undefined;
  /** Half-open interval of `decidedAt`, milliseconds. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

export interface DecisionPage {
  readonly items: readonly DecisionView[];
  readonly nextCursor: string | null;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `customerId` null: any customer's. Null when there is no such decision (of that customer). */
export async function getDecision(
  db: Queryable,
  customerId: string | null,
  decisionId: string,
): Promise<DecisionView | null> {
  if (!UUID.test(decisionId)) return null;
  const stored = await loadStoredDecision(db, customerId, decisionId);
  return stored === null ? null : toDecisionView(stored);
}

/** Newest first. ECS_REQUEST_INVALID for a cursor that is not one of ours. */
export async function listDecisions(db: Queryable, query: DecisionQuery): Promise<DecisionPage> {
  const found = await loadStoredDecisions(db, {
    customerId: query.customerId ?? null,
    outcome: query.outcome ?? null,
    reason: query.reason ?? null,
    fromMs: query.fromMs ?? null,
    toMs: query.toMs ?? null,
    before: query.cursor === undefined ? null : parseCursor(query.cursor),
    limit: query.limit + 1,
  });
  const items = found.slice(0, query.limit).map(toDecisionView);
  const last = items.at(-1);
  return { items, nextCursor: found.length > query.limit && last !== undefined ? makeCursor(last) : null };
}

function makeCursor(view: DecisionView): string {
  return Buffer.from(`${Date.parse(view.decidedAt)} ${view.decisionId}`).toString('base64url');
}

function parseCursor(cursor: string): { decidedAtMs: number; decisionId: string } {
  const [time = '', decisionId = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  if (/^\d{1,15}$/.test(time) && UUID.test(decisionId)) return { decidedAtMs: Number(time), decisionId };
  throw new EcsError('ECS_REQUEST_INVALID', 'The cursor is not one that a list of decisions gave.', {
    facts: { field: 'cursor' },
  });
}

interface LimitRow {
  readonly decision_id: string;
  readonly limit_minor: number;
  readonly state: LimitView['state'];
  readonly valid_from: Date;
  readonly valid_to: Date | null;
}

/** Newest first. */
export async function listLimits(db: Queryable, customerId: string): Promise<readonly LimitView[]> {
  const { rows } = await db.query<LimitRow>({
    name: 'decision-list-limits',
    text: `
      select decision_id, limit_minor, state, valid_from, valid_to
      from credit_limits where customer_id = $1
      order by valid_from desc, decision_id desc`,
    values: [customerId],
  });
  return rows.map((row) => ({
    decisionId: row.decision_id,
    limitMinor: row.limit_minor,
    state: row.state,
    validFrom: row.valid_from.toISOString(),
    validTo: row.valid_to?.toISOString() ?? null,
  }));
}
