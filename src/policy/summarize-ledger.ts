// The few figures of the last six statements that policy rules look at.
import type { Statement } from '../ledger/index.ts';
import type { LedgerSummary } from './policy-facts.ts';

/** `statements` come oldest first. */
export function summarizeLedger(statements: readonly Statement[]): LedgerSummary {
  const latest = statements.at(-1);
  let owedMinor = 0;
  let paidMinor = 0;
  statements.slice(1).forEach((statement, index) => {
    const before = statements[index];
    if (before === undefined || before.balanceMinor <= 0) return;
    owedMinor += before.balanceMinor;
    paidMinor += statement.paidMinor;
  });
  return {
    statementCount: statements.length,
    balanceMinor: Math.max(latest?.balanceMinor ?? 0, 0),
    lateStatements: statements.filter((statement) => statement.monthsPastDue > 0).length,
    carriedStatements: statements.filter((statement) => statement.balanceMinor > 0).length,
    owedMinor,
    paidMinor,
    medianPaidMinor: medianOf(statements.map((statement) => statement.paidMinor)),
  };
}

/** The lower of the two in the middle: it decides what somebody can pay. */
function medianOf(amounts: readonly number[]): number | null {
  const sorted = amounts.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
