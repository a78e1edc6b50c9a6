// What the relay asks of the database: heads of lines under a lease, and what came of them while the lease was held.

import { readArray, readGiven, type SqlStatement } from '../sql-arguments.ts';
import type { StatementModels, View } from '../statement-model.ts';
import type { DeliveryRow } from '../tables.ts';

function linesOf(view: View, destination: string): Map<string, DeliveryRow[]> {
  const lines = new Map<string, DeliveryRow[]>();
  for (const row of view.rows('deliveries')) {
    if (row.destination !== destination || row.state !== 'pending') continue;
    lines.set(row.customer_id, [...(lines.get(row.customer_id) ?? []), row]);
  }
  for (const line of lines.values()) line.sort((a, b) => a.sequence - b.sequence);
  return new Map([...lines].sort(([a], [b]) => a.localeCompare(b)));
}

function isDue(row: DeliveryRow, nowMs: number): boolean {
  return row.nextAttemptMs <= nowMs && (row.claimedUntilMs === null || row.claimedUntilMs <= nowMs);
}

/** Is there a line whose head may go? Behind a head that waits nothing moves. Rows stand in the order of their lines. */
export function isAnyHeadDue(view: View): boolean {
  const seen = new Set<string>();
  const { nowMs } = view;
  return view.rows('deliveries').some((row) => {
    if (row.state !== 'pending') return false;
    const line = row.destination + row.customer_id;
    if (seen.has(line)) return false;
    seen.add(line);
    return isDue(row, nowMs);
  });
}

/** Of every line the part from its head on that may go and that nobody else holds. */
function claim(view: View, { values }: SqlStatement): object[] {
  const [destination, claimId, limit, leaseMs] = values as [string, string, number, number];
  const claimed: DeliveryRow[] = [];
  for (const line of linesOf(view, destination).values()) {
    for (const row of line) {
      if (claimed.length >= limit || !isDue(row, view.nowMs) || view.isLockedElsewhere('deliveries', row)) break;
      claimed.push(row);
    }
  }
  return claimed.map((row) => {
    view.put('deliveries', { ...row, claimed_by: claimId, claimedUntilMs: view.nowMs + leaseMs });
    return { ...row, ...view.get('outbox_events', row.customer_id, row.sequence) };
  });
}

interface GivenResult {
  readonly customer_id: string;
  readonly sequence: number;
  readonly state: DeliveryRow['state'];
  readonly attempted: boolean;
  readonly delay_ms: number | null;
}

function saveResults(view: View, statement: SqlStatement): number {
  const [destination, claimId] = statement.values as [string, string];
  const isFenced = /claimed_by = \$2/.test(statement.text);
  let saved = 0;
  for (const given of readGiven<GivenResult>(statement, 'given')) {
    const row = view.get('deliveries', destination, given.customer_id, given.sequence);
    if (row === undefined || (isFenced && row.claimed_by !== claimId)) continue;
    view.put('deliveries', {
      ...row,
      state: given.state,
      attempts: row.attempts + (given.attempted ? 1 : 0),
      nextAttemptMs: given.delay_ms === null ? row.nextAttemptMs : view.nowMs + given.delay_ms,
      claimed_by: null,
      claimedUntilMs: null,
    });
    saved++;
  }
  return saved;
}

function park(view: View, { values }: SqlStatement): number {
  const [destination] = values as [string];
  const failed = new Set(readArray(values[1]));
  for (const [customerId, [head, ...rest]] of linesOf(view, destination)) {
    if (!failed.has(customerId) || head === undefined) continue;
    for (const row of rest) {
      if (row.nextAttemptMs >= head.nextAttemptMs || row.claimed_by !== null) continue;
      view.put('deliveries', { ...row, nextAttemptMs: head.nextAttemptMs });
    }
  }
  return 0;
}

export const NOTIFY_STATEMENTS: StatementModels = [
  [
    'notify-due-destinations',
    {
      run(view) {
        const due = view.rows('deliveries').filter((row) => row.state === 'pending' && row.nextAttemptMs <= view.nowMs);
        return [...new Set(due.map((row) => row.destination))].sort().map((destination) => ({ destination }));
      },
    },
  ],
  ['notify-claim', { run: claim }],
  ['notify-save-results', { run: saveResults }],
  ['notify-park', { run: park }],
  [
    'notify-load-target',
    { run: () => [{ url: 'http://receiver', secret: 'x', previous_secret: null, previous_secret_until: null }] },
  ],
];
