// Makes every generated file anew and fails if one differs from what was there: nobody edits them by hand, and nobody
// forgets to renew them. What was stale is left renewed, ready to be committed.

import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SINGLE_FILES = ['schema.sql', 'openapi.json', 'docs/performance.md'];
const FOLDER = 'docs/events';

function readGenerated() {
  const files = [...SINGLE_FILES, ...readdirSync(join(ROOT, FOLDER)).map((name) => `${FOLDER}/${name}`)];
  return new Map(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
}

const before = readGenerated();
const done = spawnSync('npm', ['run', '--silent', 'generate'], {
  cwd: ROOT,
  encoding: 'utf8',
  shell: process.platform === 'win32',
});
if (done.status !== 0) {
  console.error(`npm run generate failed:\n${done.stdout}${done.stderr}`);
  process.exit(1);
}
const after = readGenerated();
const stale = [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file));
const untracked = execFileSync('git', ['ls-files', '--others', '--exclude-standard', ...SINGLE_FILES, FOLDER], {
  cwd: ROOT,
  encoding: 'utf8',
}).trim();
if (stale.length > 0) console.error(`These were out of date and are renewed now; commit them: ${stale.join(', ')}`);
if (untracked) console.error(`These are generated but not committed: ${untracked.replaceAll('\n', ', ')}`);
process.exitCode = stale.length > 0 || untracked ? 1 : 0;
