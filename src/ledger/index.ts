// The face of the ledger room: the money of a customer, from transactions to statements to features.
export {
  CARD_LEDGER_COLUMNS,
  type CardLedgerRow,
  cardLedgerRowToStatements,
  parseCardLedgerRow,
} from './card-ledger-row.ts';
export { computeFeatures } from './compute-features.ts';
export type { CustomerView } from './customer-row.ts';
export { FEATURE_NAMES, type FeatureName, type Features } from './feature-names.ts';
export { listCustomers } from './list-customers.ts';
export { listStatements, type StatementView } from './list-statements.ts';
export { listTransactions, type TransactionView } from './list-transactions.ts';
export { loadCustomer } from './load-customer.ts';
export { type LedgerFacts, loadLedger } from './load-ledger.ts';
export { loadStatementsAt } from './load-statements-at.ts';
export type { Page, PageRequest } from './page.ts';
export { type ProfileChange, type ProfileProblem, saveCustomerProfiles } from './save-customer-profiles.ts';
export { type StatementOutcome, saveStatements } from './save-statements.ts';
export { STANDINGS, STATEMENT_WINDOW, type Standing, type Statement } from './statement.ts';
export {
  createStatementCloser,
  type StatementCloser,
  type StatementCloserOptions,
} from './statement-closer-worker.ts';
export type { NewStatement } from './statement-draft.ts';
export { createStatementHandler, type StatementHandler } from './statement-handler.ts';
export { createTransactionHandler, type TransactionHandler } from './transaction-handler.ts';
export type { TransactionTriggers } from './triggers.ts';
