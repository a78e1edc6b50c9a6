// Saves statements of the lender, each once, and leaves the closing of these accounts to the lender from then on.
// Creates customers that are not known yet.
import { lockAccounts, type Queryable } from '../db/index.ts';
import { completeStatements } from './complete-statements.ts';
import { insertLenderStatements, loadDifferingStatements } from './insert-lender-statements.ts';
import { loadLatestStatements } from './load-latest-statements.ts';
import { type AccountFacts, saveNewCustomers } from './save-new-customers.ts';
import {
  findStatementDifference,
  hashStatement,
  type NewStatement,
  type StatementDraft,
  sameHash,
} from './statement-draft.ts';

export type StatementOutcome =
  /** `newest`: no later statement of this customer is known. */
  | { readonly kind: 'saved'; readonly newest: boolean }
  | { readonly kind: 'duplicate' }
  | {
      readonly kind: 'refused';
      readonly code: 'wrong_currency' | 'content_differs' | 'schema';
      /** For example `balanceMinor`. */
      readonly field: string;
      readonly message: string;
    };

const DUPLICATE: StatementOutcome = { kind: 'duplicate' };

/** One outcome per statement, in the order given. Queues no decision. */
export async function saveStatements(
  tx: Queryable,
  statements: readonly NewStatement[],
  nowMs: number,
): Promise<StatementOutcome[]> {
  if (statements.length === 0) return [];
  const accounts = await saveNewCustomers(tx, firstCurrencies(statements), nowMs);
  const outcomes: StatementOutcome[] = new Array(statements.length).fill(DUPLICATE);
  const drafts = sortStatements(statements, accounts, outcomes);
  const customerIds = [...new Set(drafts.map((draft) => draft.customerId))];
  // The closer and the decision hold the same lock: neither sees half of this.
  await lockAccounts(tx, customerIds);
  const complete = await completeStatements(tx, drafts);
  const taken = await insertLenderStatements(tx, complete, nowMs);
  await handOverClosing(tx, customerIds);
  const latest = await loadLatestStatements(tx, customerIds, 1);
  for (const { position, customerId, closedAtMs } of complete) {
    outcomes[position] = { kind: 'saved', newest: latest.get(customerId)?.[0]?.closedAtMs === closedAtMs };
  }
  for (const { position } of taken) outcomes[position] = DUPLICATE;
  for (const [draft, stored] of await loadDifferingStatements(tx, taken)) {
    outcomes[draft.position] = refuseContent(findStatementDifference(statements[draft.position] ?? draft, stored));
  }
  return outcomes;
}

function firstCurrencies(statements: readonly NewStatement[]): Map<string, string> {
  const currencies = new Map<string, string>();
  for (const { customerId, currency } of statements) {
    if (!currencies.has(customerId)) currencies.set(customerId, currency);
  }
  return currencies;
}

/** The first copy of each key; the outcomes of all others are written down. */
function sortStatements(
  statements: readonly NewStatement[],
  accounts: ReadonlyMap<string, AccountFacts>,
  outcomes: StatementOutcome[],
): StatementDraft[] {
  const drafts = new Map<string, StatementDraft>();
  statements.forEach((statement, position) => {
    const refusal = findRefusal(statement, accounts);
    const key = `${statement.customerId} ${statement.closedAtMs}`;
    const draft = { ...statement, contentHash: hashStatement(statement), position };
    const first = drafts.get(key);
    if (refusal !== null) outcomes[position] = refusal;
    else if (first === undefined) drafts.set(key, draft);
    else if (!sameHash(draft.contentHash, first.contentHash)) {
      outcomes[position] = refuseContent(findStatementDifference(draft, first));
    }
  });
  return [...drafts.values()];
}

function findRefusal(statement: NewStatement, accounts: ReadonlyMap<string, AccountFacts>): StatementOutcome | null {
  const { customerId, currency, standing, monthsPastDue } = statement;
  if (accounts.get(customerId)?.currency !== currency) {
    const message = "is not the customer's currency, which is fixed by the first event of the customer";
    return { kind: 'refused', code: 'wrong_currency', field: 'currency', message };
  }
  if (standing === null || (standing === 'past_due') === monthsPastDue > 0) return null;
  const message = 'must be past_due exactly when monthsPastDue is above 0';
  return { kind: 'refused', code: 'schema', field: 'standing', message };
}

function refuseContent(field: string): StatementOutcome {
  const message = 'a statement closed at this instant was counted with other content';
  return { kind: 'refused', code: 'content_differs', field, message };
}

async function handOverClosing(tx: Queryable, customerIds: readonly string[]): Promise<void> {
  await tx.query({
    name: 'ledger-hand-over-closing',
    text: `
      update credit_accounts set statements_by = 'lender'
      where customer_id = any($1::text[]) and statements_by <> 'lender'`,
    values: [customerIds],
  });
}
