import { type Command, CommanderError } from 'commander';
import { listenToCommand } from '../../test/support/command-context.ts';
import { buildProgram } from './build-program.ts';

const { context } = listenToCommand();

/** Commands that do something, with the words that lead to them. */
function listCommands(command: Command, words: readonly string[] = []): [string, Command, Command | null][] {
  const inner = command.commands.filter((one) => one.name() !== 'help');
  if (inner.length === 0) return [[words.join(' '), command, command.parent]];
  return inner.flatMap((one) => listCommands(one, [...words, one.name()]));
}

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) }).outputHelp();
  return text;
}

const commands = listCommands(buildProgram(context));

test('the commands of the product are there', () => {
  expect(commands.map(([words]) => words)).toEqual(
    expect.arrayContaining(['start', 'simulate', 'import card-ledger', 'import abandon', 'decide', 'replay', 'doctor']),
  );
});

test.each(commands)('%s: help has an example', (_words, command, parent) => {
  const help = helpOf(command) + (parent === null ? '' : helpOf(parent));
  expect(help).toMatch(/Examples?:\n {2}(.* )?ecs /);
});

test.each(commands.filter(([words]) => words !== 'start'))('%s: prints JSON where asked', (_words, command) => {
  expect(command.options.map((option) => option.long)).toContain('--json');
});

test.each([
  [['fly']],
  [['decide']],
  [['decide', 'ana', '--requested', 'much']],
  [['dead-letters', 'retry']],
  [['replay', '--last', 'x']],
  [['replay', '--last', '0']],
  [['simulate', '--people', '0']],
  [['simulate', '--url', 'http://127.0.0.1:1']],
  [['import', 'card-ledger', 'x.csv', '--key', 'ecs_k']],
  [['import', 'card-ledger', 'x.csv', '--as-of', '2999-01-01']],
  [['start', '--roles', 'api,cook']],
])('%p: wrong words are refused before anything is opened', async (words) => {
  const program = buildProgram(context);
  silence(program);
  await expect(program.parseAsync(['node', 'ecs', ...words])).rejects.toThrow(CommanderError);
});

function silence(command: Command): void {
  command.configureOutput({ writeErr: () => {}, writeOut: () => {} });
  for (const inner of command.commands) silence(inner);
}
