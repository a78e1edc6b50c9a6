// What the latest statements would say had the customer done what the words say, and nothing else: a larger payment lowers the
// balance by as much, a lower balance comes from less spending or from a larger payment. Pure.
import type { Statement } from '../ledger/index.ts';
import type { ToldFigure } from './tell-change.ts';

/**
 * Every way in which it can have been done, at least one; null where it would take a credit with the lender, or a statement
 * that is not there. `statements` come oldest first; amounts are whole minor units.
 */
export function liveChanges(
  statements: readonly Statement[],
  figures: readonly ToldFigure[],
): readonly (readonly Statement[])[] | null {
  let ways: readonly (readonly Statement[])[] = [statements];
  for (const figure of inOrder(figures)) {
    const next = ways.map((way) => live(way, figure));
    if (next.some((lived) => lived === null)) return null;
    ways = next.flatMap((lived) => lived ?? []);
  }
  return ways;
}

const ORDER: Readonly<Record<ToldFigure['kind'], number>> = {
  on_time: 0,
  payment_share: 1,
  payment: 1,
  utilisation: 2,
};

/** A payment lowers the balance first; what is in use is looked at when the statement closes. */
function inOrder(figures: readonly ToldFigure[]): ToldFigure[] {
  return figures.toSorted((one, other) => ORDER[one.kind] - ORDER[other.kind]);
}

function live(statements: readonly Statement[], figure: ToldFigure): (readonly Statement[])[] | null {
  switch (figure.kind) {
    case 'on_time':
      return [payOnTime(statements, figure.statements)];
    case 'payment':
      return pay(statements, figure.amountMinor);
    case 'payment_share': {
      const owedMinor = statements.at(-2)?.balanceMinor;
      return owedMinor === undefined ? null : pay(statements, Math.ceil((figure.permille * owedMinor) / 1_000));
    }
    case 'utilisation':
      return useLess(statements, figure.permille);
  }
}

function payOnTime(statements: readonly Statement[], count: number): Statement[] {
  return statements.map((statement, place) =>
    statement.standing === 'past_due' && statements.length - place <= count
      ? { ...statement, standing: 'revolving', monthsPastDue: 0 }
      : statement,
  );
}

function pay(statements: readonly Statement[], amountMinor: number): (readonly Statement[])[] | null {
  const latest = statements.at(-1);
  if (latest === undefined) return null;
  const moreMinor = Math.max(amountMinor - latest.paidMinor, 0);
  if (moreMinor > Math.max(latest.balanceMinor, 0)) return null;
  return [
    withLatest(statements, { paidMinor: latest.paidMinor + moreMinor, balanceMinor: latest.balanceMinor - moreMinor }),
  ];
}

function useLess(statements: readonly Statement[], permille: number): (readonly Statement[])[] | null {
  const latest = statements.at(-1);
  if (latest === undefined || latest.limitMinor === null) return null;
  // The most that is less than so much of the limit; nothing in use is nothing.
  const balanceMinor = Math.max(Math.ceil((permille * latest.limitMinor) / 1_000) - 1, 0);
  const lessMinor = latest.balanceMinor - balanceMinor;
  if (lessMinor <= 0) return [statements];
  const before = statements.at(-2)?.balanceMinor ?? 0;
  const spentMinor = Math.max(latest.balanceMinor - before + latest.paidMinor, 0);
  // Nobody can spend less than nothing: the rest has to be paid.
  const paidMinor = latest.paidMinor + Math.max(lessMinor - spentMinor, 0);
  return [
    withLatest(statements, { balanceMinor, paidMinor }),
    withLatest(statements, { balanceMinor, paidMinor: latest.paidMinor + lessMinor }),
  ];
}

function withLatest(statements: readonly Statement[], changes: Partial<Statement>): Statement[] {
  const latest = statements.at(-1);
  return latest === undefined ? [] : [...statements.slice(0, -1), { ...latest, ...changes }];
}
