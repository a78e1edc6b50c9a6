// `ecs replay`: recomputes stored decisions and compares bytes.
import { Command } from 'commander';
import { listDecisions, type ReplayResult, replayDecision } from '../../decision/index.ts';
import type { System } from '../../open-system.ts';
import { type CommandContext, printResult, withSystem } from '../command-context.ts';
import { EXIT_FINDINGS } from '../exit-codes.ts';
import { parseWholeNumber } from '../parse-options.ts';

const PAGE = 200;

export function replayCommand(context: CommandContext): Command {
  return new Command('replay')
    .description('recompute stored decisions and prove that they come out the same, byte for byte')
    .argument('[decisionIds...]', 'decisions to replay; the newest ones where none is named')
    .option('--last <count>', 'how many of the newest', parseWholeNumber(1, 1_000_000), 100)
    .option('--json', 'print the results as JSON')
    .addHelpText('after', '\nExamples:\n  ecs replay\n  ecs replay 0192f0c1-...\n  ecs replay --last 10000 --json')
    .action(async (decisionIds: string[], options: { last: number; json?: boolean }) => {
      await withSystem(context, async (system) => {
        const ids = decisionIds.length > 0 ? decisionIds : await newestIds(system, options.last);
        const different: ReplayResult[] = [];
        for (const [place, id] of ids.entries()) {
          const result = await replayDecision(system.pool, id);
          if (!result.same) different.push(result);
          context.terminal.progress(`replayed ${place + 1} of ${ids.length}`);
        }
        if (different.length > 0) context.exitCode = EXIT_FINDINGS;
        printResult(context, options.json, { replayed: ids.length, different }, () => describe(ids.length, different));
      });
    });
}

async function newestIds(system: System, count: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  while (ids.length < count) {
    const limit = Math.min(PAGE, count - ids.length);
    const page = await listDecisions(system.pool, { limit, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.items.map((decision) => decision.decisionId));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  return ids;
}

function describe(replayed: number, different: readonly ReplayResult[]): string {
  const lines = different.map((result) => `  ${result.decisionId}: ${result.differences.join('; ')}`);
  return [`Replayed ${replayed} decisions, ${different.length} differ.`, ...lines].join('\n');
}
