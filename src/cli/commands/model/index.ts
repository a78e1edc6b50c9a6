// `ecs model ...`: the risk model's commands, one file each.
import { Command } from 'commander';
import type { CommandContext } from '../../command-context.ts';
import { evaluateCommand } from './evaluate.ts';
import { fairnessCommand } from './fairness.ts';
import { monitorCommand } from './monitor.ts';
import { trainCommand } from './train.ts';

export function modelCommand(context: CommandContext): Command {
  return new Command('model')
    .description('train and evaluate the risk model')
    .addCommand(trainCommand(context))
    .addCommand(fairnessCommand(context))
    .addCommand(monitorCommand(context))
    .addCommand(evaluateCommand(context));
}
