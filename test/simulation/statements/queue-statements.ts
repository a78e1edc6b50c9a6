// What several rooms share: the decision queue, the outbox, the locks of accounts.

import { customersOf, locksRows, readGiven, type SqlStatement } from '../sql-arguments.ts';
import { lockOf, type StatementModels, type View } from '../statement-model.ts';
import type { Tables } from '../tables.ts';

const queueLocks = (_view: View, statement: SqlStatement) =>
  customersOf(statement).map((id) => lockOf('decision_queue', id));

export const accountLocks = (_view: View, statement: SqlStatement) =>
  locksRows(statement) ? customersOf(statement).map((id) => lockOf('credit_accounts', id)) : [];

const earlier = (one: Date, otherMs: number) => new Date(Math.min(one.getTime(), otherMs));

function queueDecisions(view: View, statement: SqlStatement): number {
  const [, trigger, notBefore] = statement.values as [unknown, string, Date];
  for (const customer_id of customersOf(statement)) {
    const asked = view.nextId();
    const version = nextVersion(statement, view.get('decision_queue', customer_id)?.version, asked);
    const not_before = earlier(notBefore, view.nowMs);
    view.put('decision_queue', { customer_id, version, trigger, attempts: 0, not_before, asked });
  }
  return customersOf(statement).length;
}

/** A row that was deleted and comes again begins anew from 1 unless the text begins elsewhere. */
function nextVersion({ text }: SqlStatement, before: number | undefined, fresh: number): number {
  if (before === undefined) return /clock_timestamp/.test(text) ? fresh : 1;
  return /version \+ 1/.test(text) ? before + 1 : before;
}

function claimQueued(view: View, { values }: SqlStatement): object[] {
  const [now, until, limit] = values as [Date, Date, number];
  const due = view
    .rows('decision_queue')
    .filter((row) => row.not_before <= now && !view.isLockedElsewhere('decision_queue', row))
    .slice(0, limit);
  const forMs = until.getTime() - now.getTime();
  for (const row of due) {
    const not_before = earlier(until, Math.max(view.nowMs, row.not_before.getTime()) + forMs);
    view.put('decision_queue', { ...row, not_before });
  }
  return due;
}

interface Versioned {
  readonly customer_id: string;
  readonly version: number;
}

function findVersion(view: View, { customer_id, version }: Versioned): Tables['decision_queue'] | undefined {
  const row = view.get('decision_queue', customer_id);
  return row?.version === version ? row : undefined;
}

function deleteQueued(view: View, statement: SqlStatement): number {
  const given = readGiven<Versioned>(statement, 'decided');
  const compares = /q\.version = decided\.version/.test(statement.text);
  for (const one of given) {
    const row = compares ? findVersion(view, one) : view.get('decision_queue', one.customer_id);
    if (row !== undefined) view.remove('decision_queue', row);
  }
  return given.length;
}

function releaseQueued(view: View, statement: SqlStatement): number {
  const not_before = statement.values[2] as Date;
  for (const one of readGiven<Versioned>(statement, 'claimed')) {
    const row = findVersion(view, one);
    if (row !== undefined) view.put('decision_queue', { ...row, not_before });
  }
  return 0;
}

function saveFailure(view: View, { values }: SqlStatement): number {
  const [customer_id, version, , not_before] = values as [string, number, string, Date];
  const row = findVersion(view, { customer_id, version });
  if (row === undefined) return 0;
  view.put('decision_queue', { ...row, attempts: row.attempts + 1, not_before });
  return 1;
}

interface GivenEvent {
  readonly customer_id: string;
  readonly event_id: string;
  readonly type: string;
  readonly data: string;
  readonly occurred_at: Date;
}

/** Destinations of every event: Kafka and the one webhook of the simulation. */
export const DESTINATIONS = ['kafka', 'webhook:00000000-0000-7000-8000-000000000001'] as const;

function appendOutbox(view: View, statement: SqlStatement): number {
  const given = readGiven<GivenEvent>(statement, 'given');
  for (const { customer_id, event_id, type, data, occurred_at } of given) {
    const account = view.get('credit_accounts', customer_id);
    if (account === undefined) continue;
    const sequence = account.event_sequence + 1;
    view.put('credit_accounts', { ...account, event_sequence: sequence });
    insertOutboxEvent(view, { customer_id, sequence, event_id, type, data, occurred_at });
  }
  return given.length;
}

type NumberedEvent = GivenEvent & { readonly sequence: number };

function insertOutboxEvent(
  view: View,
  { customer_id, sequence, event_id, type, data, occurred_at }: NumberedEvent,
): void {
  const parsed = JSON.parse(data) as Record<string, unknown>;
  view.insert('outbox_events', { customer_id, sequence, event_id, type, data: parsed, occurred_at });
  for (const destination of DESTINATIONS) {
    const fresh = { state: 'pending', attempts: 0, claimed_by: null, claimedUntilMs: null } as const;
    view.insert('deliveries', { destination, customer_id, sequence, ...fresh, nextAttemptMs: view.nowMs });
  }
}

export const QUEUE_STATEMENTS: StatementModels = [
  ['queue-decisions', { locks: queueLocks, run: queueDecisions }],
  ['decision-queue-claim', { run: claimQueued }],
  [
    /delete from decision_queue q using done/,
    {
      locks: (_view, statement) =>
        readGiven<Versioned>(statement, 'decided').map((one) => lockOf('decision_queue', one.customer_id)),
      run: deleteQueued,
    },
  ],
  [
    /update decision_queue q set not_before = \$3/,
    {
      locks: (_view, statement) =>
        readGiven<Versioned>(statement, 'claimed').map((one) => lockOf('decision_queue', one.customer_id)),
      run: releaseQueued,
    },
  ],
  [
    /update decision_queue set attempts = attempts \+ 1/,
    { locks: (_view, { values }) => [lockOf('decision_queue', values[0])], run: saveFailure },
  ],
  [
    'lock-accounts',
    {
      locks: accountLocks,
      run: (view, statement) =>
        customersOf(statement).flatMap((customer_id) =>
          view.get('credit_accounts', customer_id) === undefined ? [] : [{ customer_id }],
        ),
    },
  ],
  [
    'outbox-append',
    {
      locks: (_view, statement) =>
        readGiven<GivenEvent>(statement, 'given').map((one) => lockOf('credit_accounts', one.customer_id)),
      run: appendOutbox,
    },
  ],
  [
    'outbox-insert',
    {
      run(view, statement) {
        const given = readGiven<NumberedEvent>(statement, 'given');
        for (const event of given) insertOutboxEvent(view, event);
        return given.length;
      },
    },
  ],
];
