// Builds the tree whose ECS is put under fire, with that tree's own build: faults are tried on what ships.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Costs nothing where dist/ already comes from these sources. */
export async function buildTree(root: string): Promise<void> {
  const script = `
    const { build, isBuilt } = await import(${JSON.stringify(join(root, 'scripts', 'build.mjs'))});
    if (!isBuilt()) build();`;
  await run(process.execPath, ['--input-type=module', '-e', script], { cwd: root });
}
