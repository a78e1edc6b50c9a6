// Runs the tests under Node 24 whatever Node runs this: its program comes as an npm package, into .cache/node24, and no
// install script runs. Arguments go to Jest.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand } from './install.mjs';
import { runJest } from './run-jest.mjs';

const VERSION = '24.21.0';
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FOLDER = join(ROOT, '.cache', 'node24');

function fetchNode() {
  const name = `node-${process.platform}-${process.arch}`;
  const node = join(FOLDER, 'node_modules', name, 'bin', 'node');
  if (versionOf(node) === `v${VERSION}`) return node;
  console.error(`Fetching Node ${VERSION} (${name}) ...`);
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, 'package.json'), '{ "private": true }\n');
  const [command, ...before] = npmCommand();
  const args = [...before, 'install', '--ignore-scripts', '--no-save', '--no-package-lock', `${name}@${VERSION}`];
  const done = spawnSync(command, args, { cwd: FOLDER, encoding: 'utf8' });
  if (done.status !== 0 || versionOf(node) !== `v${VERSION}`) {
    throw new Error(`Node ${VERSION} is NOT TESTED: npm could not fetch ${name}.\n${done.stdout}${done.stderr}`);
  }
  return node;
}

function versionOf(node) {
  return existsSync(node) ? spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout?.trim() : undefined;
}

const node = fetchNode();
process.env.PATH = `${dirname(node)}${delimiter}${process.env.PATH}`;
process.exitCode = await runJest(process.argv.slice(2), { node });
