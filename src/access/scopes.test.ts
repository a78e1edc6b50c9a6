// Scopes: admin holds all, and a customer's key can never hold what reaches others.
import { CUSTOMER_SCOPES, holdsScope, holdsScopes, SCOPES } from './scopes.ts';

test.each(SCOPES.map((scope) => [scope]))('admin holds %s, nobody else holds it by accident', (scope) => {
  expect(holdsScope(['admin'], scope)).toBe(true);
  expect(holdsScope([scope], scope)).toBe(true);
  expect(
    holdsScope(
      SCOPES.filter((other) => other !== scope && other !== 'admin'),
      scope,
    ),
  ).toBe(false);
});

test('handing on needs every scope', () => {
  expect(holdsScopes(['keys:write', 'customers:read'], ['customers:read'])).toBe(true);
  expect(holdsScopes(['keys:write', 'customers:read'], ['customers:read', 'admin'])).toBe(false);
  expect(holdsScopes(['admin'], SCOPES)).toBe(true);
});

test.each([
  'admin',
  'customers:write',
  'limits:write',
  'webhooks:write',
  'keys:write',
  'dead-letters:read',
  'dead-letters:write',
  'metrics:read',
])("a customer's key cannot hold %s", (scope) => {
  expect(CUSTOMER_SCOPES).not.toContain(scope);
});
