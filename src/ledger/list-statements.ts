// A customer's statements, newest first.
import type { Queryable } from '../db/index.ts';
import type { Page, PageRequest } from './page.ts';
import type { Standing } from './statement.ts';

export interface StatementView {
  readonly closedAt: string;
  readonly closedBy: 'ecs' | 'lender';
  readonly balanceMinor: number;
  readonly minimumDueMinor: number;
  readonly paidMinor: number;
  readonly monthsPastDue: number;
  readonly standing: Standing;
  readonly limitMinor: number | null;
  readonly currency: string;
}

export async function listStatements(
  _db: Queryable,
  _request: PageRequest & { readonly customerId: string },
): Promise<Page<StatementView>> {
  throw new Error('being written');
}
