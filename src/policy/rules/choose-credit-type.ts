// The kind of credit: the first of the policy's list whose conditions hold, or null where none does.
import type { CreditType, PolicyDocument } from '../policy-document.ts';

export function chooseCreditType(
  probabilityOfDefault: number,
  statementCount: number,
  document: PolicyDocument,
): CreditType | null {
  const offered = document.creditTypes.find(
    (row) => probabilityOfDefault <= row.probabilityOfDefaultMax && statementCount >= row.statementsMin,
  );
  return offered?.type ?? null;
}
