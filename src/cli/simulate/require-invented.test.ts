import type { Installation } from '../../ingest/index.ts';
import { requireInvented } from './require-invented.ts';

const madeFor = (demo: boolean): Installation => ({
  road: 'http',
  partitions: 12,
  fingerprintSeed: 1,
  demo,
  createdAt: '2026-11-22T00:00:00.000Z',
});

test.each([
  ['one made for them', madeFor(true), false],
  ['one nobody has used', 'fresh', false],
  ['one with real people, where somebody says so', madeFor(false), true],
  ['one out of sight, where somebody says so', 'unseen', true],
] as const)('invented people go into %s', (_what, installation, allowed) => {
  expect(() => requireInvented({ installation, allowed })).not.toThrow();
});

test.each([
  ['with real people', madeFor(false)],
  ['out of sight', 'unseen'],
] as const)('invented people stay out of an installation %s', (_what, installation) => {
  expect(() => requireInvented({ installation, allowed: false })).toThrow(/--yes-invented/);
});
