// The planted bugs: patches beside this file, each with lines ahead of its diff that say what must catch it.
//   planted: what is wrong with it
//   invariant: words that the check must print when it goes red
//   check: simulation ARGUMENTS | jest ARGUMENTS | faults ARGUMENTS
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = new URL('./', import.meta.url);
const FIELDS = ['planted', 'invariant', 'check'];

export function readPatches() {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.patch'));
  return names.sort().map((name) => {
    const path = fileURLToPath(new URL(name, FOLDER));
    const header = readFileSync(path, 'utf8').split('\ndiff --git')[0] ?? '';
    const fields = FIELDS.map((field) => {
      const value = new RegExp(`^${field}: (.+)$`, 'm').exec(header)?.[1];
      if (value === undefined) throw new Error(`${name}: no line "${field}: ..." ahead of its diff`);
      return [field, value];
    });
    return { name: name.replace('.patch', ''), path, ...Object.fromEntries(fields) };
  });
}
