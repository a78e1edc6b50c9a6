// `ecs model register`: takes a model file into the registry.
import { Command } from 'commander';
import { inTransaction } from '../../../db/index.ts';
import { systemClock } from '../../../lib/clock.ts';
import { loadScorecard, registerModel } from '../../../model/index.ts';
import { type CommandContext, printResult, withSystem } from '../../command-context.ts';
import { KEY_OPTION, loadPersonOrOperator } from './acting-person.ts';

export function registerCommand(context: CommandContext): Command {
  return new Command('register')
    .description('take a model file into the registry; it decides nothing until it is promoted')
    .argument('<file>', 'scorecard JSON, as `ecs model train` writes it')
    .option('--reason <text>', 'why; kept for the record', 'registered from the command line')
    .option(...KEY_OPTION)
    .option('--json', 'print the result as JSON')
    .addHelpText('after', '\nExample:\n  ecs model register card.json --reason "retrained on the third quarter"')
    .action(async (file: string, { reason, key, json }: { reason: string; key?: string; json?: boolean }) => {
      const { artefact } = await loadScorecard(file);
      await withSystem(context, async (system) => {
        const actor = await loadPersonOrOperator(context, system, key, 'models:write');
        const by = { actor, reason, nowMs: systemClock() };
        const result = await inTransaction(system.pool, (tx) => registerModel(tx, artefact, by));
        printResult(context, json, result, () =>
          result.isNew ? `Registered ${result.modelVersion}.` : `${result.modelVersion} was registered before.`,
        );
      });
    });
}
