// `ecs doctor`: looks at database, broker, schema, lag, model and policy, and says how to mend what is wrong.
import { Command } from 'commander';
import { hasEmbeddedData } from '../../db/index.ts';
import { isEcsError } from '../../lib/errors.ts';
import type { System } from '../../open-system.ts';
import { type CommandContext, loadCommandConfig, printResult, withSystem } from '../command-context.ts';
import { examineDatabase } from '../doctor/examine-database.ts';
import { examineKafka } from '../doctor/examine-kafka.ts';
import { examineModel } from '../doctor/examine-model.ts';
import { type Finding, failed, ok } from '../doctor/finding.ts';
import { EXIT_FINDINGS } from '../exit-codes.ts';
import { paint, type Terminal } from '../terminal.ts';

export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description('look at everything, and say how to mend what is wrong')
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', '\nExamples:\n  ecs doctor\n  ecs doctor --json\n\nExit code 3: something has to be mended.')
    .action(async (options: { json?: boolean }) => {
      const findings = await examine(context);
      if (findings.some((finding) => finding.state === 'failed')) context.exitCode = EXIT_FINDINGS;
      printResult(context, options.json, findings, () =>
        findings.map((finding) => findingText(context.terminal, finding)).join('\n'),
      );
    });
}

async function examine(context: CommandContext): Promise<Finding[]> {
  try {
    const { config } = loadCommandConfig(context);
    // Who looks must not make: opening would begin a new installation where there is none.
    if (config.databaseUrl === null && !(await hasEmbeddedData(config.dataDir)))
      return [failed('database', `${config.dataDir} holds no data.`, 'Check ECS_DATA_DIR, or begin with `ecs start`.')];
    return await withSystem(context, examineSystem, { attach: true, migrate: false });
  } catch (error) {
    // That it cannot be opened is a finding too, and the message of such an error names the way out.
    if (!isEcsError(error)) throw error;
    return [failed('open', error.message, `See ${error.code}.`)];
  }
}

async function examineSystem(system: System): Promise<Finding[]> {
  const { policies } = system;
  const policy = policies.byPack.get(policies.defaultPack);
  return [
    ...(await examineDatabase(system)),
    ...(await examineKafka(system)),
    ...(await examineModel(system)),
    ok('policy', `${policies.defaultPack}, version ${policy?.policyVersion.slice(0, 12) ?? 'unknown'}`),
  ];
}

function findingText(terminal: Terminal, finding: Finding): string {
  const marks = {
    ok: paint(terminal, 'green', 'ok  '),
    warning: paint(terminal, 'yellow', 'warn'),
    failed: paint(terminal, 'red', 'FAIL'),
  };
  const line = `${marks[finding.state]}  ${finding.check.padEnd(20)} ${finding.message}`;
  return finding.mend === null ? line : `${line}\n        ${finding.mend}`;
}
