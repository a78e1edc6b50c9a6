// Who is calling, and may they call this route? Every refusal is logged with the key id where one is known, never the key.
import { type Caller, holdsScope } from '../access/index.ts';
import { EcsError } from '../lib/errors.ts';
import type { KeyAccess, Route } from './define-route.ts';
import type { Exchange } from './exchange.ts';
import { customerNotFound } from './require-customer.ts';
import type { ServeContext } from './serve-context.ts';

/** Stands for whoever calls a route that asks for no key. */
const NOBODY: Caller = { keyId: 'nobody', name: 'nobody', scopes: [], customerId: null };
const BEARER = /^Bearer +(\S+) *$/i;

export async function authenticateRequest(
  route: Route,
  { req, facts }: Pick<Exchange, 'req' | 'facts'>,
  context: ServeContext,
): Promise<Caller> {
  const { access } = route;
  if (access === 'public') return NOBODY;
  const token = BEARER.exec(req.headers.authorization ?? '')?.[1];
  if (token === undefined && access.openOnLoopback === true && context.isLocal(req)) return NOBODY;
  const caller = token === undefined ? null : await context.authenticate(token, context.deps.clock());
  if (caller === null) {
    context.deps.log.warn({ requestId: facts.requestId, operation: route.operationId }, 'authentication failed');
    throw new EcsError('ECS_UNAUTHENTICATED', 'Send `Authorization: Bearer <API key>` with a live key.');
  }
  refuseUnfit(route, access, caller, context);
  return caller;
}

function refuseUnfit(route: Route, access: KeyAccess, caller: Caller, context: ServeContext): void {
  const problem = !holdsScope(caller.scopes, access.scope)
    ? `This operation needs the scope ${access.scope}.`
    : access.reach === 'lender' && caller.customerId !== null
      ? 'A key bound to a customer may not call this operation.'
      : undefined;
  if (problem === undefined) return;
  context.deps.log.warn({ keyId: caller.keyId, operation: route.operationId }, 'authorization failed');
  throw new EcsError('ECS_FORBIDDEN', problem);
}

/** A key bound to a customer sees no sign of any other customer: the answer is the one for a customer nobody knows. */
export function refuseOtherCustomer(caller: Caller, parts: readonly unknown[]): void {
  if (caller.customerId === null) return;
  if (parts.some((part) => namesOther(part, caller.customerId))) throw customerNotFound();
}

function namesOther(part: unknown, customerId: string | null): boolean {
  if (typeof part !== 'object' || part === null || !('customerId' in part)) return false;
  return part.customerId !== undefined && part.customerId !== customerId;
}
