// The planted bugs: patches beside this file, each with lines ahead of its diff that say what must catch it.
//   planted: what is wrong with it
//   invariant: words that the check must print when it goes red
//   check: simulation ARGUMENTS | jest ARGUMENTS | faults ARGUMENTS
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PlantedBug {
  readonly name: string;
  readonly path: string;
  readonly planted: string;
  readonly invariant: string;
  readonly check: string;
}

export function readPatches(): PlantedBug[] {
  const names = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.patch'));
  return names.sort().map((name) => {
    const path = join(import.meta.dirname, name);
    const header = readFileSync(path, 'utf8').split('\ndiff --git')[0] ?? '';
    const read = (field: string): string => {
      const value = new RegExp(`^${field}: (.+)$`, 'm').exec(header)?.[1];
      if (value === undefined) throw new Error(`${name}: no line "${field}: ..." ahead of its diff`);
      return value;
    };
    const fields = { planted: read('planted'), invariant: read('invariant'), check: read('check') };
    return { name: name.replace('.patch', ''), path, ...fields };
  });
}
