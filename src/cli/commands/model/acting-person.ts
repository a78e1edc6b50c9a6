// Who acts on the registry from the command line. Promotions take a person, and a person is an API key; what decides
// nothing may be done by whoever may open the database.
import { createAuthenticator, holdsScope, loadKeyActor, type Scope } from '../../../access/index.ts';
import { systemClock } from '../../../lib/clock.ts';
import { EcsError } from '../../../lib/errors.ts';
import type { Actor } from '../../../model/index.ts';
import type { System } from '../../../open-system.ts';
import type { CommandContext } from '../../command-context.ts';

/** For the help of every command that takes one. */
export const KEY_OPTION = ['--key <token>', 'your API key (or ECS_KEY, which no process list shows)'] as const;

/** The holder of the key, which must be live and hold the scope. */
export async function loadPerson(
  { env }: Pick<CommandContext, 'env'>,
  { pool }: Pick<System, 'pool'>,
  key: string | undefined,
  scope: Scope,
): Promise<Actor> {
  const token = key ?? env.ECS_KEY;
  if (token === undefined) {
    throw new EcsError('ECS_UNAUTHENTICATED', `This takes a person: set ECS_KEY to a key with the scope ${scope}.`);
  }
  const caller = await createAuthenticator(pool)(token, systemClock());
  if (caller === null) throw new EcsError('ECS_UNAUTHENTICATED', 'This is not a live API key.');
  if (caller.customerId !== null || !holdsScope(caller.scopes, scope)) {
    throw new EcsError('ECS_FORBIDDEN', `The key ${caller.keyId} does not hold the scope ${scope}.`);
  }
  return loadKeyActor(pool, caller.keyId);
}

/** The holder of the key where one is given, else whoever sits at the database. */
export async function loadPersonOrOperator(
  context: Pick<CommandContext, 'env'>,
  system: Pick<System, 'pool'>,
  key: string | undefined,
  scope: Scope,
): Promise<Actor> {
  if (key === undefined && context.env.ECS_KEY === undefined) return { name: 'cli', holder: 'cli' };
  return loadPerson(context, system, key, scope);
}
