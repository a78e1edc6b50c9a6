// A copy of this tree to plant bugs in: everything that git knows or would add, uncommitted changes included, with the
// installed packages linked.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TreeCopy {
  readonly path: string;
  remove(): void;
}

const KEPT_OUT = [':!node_modules', ':!dist', ':!docs', ':!.github'];

export function copyTree(root: string): TreeCopy {
  const copy = mkdtempSync(join(tmpdir(), 'ecs-planted-'));
  const listed = execFileSync('git', ['ls-files', '-z', '-co', '--exclude-standard', '--', '.', ...KEPT_OUT], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const name of listed.split('\0')) {
    // Listed, but deleted and not yet committed.
    if (name === '' || !existsSync(join(root, name))) continue;
    cpSync(join(root, name), join(copy, name), { verbatimSymlinks: true });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  return { path: copy, remove: () => rmSync(copy, { recursive: true, force: true }) };
}

/** `--check` only looks whether it would; `--reverse` takes it out again. */
export function applyPatch(tree: string, patch: string, option?: '--check' | '--reverse'): void {
  const args = ['apply', ...(option === undefined ? [] : [option]), patch];
  // Not as part of any repository around the copy.
  const env = { ...process.env, GIT_CEILING_DIRECTORIES: join(tree, '..') };
  execFileSync('git', args, { cwd: tree, stdio: ['ignore', 'ignore', 'pipe'], env });
}
