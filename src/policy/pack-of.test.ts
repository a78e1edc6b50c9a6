import { packOf } from './pack-of.ts';

test.each([
  ['BR', 'br'],
  ['US', 'us'],
  ['GB', 'uk'],
  ['DE', 'eu'],
  ['IE', 'eu'],
  ['HR', 'eu'],
  // Not members.
  ['CH', 'generic'],
  ['NO', 'generic'],
  ['TW', 'generic'],
  [null, 'generic'],
] as const)('%p -> %p', (jurisdiction, pack) => {
  expect(packOf(jurisdiction, 'generic')).toBe(pack);
});

test('the default is the installation’s', () => {
  expect([packOf(null, 'eu'), packOf('JP', 'eu'), packOf('BR', 'eu')]).toEqual(['eu', 'eu', 'br']);
});
