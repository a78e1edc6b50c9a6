// The ledger, modelled: each statement by its key, once. Stands in for the several statements of the real handler.

import type { SqlStatement } from '../sql-arguments.ts';
import { lockOf, type StatementModels, type View } from '../statement-model.ts';

interface GivenStatement {
  readonly subject: string;
  readonly closedAt: string;
  readonly balanceMinor: number;
  readonly minimumDueMinor: number;
  readonly paidMinor: number;
  readonly monthsPastDue: number;
}

const givenOf = ({ values }: SqlStatement) => values[0] as readonly GivenStatement[];

function insertStatements(view: View, statement: SqlStatement): object[] {
  const taken = givenOf(statement).map(({ subject, closedAt, ...given }) => {
    const closed_at = new Date(closedAt);
    if (view.get('statements', subject, closed_at.getTime()) !== undefined) return false;
    view.insert('statements', {
      customer_id: subject,
      closed_at,
      balance_minor: given.balanceMinor,
      minimum_due_minor: given.minimumDueMinor,
      paid_minor: given.paidMinor,
      months_past_due: given.monthsPastDue,
      standing: given.monthsPastDue > 0 ? 'past_due' : 'paid_in_full',
      limit_minor: null,
    });
    return true;
  });
  return [{ taken }];
}

export const LEDGER_STATEMENTS: StatementModels = [
  [
    'simulated-insert-statements',
    {
      locks: (_view, statement) =>
        givenOf(statement).map((one) => lockOf('statements', one.subject, Date.parse(one.closedAt))),
      run: insertStatements,
    },
  ],
];
