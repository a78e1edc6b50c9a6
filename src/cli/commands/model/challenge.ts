// `ecs model challenge`: lets a model score in the champion's shadow, or nobody.
import { Command } from 'commander';
import { inTransaction } from '../../../db/index.ts';
import { systemClock } from '../../../lib/clock.ts';
import { EcsError } from '../../../lib/errors.ts';
import { type Actor, clearChallenger, setChallenger } from '../../../model/index.ts';
import type { System } from '../../../open-system.ts';
import { type CommandContext, printResult, withSystem } from '../../command-context.ts';
import { parseWholeNumber } from '../../parse-options.ts';
import { KEY_OPTION, loadPersonOrOperator } from './acting-person.ts';
import { findModel } from './find-model.ts';

interface ChallengeOptions {
  readonly reason: string;
  readonly pastDays: number;
  readonly none?: boolean;
  readonly key?: string;
  readonly json?: boolean;
}

export function challengeCommand(context: CommandContext): Command {
  return new Command('challenge')
    .description("let a model score every stored decision in the champion's shadow, with no effect on any")
    .argument('[model]', 'version, or the beginning of it')
    .option('--none', 'have no challenger instead; what it scored stays')
    .option('--past-days <days>', 'also score what was decided in so many days', parseWholeNumber(0, 365), 0)
    .option('--reason <text>', 'why; kept for the record', 'set from the command line')
    .option(...KEY_OPTION)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  ecs model challenge 5f3a9c01d2e4 --past-days 30\n  ecs model challenge --none',
    )
    .action(async (model: string | undefined, options: ChallengeOptions) => {
      if ((model === undefined) !== (options.none === true)) {
        throw new EcsError('ECS_REQUEST_INVALID', 'Name one model, or say --none.');
      }
      await withSystem(context, async (system) => {
        const actor = await loadPersonOrOperator(context, system, options.key, 'models:write');
        const modelVersion = await (model === undefined
          ? clear(system, actor, options)
          : set(system, actor, options, model));
        const text = model === undefined ? 'is no longer the challenger' : 'scores in the shadow now';
        printResult(context, options.json, { modelVersion }, () => `${modelVersion} ${text}.`);
      });
    });
}

async function set({ pool }: System, actor: Actor, options: ChallengeOptions, name: string): Promise<string> {
  const { modelVersion } = await findModel(pool, name);
  const { reason, pastDays } = options;
  await inTransaction(pool, (tx) => setChallenger(tx, { modelVersion, reason, pastDays }, actor, systemClock()));
  return modelVersion;
}

async function clear({ pool }: System, actor: Actor, { reason }: ChallengeOptions): Promise<string> {
  return inTransaction(pool, (tx) => clearChallenger(tx, reason, actor, systemClock()));
}
