// `ecs model promote`, `approve` and `reject`: a model is put in force by two people.
import { Command } from 'commander';
import { inTransaction } from '../../../db/index.ts';
import { systemClock } from '../../../lib/clock.ts';
import { makeId } from '../../../lib/ids.ts';
import { approveProposal, type Proposal, proposeChampion, rejectProposal } from '../../../model/index.ts';
import { type CommandContext, printResult, withSystem } from '../../command-context.ts';
import { KEY_OPTION, loadPerson } from './acting-person.ts';
import { findModel } from './find-model.ts';

interface PromoteOptions {
  readonly reason: string;
  readonly key?: string;
  readonly json?: boolean;
}

export function promoteCommand(context: CommandContext): Command {
  return withPromoteOptions(new Command('promote'))
    .description('propose a registered model as champion; another person approves within seven days')
    .argument('<model>', 'version, or the beginning of it')
    .addHelpText(
      'after',
      '\nExample:\n  ECS_KEY=ecs_... ecs model promote 5f3a9c01d2e4 --reason "AUC 0.79 in the shadow"',
    )
    .action(async (name: string, { reason, key, json }: PromoteOptions) => {
      await withSystem(context, async (system) => {
        const actor = await loadPerson(context, system, key, 'models:promote');
        const { modelVersion } = await findModel(system.pool, name);
        const wish = { proposalId: makeId(), modelVersion, reason };
        const proposal = await inTransaction(system.pool, (tx) => proposeChampion(tx, wish, actor, systemClock()));
        printResult(
          context,
          json,
          proposal,
          () => `Proposed. Another person: ecs model approve ${proposal.proposalId}`,
        );
      });
    });
}

export function approveCommand(context: CommandContext): Command {
  return verdictCommand(context, approveProposal, new Command('approve'))
    .description('approve a proposal as the second person; the model decides from now on')
    .addHelpText('after', '\nExample:\n  ECS_KEY=ecs_... ecs model approve 0192f0c1-... --reason "checked the shadow"');
}

export function rejectCommand(context: CommandContext): Command {
  return verdictCommand(context, rejectProposal, new Command('reject'))
    .description('reject a proposal; withdraw it, where it is your own')
    .addHelpText('after', '\nExample:\n  ECS_KEY=ecs_... ecs model reject 0192f0c1-... --reason "no shadow yet"');
}

function verdictCommand(context: CommandContext, judge: typeof approveProposal, command: Command): Command {
  return withPromoteOptions(command)
    .argument('<proposal>', 'as `ecs model promote` and `ecs model list` print it')
    .action(async (proposalId: string, { reason, key, json }: PromoteOptions) => {
      await withSystem(context, async (system) => {
        const actor = await loadPerson(context, system, key, 'models:promote');
        const verdict = { proposalId, reason };
        const proposal = await inTransaction(system.pool, (tx) => judge(tx, verdict, actor, systemClock()));
        printResult(context, json, proposal, () => describe(proposal));
      });
    });
}

function describe({ state, modelVersion, championVersion }: Proposal): string {
  if (state !== 'approved') return `The proposal of ${modelVersion} is ${state}.`;
  return `${modelVersion} is in force, in place of ${championVersion}. Running processes follow within two seconds.`;
}

function withPromoteOptions(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why; kept for the record')
    .option(...KEY_OPTION)
    .option('--json', 'print the result as JSON');
}
