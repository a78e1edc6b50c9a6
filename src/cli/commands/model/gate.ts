// `ecs model gate`: asks the evidence gate about a lender's own outcomes, registers what it says, and lets a second person
// open it.
import { Command, InvalidArgumentError } from 'commander';
import { inTransaction } from '../../../db/index.ts';
import { systemClock } from '../../../lib/clock.ts';
import {
  approveVerdict,
  listVerdicts,
  loadVerdictsOf,
  type ModelGateArgs,
  registerVerdict,
  runModelGate,
  shippedScorecardPath,
} from '../../../model/index.ts';
import { type CommandContext, printResult, withSystem } from '../../command-context.ts';
import { formatTable } from '../../terminal.ts';
import { KEY_OPTION, loadPerson } from './acting-person.ts';
import { describeVerdict } from './describe-verdict.ts';

interface GateOptions {
  readonly group?: string;
  readonly model: string;
  readonly out?: string;
  readonly picture?: string;
  readonly register?: boolean;
  readonly key?: string;
  readonly json?: boolean;
}

const HELP = `
OUTCOMES.csv has one row per customer and outcome window, as \`ecs model outcomes\` writes it: customer_id, month in which the
window ended (2026-03), window_months, base_log_odds (without emotion, as it stood when the window began), defaulted (1 or
0), and what was measured then: valence, stress, variability, effective_samples, last_event_age_days. Empty: nothing was
shared. Windows of one customer must not overlap. months_past_due (worst of the last six statements) keeps feelings that only
echo late payments from passing for evidence; model_version says whose log-odds they are. Without --group the gate stays
shut: nobody could see whether a group is harmed.

--register stores the verdict under the name of your API key, which needs the scope models:write. One that shuts is in force
at once; one that opens waits until somebody else approves it, with a key of the scope models:promote. Ask every month with
a file that goes on from the last one: a file with rows left out, or other groups, is a new claim and needs more evidence.

Examples:
  ecs simulate --scenario moderate --outcomes outcomes.csv
  ecs model gate outcomes.csv --group group --picture gate.svg
  ECS_KEY=ecs_... ecs model gate outcomes.csv --group group --register
  ECS_KEY=ecs_... ecs model gate approve 3f2a...`;

export function gateCommand(context: CommandContext): Command {
  return new Command('gate')
    .description('may emotion enter the probability of default? asks the evidence gate')
    .argument('<outcomes>', "CSV of the lender's own outcomes")
    .option('--group <column>', 'column of group labels, to see whether any is harmed')
    .option('--model <file>', 'scorecard whose emotion block is asked about', shippedScorecardPath())
    .option('--out <file>', 'where the verdict goes, as JSON')
    .option('--picture <file>', 'where the evidence over all looks goes, as SVG')
    .option('--register', 'store the verdict, under the name of your API key')
    .option(...KEY_OPTION)
    .option('--json', 'print the verdict as JSON')
    .addHelpText('after', HELP)
    .action((outcomesPath: string, options: GateOptions) => askGate(context, outcomesPath, options))
    .addCommand(approveSubcommand(context))
    .addCommand(listSubcommand(context));
}

async function askGate(context: CommandContext, outcomesPath: string, options: GateOptions): Promise<void> {
  const { model: modelPath, group: groupColumn, out: outPath, picture: picturePath } = options;
  const asked = { outcomesPath, modelPath, groupColumn, outPath, picturePath };
  if (options.register === true) return askAndRegister(context, asked, options);
  await runAndPrint(context, asked, options);
}

async function runAndPrint(context: CommandContext, asked: ModelGateArgs, { json }: GateOptions) {
  const result = await runModelGate(asked);
  printResult(context, json, result, () => describeVerdict(result, systemClock()));
  return result.verdict;
}

async function askAndRegister(context: CommandContext, asked: ModelGateArgs, options: GateOptions): Promise<void> {
  await withSystem(context, async (system) => {
    const actor = await loadPerson(context, system, options.key, 'models:write');
    const loadEarlier = (blockSha256: string) => loadVerdictsOf(system.pool, blockSha256);
    const verdict = await runAndPrint(context, { ...asked, loadEarlier }, options);
    const { verdictSha256, inForce } = await inTransaction(system.pool, (tx) =>
      registerVerdict(tx, verdict, actor, systemClock()),
    );
    context.terminal.say(
      inForce
        ? `Registered ${verdictSha256}; it shuts, so it is in force.`
        : `Registered ${verdictSha256}; it opens, so it waits for a second person: ecs model gate approve ${verdictSha256}`,
    );
  });
}

function approveSubcommand(context: CommandContext): Command {
  return new Command('approve')
    .description('open the gate, as the second person')
    .argument('<verdict>', 'its SHA-256', parseHash)
    .option(...KEY_OPTION)
    .option('--json', 'print the result as JSON')
    .action(async (verdictSha256: string, options: { key?: string; json?: boolean }) => {
      await withSystem(context, async (system) => {
        const actor = await loadPerson(context, system, options.key, 'models:promote');
        const approved = await inTransaction(system.pool, (tx) =>
          approveVerdict(tx, verdictSha256, actor, systemClock()),
        );
        printResult(context, options.json, approved, () => `In force since now: ${approved.verdictSha256}`);
      });
    });
}

function listSubcommand(context: CommandContext): Command {
  return new Command('list')
    .description('verdicts that were registered, the newest first')
    .option('--json', 'print as JSON')
    .action(async (options: { json?: boolean }) => {
      await withSystem(context, async ({ pool }) => {
        const verdicts = await listVerdicts(pool);
        printResult(context, options.json, verdicts, () =>
          verdicts.length === 0
            ? 'No verdict was registered: emotion adds exactly 0 to the probability of default.'
            : formatTable(
                verdicts.map((verdict) => ({
                  verdict: verdict.verdictSha256,
                  state: verdict.state,
                  registered: `${verdict.registeredAt.slice(0, 10)} ${verdict.registeredBy}`,
                  approved: verdict.approvedBy,
                  'in force since': verdict.inForceAt?.slice(0, 10) ?? null,
                  'valid until': verdict.validUntil?.slice(0, 10) ?? null,
                })),
              ),
        );
      });
    });
}

function parseHash(text: string): string {
  if (/^[0-9a-f]{64}$/.test(text)) return text;
  throw new InvalidArgumentError('Expected the 64 hexadecimal digits of a verdict; ecs model gate list shows them.');
}
