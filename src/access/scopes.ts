// What a key may do. A route names exactly one scope; `admin` holds them all. A key bound to a customer may hold only
// scopes that make sense for one customer.

export const SCOPES = [
  'admin',
  'customers:read',
  'customers:write',
  'events:write',
  'transactions:read',
  'states:read',
  'decisions:read',
  'decisions:write',
  'limits:write',
  'consents:write',
  'notifications:read',
  'notifications:write',
  'webhooks:write',
  'keys:write',
  'dead-letters:read',
  'dead-letters:write',
  'metrics:read',
  'monitoring:read',
  'models:write',
  'models:promote',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Scopes a key bound to a customer may hold; each of them then reaches that customer only. */
export const CUSTOMER_SCOPES: readonly Scope[] = [
  'customers:read',
  'events:write',
  'transactions:read',
  'states:read',
  'decisions:read',
  'decisions:write',
  'consents:write',
  'notifications:read',
  'notifications:write',
];

/** For what takes two people: one begins it, another approves. */
export const TWO_PEOPLE_SCOPES: readonly Scope[] = ['models:write', 'models:promote'];

export function holdsScope(held: readonly Scope[], needed: Scope): boolean {
  return held.includes('admin') || held.includes(needed);
}

/** Nobody hands on more than he holds. */
export function holdsScopes(held: readonly Scope[], needed: readonly Scope[]): boolean {
  return needed.every((scope) => holdsScope(held, scope));
}
