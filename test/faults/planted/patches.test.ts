// The planted bugs must not rot: each patch still fits the code, and says what must catch it. Whether it does is what
// `npm run test:planted` finds out.
import { join } from 'node:path';
import { applyPatch } from './copy-tree.ts';
import { readPatches } from './read-patches.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

test.each(readPatches())('$name still fits the code', ({ path, check }) => {
  expect(() => applyPatch(ROOT, path, '--check')).not.toThrow();
  expect(check).toMatch(/^(simulation|jest|faults) /);
});

test('there are ten', () => {
  expect(readPatches()).toHaveLength(10);
});
