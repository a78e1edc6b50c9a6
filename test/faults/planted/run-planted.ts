// `npm run test:planted`: tests the tests. Each planted bug goes into a copy of this tree, and the check it names must go
// red with the invariant it names; without any bug the same checks must be green. `-- PARTS OF NAMES` runs only some.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { applyPatch, copyTree } from './copy-tree.ts';
import { type PlantedBug, readPatches } from './read-patches.ts';

interface CheckRun {
  readonly status: number;
  readonly output: string;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');
const CHECK_MS_MAX = 180_000;
const TAIL_LINES = 25;
const TYPESCRIPT = ['--import', './scripts/register-typescript.mjs'];
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  simulation: [...TYPESCRIPT, 'test/simulation/run-simulation.ts', '--no-shrink'],
  jest: ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--maxWorkers=1'],
  faults: [...TYPESCRIPT, 'test/faults/main.ts'],
};

const asked = process.argv.slice(2);
const bugs = readPatches().filter(({ name }) => asked.length === 0 || asked.some((part) => name.includes(part)));
const tree = copyTree(ROOT);
process.once('exit', tree.remove);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const healthy = new Map<string, CheckRun>();
const missed = bugs.filter((bug) => !isCaught(bug)).map(({ name }) => name);
console.log(JSON.stringify({ planted: bugs.length, caught: bugs.length - missed.length, missed }));
process.exitCode = missed.length === 0 ? 0 : 1;

function isCaught(bug: PlantedBug): boolean {
  const startedMs = Date.now();
  const problem = findProblem(bug);
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  const verdict = problem === null ? 'caught' : 'MISSED';
  console.log(`${verdict}  ${bug.name.padEnd(26)} ${String(seconds).padStart(3)} s  ${bug.check}: ${bug.invariant}`);
  if (problem !== null) console.log(problem);
  return problem === null;
}

/** Null when the bug was caught, else why it was not. */
function findProblem({ path, check, invariant }: PlantedBug): string | null {
  const before = healthy.get(check) ?? run(check);
  healthy.set(check, before);
  if (before.status !== 0) return `  its check is red without it:\n${tail(before.output)}`;
  applyPatch(tree.path, path);
  const sick = run(check);
  applyPatch(tree.path, path, '--reverse');
  if (sick.status === 0) return '  its check stayed green';
  // A test that passed is named in the output, too.
  const tells = sick.output.split('\n').some((line) => line.includes(invariant) && !line.includes('✓'));
  return tells ? null : `  its check went red without these words:\n${tail(sick.output)}`;
}

function run(check: string): CheckRun {
  const [kind = '', ...args] = check.split(' ');
  const command = COMMANDS[kind];
  if (command === undefined) throw new Error(`there is no kind of check called ${kind}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...args], {
    cwd: tree.path,
    encoding: 'utf8',
    timeout: CHECK_MS_MAX,
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status: status ?? 1, output: stdout + stderr };
}

function tail(output: string): string {
  const lines = output.trimEnd().split('\n').slice(-TAIL_LINES);
  return lines.map((line) => `    ${line}`).join('\n');
}
