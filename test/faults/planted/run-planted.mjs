// `npm run test:planted`: tests the tests. Each planted bug goes into a copy of this tree, and the check it names must go
// red with the invariant it names; without any bug the same checks must be green. `-- NAMES` runs only some of them.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyPatch, copyTree } from './copy-tree.mjs';
import { readPatches } from './read-patches.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CHECK_MS_MAX = 120_000;
const TYPESCRIPT = ['--import', './scripts/register-typescript.mjs'];
const COMMANDS = {
  simulation: [...TYPESCRIPT, 'test/simulation/run-simulation.ts', '--no-shrink'],
  jest: ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--maxWorkers=1'],
  faults: [...TYPESCRIPT, 'test/faults/main.ts'],
};

const asked = process.argv.slice(2);
const patches = readPatches().filter(({ name }) => asked.length === 0 || asked.some((part) => name.includes(part)));
const tree = copyTree(ROOT);
process.once('exit', tree.remove);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));

const missed = [];
const green = new Map();
for (const patch of patches) {
  const startedMs = Date.now();
  const verdict = judge(patch);
  if (verdict !== 'caught') missed.push(patch.name);
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  console.log(
    `${verdict === 'caught' ? 'caught' : 'MISSED'}  ${patch.name.padEnd(32)} ${String(seconds).padStart(3)} s  ${patch.invariant}`,
  );
  if (verdict !== 'caught') console.log(verdict);
}
console.log(JSON.stringify({ planted: patches.length, caught: patches.length - missed.length, missed }));
process.exitCode = missed.length === 0 ? 0 : 1;

/** `caught`, or why not. */
function judge({ path, check, invariant }) {
  if (!green.has(check)) green.set(check, run(check));
  const healthy = green.get(check);
  if (healthy.status !== 0) return `  its check is red without it:\n${tail(healthy.output)}`;
  applyPatch(tree.path, path);
  const sick = run(check);
  applyPatch(tree.path, path, '--reverse');
  if (sick.status === 0) return '  its check stayed green';
  if (sick.output.includes(invariant)) return 'caught';
  return `  its check went red, but not with: ${invariant}\n${tail(sick.output)}`;
}

function run(check) {
  const [kind, ...args] = check.match(/"[^"]*"|\S+/g).map((word) => word.replaceAll('"', ''));
  const command = COMMANDS[kind];
  if (command === undefined) throw new Error(`no kind of check: ${kind}`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...command, ...args], {
    cwd: tree.path,
    encoding: 'utf8',
    timeout: CHECK_MS_MAX,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, NODE_PATH: join(ROOT, 'node_modules') },
  });
  return { status: status ?? 1, output: stdout + stderr };
}

function tail(output) {
  return output
    .trimEnd()
    .split('\n')
    .slice(-25)
    .map((line) => `    ${line}`)
    .join('\n');
}
