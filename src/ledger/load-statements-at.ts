// The statements of one customer as a decision saw them: those that had come in by then, as they are known now.
import type { Queryable } from '../db/index.ts';
import { STATEMENT_WINDOW, type Statement } from './statement.ts';
import { STATEMENT_COLUMNS, type StatementRow, toStatement } from './statement-row.ts';

/** The latest six, oldest first. One that was corrected since is missing: what it said then is not kept. */
export async function loadStatementsAt(db: Queryable, customerId: string, atMs: number): Promise<Statement[]> {
  const { rows } = await db.query<StatementRow>({
    name: 'ledger-load-statements-at',
    text: `
      select ${STATEMENT_COLUMNS} from statements s
      where customer_id = $1 and received_at <= $2
      order by closed_at desc limit $3`,
    values: [customerId, new Date(atMs), STATEMENT_WINDOW],
  });
  return rows.map(toStatement).reverse();
}
