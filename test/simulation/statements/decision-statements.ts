// What decisions ask of the database: accounts under lock, ledgers, limits and their history, and the one write of each.

import type { VerdictTerms } from '../../../src/model/index.ts';
import { openVerdict } from '../../support/open-verdict.ts';
import { customersOf, readGiven, type SqlStatement } from '../sql-arguments.ts';
import { lockOf, type StatementModels, type View } from '../statement-model.ts';
import type { AccountRow, DecisionRow, LimitRow } from '../tables.ts';
import { accountLocks } from './queue-statements.ts';

function loadAccounts(view: View, statement: SqlStatement): object[] {
  return customersOf(statement).flatMap((id) => {
    const row = view.get('credit_accounts', id);
    if (row === undefined) return [];
    return [{ ...row, chain_link: headOfChain(view, statement, row), frozen: row.frozen_at !== null }];
  });
}

/** The account's own head, unless the text takes the newest by time for it. */
function headOfChain(view: View, { text }: SqlStatement, account: AccountRow): Buffer | null {
  if (!/order by d\.decided_at desc/.test(text)) return account.chain_link;
  const own = view.rows('decisions').filter((row) => row.customer_id === account.customer_id);
  return own.sort((a, b) => b.decided_at.getTime() - a.decided_at.getTime())[0]?.chain_link ?? null;
}

function loadStatements(view: View, statement: SqlStatement): object[] {
  const count = statement.values[1] as number;
  view.noteReading();
  return customersOf(statement).flatMap((id) =>
    view
      .rows('statements')
      .filter((row) => row.customer_id === id)
      .sort((a, b) => a.closed_at.getTime() - b.closed_at.getTime())
      .slice(-count),
  );
}

interface Window {
  readonly customer_id: string;
  readonly step_from: Date;
  readonly year_from: Date;
}

function lowest(limits: readonly LimitRow[], from: Date): number | null {
  const counted = limits.filter(({ state, valid_from, valid_to }) => {
    const start = valid_from > from ? valid_from : from;
    return state !== 'scheduled' && (valid_to === null || valid_to > start);
  });
  return counted.length === 0 ? null : Math.min(...counted.map((limit) => limit.limit_minor));
}

function loadHistory(view: View, statement: SqlStatement): object[] {
  return readGiven<Window>(statement, 'asked').flatMap(({ customer_id, step_from, year_from }) => {
    const limits = view.rows('credit_limits').filter((row) => row.customer_id === customer_id);
    if (limits.length === 0) return [];
    const inForce = limits.find((limit) => limit.state === 'in_force');
    const setBy = inForce === undefined ? undefined : view.get('decisions', customer_id, inForce.decision_id);
    return [
      {
        customer_id,
        lowest_in_step: lowest(limits, step_from),
        lowest_in_year: lowest(limits, year_from),
        probability_of_default: setBy?.probability_of_default ?? null,
        scheduled: limits.find((limit) => limit.state === 'scheduled')?.limit_minor ?? null,
      },
    ];
  });
}

function insertDecisions(view: View, statement: SqlStatement): number {
  const given = readGiven<DecisionRow & { place?: number; position?: number }>(statement, 'given');
  for (const { place, position, ...row } of given) {
    const twin = view
      .rows('decisions')
      .find((one) => one.customer_id === row.customer_id && one.sequence === row.sequence);
    if (twin !== undefined)
      throw Object.assign(new Error('duplicate key value violates decisions_customer_id_sequence_key'), {
        code: '23505',
      });
    view.insert('decisions', row);
  }
  return given.length;
}

interface Ending {
  readonly customer_id: string;
  readonly at: Date;
  readonly ends_in_force: boolean;
  readonly ends_scheduled: boolean;
}

function supersede(view: View, statement: SqlStatement): number {
  for (const given of readGiven<Ending>(statement, 'given')) {
    for (const row of view.rows('credit_limits')) {
      if (row.customer_id !== given.customer_id) continue;
      const ends = row.state === 'in_force' ? given.ends_in_force : row.state === 'scheduled' && given.ends_scheduled;
      if (!ends) continue;
      const later = new Date(Math.max(row.valid_from.getTime(), given.at.getTime()));
      view.put('credit_limits', {
        ...row,
        state: 'superseded',
        valid_to: row.state === 'scheduled' ? row.valid_from : later,
      });
    }
  }
  return 0;
}

