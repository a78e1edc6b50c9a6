// Reads the policy of every pack from a folder: `base.json`, and over it `packs/<pack>.json`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EcsError } from '../lib/errors.ts';
import { layOver, parsePolicy } from './parse-policy.ts';
import { PACK_NAMES, type PackName, type Policies, type Policy } from './policy-document.ts';

const SHIPPED_DIR = fileURLToPath(new URL('./documents/', import.meta.url));

/** The shipped documents where no folder is named; throws ECS_POLICY_INVALID. */
export async function loadPolicies(
  options: { readonly dir?: string; readonly defaultPack?: PackName } = {},
): Promise<Policies> {
  const dir = options.dir ?? SHIPPED_DIR;
  const defaultPack = options.defaultPack ?? 'generic';
  const base = await loadJson(join(dir, 'base.json'));
  const loaded = await Promise.all(PACK_NAMES.map((name) => loadPack(dir, name, base)));
  const byPack = new Map(loaded.map((policy) => [policy.pack, policy]));
  const standard = byPack.get(defaultPack);
  if (standard === undefined) throw new EcsError('ECS_POLICY_INVALID', `${dir} has no pack ${defaultPack}`);
  return { byPack, defaultPack, triggers: standard.triggers };
}

async function loadPack(dir: string, name: PackName, base: unknown): Promise<Policy> {
  const path = join(dir, 'packs', `${name}.json`);
  const policy = parsePolicy(layOver(base, await loadJson(path)), path);
  if (policy.pack === name) return policy;
  throw new EcsError('ECS_POLICY_INVALID', `${path}: pack.name: is ${policy.pack}, not ${name}`, { facts: { path } });
}

async function loadJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    const what = cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new EcsError('ECS_POLICY_INVALID', `the policy file ${path} ${what}`, { cause, facts: { path } });
  }
}
