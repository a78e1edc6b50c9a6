// From a production statement to its model: by its name, or by words of its text where it has none. A statement that
// nobody modelled stops the simulation and says where to add it.

import type { SqlStatement } from '../sql-arguments.ts';
import type { StatementModel, StatementModels } from '../statement-model.ts';
import { AFFECT_STATEMENTS } from './affect-statements.ts';
import { DECISION_STATEMENTS } from './decision-statements.ts';
import { INGEST_STATEMENTS } from './ingest-statements.ts';
import { LEDGER_STATEMENTS } from './ledger-statements.ts';
import { NOTIFY_STATEMENTS } from './notify-statements.ts';
import { PRIVACY_STATEMENTS } from './privacy-statements.ts';
import { QUEUE_STATEMENTS } from './queue-statements.ts';

const MODELS: StatementModels = [
  ...INGEST_STATEMENTS,
  ...AFFECT_STATEMENTS,
  ...LEDGER_STATEMENTS,
  ...PRIVACY_STATEMENTS,
  ...QUEUE_STATEMENTS,
  ...DECISION_STATEMENTS,
  ...NOTIFY_STATEMENTS,
];

const found = new Map<string, StatementModel>();

export function findStatementModel({ name, text }: SqlStatement): StatementModel {
  const known = found.get(name + text);
  if (known !== undefined) return known;
  const model = MODELS.find(([words]) => (typeof words === 'string' ? words === name : words.test(text)))?.[1];
  if (model === undefined) {
    throw new Error(`bug: no model of this statement in test/simulation/statements: ${name} ${text}`);
  }
  found.set(name + text, model);
  return model;
}