function insertLimits(view: View, statement: SqlStatement): number {
  const given = readGiven<Omit<LimitRow, 'valid_to'>>(statement, 'given');
  for (const { customer_id, decision_id, limit_minor, financial_limit_minor, state, valid_from } of given) {
    const twin = view.rows('credit_limits').find((one) => one.customer_id === customer_id && one.state === state);
    if (twin !== undefined)
      throw Object.assign(new Error('duplicate key value violates credit_limits_one_per_state'), { code: '23505' });
    const row = { customer_id, decision_id, limit_minor, financial_limit_minor, state, valid_from };
    view.insert('credit_limits', { ...row, valid_to: null });
  }
  return given.length;
}

interface GivenAccount {
  readonly customer_id: string;
  readonly limit_minor: number | null;
  readonly financial_limit_minor: number | null;
  readonly changed_at: Date | null;
  readonly last_increase_at: Date | null;
  readonly last_decrease_at: Date | null;
  readonly sequence: number;
  readonly event_sequence: number;
  readonly chain_link: Buffer;
}

function updateAccounts(view: View, statement: SqlStatement): number {
  for (const given of readGiven<GivenAccount>(statement, 'given')) {
    const row = view.get('credit_accounts', given.customer_id);
    if (row === undefined) continue;
    const { changed_at, sequence, ...fields } = given;
    const { limit_minor, financial_limit_minor, last_increase_at, last_decrease_at, chain_link, event_sequence } =
      fields;
    const moved = {
      limit_minor,
      financial_limit_minor,
      last_increase_at,
      last_decrease_at,
      chain_link,
      event_sequence,
    };
    const limit_changed_at = changed_at ?? row.limit_changed_at;
    view.put('credit_accounts', { ...row, ...moved, limit_changed_at, decision_sequence: sequence });
  }
  return 0;
}

const givenAccountLocks = (_view: View, statement: SqlStatement) =>
  readGiven<GivenAccount>(statement, 'given').map((one) => lockOf('credit_accounts', one.customer_id));

function setFreeze(frozen: (values: readonly unknown[]) => Date | null) {
  return (view: View, { values }: SqlStatement): number => {
    const row = view.get('credit_accounts', values[0]) as AccountRow;
    view.put('credit_accounts', { ...row, frozen_at: frozen(values) });
    return 1;
  };
}

const oneAccountLock = (_view: View, { values }: SqlStatement) => [lockOf('credit_accounts', values[0])];

function rowOf({ verdictSha256, state, blockSha256, validUntil }: VerdictTerms): object {
  return { verdict_sha256: verdictSha256, state, block_sha256: blockSha256, valid_until: validUntil };
}

export const DECISION_STATEMENTS: StatementModels = [
  [/from imports where state = 'running'/, { run: () => [] }],
  ['decision-lock-accounts', { locks: accountLocks, run: loadAccounts }],
  ['decision-insert-accounts', { run: () => 0 }],
  [
    'decision-load-profiles',
    { run: (view, statement) => customersOf(statement).flatMap((id) => view.get('customers', id) ?? []) },
  ],
  ['ledger-load-latest-statements', { run: loadStatements }],
  ['ledger-load-activity', { run: () => [] }],
  // The gate is open, so that moods act as far as the pack lets them.
  ['gate-verdict-in-force', { run: (_view, { values }) => [rowOf(openVerdict(values[0] as string))] }],
  [/as asked \(customer_id, step_from, year_from\)/, { run: loadHistory }],
  [/insert into decisions \(/, { run: insertDecisions }],
  [
    /insert into decision_emotions/,
    {
      run(view, statement) {
        const given = readGiven<{ customer_id: string; decision_id: string; record: string }>(statement, 'given');
        for (const { customer_id, decision_id, record } of given) {
          view.insert('decision_emotions', { customer_id, decision_id, record });
        }
        return given.length;
      },
    },
  ],
  [/update credit_limits l set state = 'superseded'/, { run: supersede }],
  [/insert into credit_limits/, { run: insertLimits }],
  [/update credit_accounts a set\s+limit_minor = given/, { locks: givenAccountLocks, run: updateAccounts }],
  [/set frozen_at = \$2/, { locks: oneAccountLock, run: setFreeze((values) => values[1] as Date) }],
  [/set frozen_at = null/, { locks: oneAccountLock, run: setFreeze(() => null) }],
];
