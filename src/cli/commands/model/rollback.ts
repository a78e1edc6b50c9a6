// `ecs model rollback`: takes the last promotion back, alone.
import { Command } from 'commander';
import { inTransaction } from '../../../db/index.ts';
import { systemClock } from '../../../lib/clock.ts';
import { rollBack } from '../../../model/index.ts';
import { type CommandContext, printResult, withSystem } from '../../command-context.ts';
import { KEY_OPTION, loadPerson } from './acting-person.ts';

export function rollbackCommand(context: CommandContext): Command {
  return new Command('rollback')
    .description('take the last promotion back, alone: the model before it is in force again')
    .requiredOption('--reason <text>', 'why; kept for the record')
    .option(...KEY_OPTION)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  ECS_KEY=ecs_... ecs model rollback --reason "refuses whom it should not"')
    .action(async ({ reason, key, json }: { reason: string; key?: string; json?: boolean }) => {
      await withSystem(context, async (system) => {
        const actor = await loadPerson(context, system, key, 'models:promote');
        const result = await inTransaction(system.pool, (tx) => rollBack(tx, reason, actor, systemClock()));
        printResult(context, json, result, () => `${result.to} is in force again, in place of ${result.from}.`);
      });
    });
}
