import { DAY_MS } from '../../lib/clock.ts';
import { asOfMsOf, type CardLedgerOrder, hashImport } from './import-mark-of.ts';

const order: CardLedgerOrder = { path: 'a.csv', prefix: 'card-', currency: 'TWD', asOfMs: null };

test('the same file read the same way is the same import, wherever it lies', () => {
  expect(hashImport({ ...order, path: 'elsewhere.csv' }, 'aa')).toBe(hashImport(order, 'aa'));
});

test.each([
  ['file', hashImport(order, 'bb')],
  ['prefix', hashImport({ ...order, prefix: 'x-' }, 'aa')],
  ['currency', hashImport({ ...order, currency: 'EUR' }, 'aa')],
  ['date', hashImport({ ...order, asOfMs: 0 }, 'aa')],
])('another %s is another import', (_what, hash) => expect(hash).not.toBe(hashImport(order, 'aa')));

test('without a date it is the day the import first began, at every run', () => {
  const beganMs = 20_000 * DAY_MS + 12_345;
  expect(asOfMsOf(order, beganMs)).toBe(20_000 * DAY_MS);
  expect(asOfMsOf({ ...order, asOfMs: 5 * DAY_MS }, beganMs)).toBe(5 * DAY_MS);
});
