// Installs what package-lock.json pins, without running any package's install script, and only when node_modules differs
// from it. npm's own record of what it installed (node_modules/.package-lock.json) is compared, so no stamp can go stale.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

export function isInstalled() {
  const record = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = readPackages(join(ROOT, 'package-lock.json'));
  const installed = readPackages(record);
  return Object.entries(wanted).every(
    ([path, entry]) =>
      path === '' || (installed[path] ? installed[path].version === entry.version : !isNeededHere(entry)),
  );
}

/** Runs `npm ci`; throws with npm's words when it fails. */
export function install() {
  const [command, ...before] = npmCommand();
  const done = spawnSync(
    command,
    [...before, 'ci', '--ignore-scripts', '--no-fund', '--no-audit', '--loglevel=error'],
    {
      cwd: ROOT,
      encoding: 'utf8',
      shell: command === 'npm' && process.platform === 'win32',
    },
  );
  if (done.status === 0) return;
  throw new Error(`npm ci failed:\n${done.error?.message ?? ''}${done.stdout ?? ''}${done.stderr ?? ''}`.trim());
}

/** The npm that runs us, else the one in the path. */
export function npmCommand() {
  const running = process.env.npm_execpath;
  return running?.endsWith('.js') ? [process.execPath, running] : ['npm'];
}

// npm leaves out optional packages made for other machines; which C library this one has is npm's to know, not ours.
function isNeededHere({ optional, os, cpu, libc }) {
  if (!optional) return true;
  if (libc !== undefined) return false;
  return os?.includes(process.platform) === true && cpu?.includes(process.arch) === true;
}

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
