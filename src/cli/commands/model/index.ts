// `ecs model ...`: the risk model's commands, one file each.
import { Command } from 'commander';
import type { CommandContext } from '../../command-context.ts';
import { anchorCommand } from './anchor.ts';
import { challengeCommand } from './challenge.ts';
import { evaluateCommand } from './evaluate.ts';
import { fairnessCommand } from './fairness.ts';
import { gateCommand } from './gate.ts';
import { listCommand } from './list.ts';
import { monitorCommand } from './monitor.ts';
import { outcomesCommand } from './outcomes.ts';
import { approveCommand, promoteCommand, rejectCommand } from './promote.ts';
import { registerCommand } from './register.ts';
import { rollbackCommand } from './rollback.ts';
import { scoreCommand } from './score.ts';
import { shadowCommand } from './shadow.ts';
import { trainCommand } from './train.ts';

export function modelCommand(context: CommandContext): Command {
  return new Command('model')
    .description('train, evaluate, register and release the risk model')
    .addCommand(trainCommand(context))
    .addCommand(fairnessCommand(context))
    .addCommand(monitorCommand(context))
    .addCommand(scoreCommand(context))
    .addCommand(anchorCommand(context))
    .addCommand(evaluateCommand(context))
    .addCommand(outcomesCommand(context))
    .addCommand(gateCommand(context))
    .addCommand(registerCommand(context))
    .addCommand(listCommand(context))
    .addCommand(challengeCommand(context))
    .addCommand(shadowCommand(context))
    .addCommand(promoteCommand(context))
    .addCommand(approveCommand(context))
    .addCommand(rejectCommand(context))
    .addCommand(rollbackCommand(context));
}
