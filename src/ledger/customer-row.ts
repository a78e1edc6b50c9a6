// The row of a customer with the credit account as the database gives it, and its mapping.

export interface CustomerView {
  readonly customerId: string;
  readonly currency: string;
  readonly jurisdiction: string | null;
  readonly declaredIncomeMinor: number | null;
  readonly createdAt: string;
  readonly account: {
    /** Limit in force; null before the first decision. */
    readonly limitMinor: number | null;
    readonly limitChangedAt: string | null;
    readonly statementsBy: 'ecs' | 'lender';
    readonly frozen: { readonly at: string; readonly by: string; readonly reason: string } | null;
  };
}

/** Columns of `customers c join credit_accounts a` in a select list. */
export const CUSTOMER_COLUMNS = `c.customer_id, c.currency, c.jurisdiction, c.declared_income_minor, c.created_at,
  a.limit_minor, a.limit_changed_at, a.statements_by, a.frozen_at, a.frozen_by, a.frozen_reason`;

export interface CustomerRow {
  readonly customer_id: string;
  readonly currency: string;
  readonly jurisdiction: string | null;
  readonly declared_income_minor: number | null;
  readonly created_at: Date;
  readonly limit_minor: number | null;
  readonly limit_changed_at: Date | null;
  readonly statements_by: 'ecs' | 'lender';
  readonly frozen_at: Date | null;
  readonly frozen_by: string | null;
  readonly frozen_reason: string | null;
}

export function toCustomerView(row: CustomerRow): CustomerView {
  return {
    customerId: row.customer_id,
    currency: row.currency,
    jurisdiction: row.jurisdiction,
    declaredIncomeMinor: row.declared_income_minor,
    createdAt: row.created_at.toISOString(),
    account: {
      limitMinor: row.limit_minor,
      limitChangedAt: row.limit_changed_at?.toISOString() ?? null,
      statementsBy: row.statements_by,
      frozen: toFrozen(row),
    },
  };
}

function toFrozen({ frozen_at, frozen_by, frozen_reason }: CustomerRow): CustomerView['account']['frozen'] {
  if (frozen_at === null || frozen_by === null || frozen_reason === null) return null;
  return { at: frozen_at.toISOString(), by: frozen_by, reason: frozen_reason };
}
