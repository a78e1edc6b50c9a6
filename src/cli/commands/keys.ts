// `ecs keys`: makes, lists, rotates and revokes API keys. A token is printed once, when it is made.
import { Command } from 'commander';
import { type CreatedKey, createKey, listKeys, revokeKey, rotateKey, SCOPES, type Scope } from '../../access/index.ts';
import { inTransaction } from '../../db/index.ts';
import { HOUR_MS, systemClock } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import { type CommandContext, printResult, withSystem } from '../command-context.ts';
import { formatTable } from '../terminal.ts';

export function keysCommand(context: CommandContext): Command {
  return new Command('keys')
    .description('make, list, rotate and revoke API keys')
    .addCommand(createSubcommand(context))
    .addCommand(listSubcommand(context))
    .addCommand(rotateSubcommand(context))
    .addCommand(revokeSubcommand(context))
    .addHelpText(
      'after',
      '\nExamples:\n  ecs keys create console --scope decisions:read limits:write\n  ecs keys create ana-phone --scope decisions:read --customer demo-ana\n  ecs keys rotate KEY_ID --overlap-hours 24',
    );
}

function createSubcommand(context: CommandContext): Command {
  return new Command('create')
    .argument('<name>', 'what the key is for')
    .requiredOption('--scope <scopes...>', `what it may do: ${SCOPES.join(', ')}`)
    .option('--customer <customerId>', 'the only customer it reaches')
    .option('--json', 'print the result as JSON')
    .action(async (name: string, options: { scope: string[]; customer?: string; json?: boolean }) => {
      const wanted = { name, scopes: options.scope.map(readScope), customerId: options.customer ?? null };
      await withSystem(context, async ({ pool }) => {
        printKey(context, options.json, await inTransaction(pool, (tx) => createKey(tx, wanted, systemClock())));
      });
    });
}

function readScope(text: string): Scope {
  const scope = SCOPES.find((known) => known === text);
  if (scope !== undefined) return scope;
  throw new EcsError('ECS_REQUEST_INVALID', `${text} is not a scope; expected one of ${SCOPES.join(', ')}.`);
}

function printKey(context: CommandContext, json: boolean | undefined, made: CreatedKey): void {
  printResult(context, json, { keyId: made.key.keyId, token: made.token, scopes: made.key.scopes }, () => made.token);
  if (json !== true) context.terminal.say(`Key ${made.key.keyId}. Keep the line above: it is not shown again.`);
}

function listSubcommand(context: CommandContext): Command {
  return new Command('list').option('--json', 'print as JSON').action(async (options: { json?: boolean }) => {
    await withSystem(context, async ({ pool }) => {
      const keys = await listKeys(pool, systemClock());
      printResult(context, options.json, keys, () =>
        formatTable(
          keys.map((key) => ({
            key: key.keyId,
            name: key.name,
            state: key.state,
            scopes: key.scopes.join(' '),
            customer: key.customerId,
          })),
        ),
      );
    });
  });
}

function rotateSubcommand(context: CommandContext): Command {
  return new Command('rotate')
    .argument('<keyId>')
    .option('--overlap-hours <hours>', 'how long the old token keeps working', Number, 24)
    .option('--json', 'print the result as JSON')
    .action(async (keyId: string, options: { overlapHours: number; json?: boolean }) => {
      await withSystem(context, async ({ pool }) => {
        const rotation = { keyId, overlapMs: options.overlapHours * HOUR_MS };
        const made = await inTransaction(pool, (tx) => rotateKey(tx, rotation, systemClock()));
        if (made === null) throw unknownKey(keyId);
        printKey(context, options.json, made);
      });
    });
}

function revokeSubcommand(context: CommandContext): Command {
  return new Command('revoke')
    .argument('<keyId>')
    .option('--json', 'print the result as JSON')
    .action(async (keyId: string, options: { json?: boolean }) => {
      await withSystem(context, async ({ pool }) => {
        const revoked = await revokeKey(pool, keyId, systemClock());
        if (revoked === null) throw unknownKey(keyId);
        printResult(context, options.json, { keyId, revoked: true }, () => `Key ${keyId} is revoked.`);
      });
    });
}

function unknownKey(keyId: string): EcsError {
  return new EcsError('ECS_NOT_FOUND', `There is no key ${keyId}. \`ecs keys list\` shows them.`);
}
