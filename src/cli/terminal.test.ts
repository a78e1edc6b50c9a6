import { formatMoney, formatTable } from './terminal.ts';

describe('formatTable', () => {
  test('aligns words left and numbers right', () => {
    expect(
      formatTable([
        { name: 'ana', limit: 5 },
        { name: 'bruno', limit: 1200 },
      ]),
    ).toBe(['name   limit', 'ana        5', 'bruno   1200'].join('\n'));
  });
  test('says so when there is nothing', () => expect(formatTable([])).toBe('nothing to list'));
});

describe('formatMoney', () => {
  test.each([
    [123_456, 'EUR', '1 234.56 EUR'],
    [123_456, 'JPY', '123 456 JPY'],
    [0, 'BRL', '0.00 BRL'],
    [-5, 'EUR', '-0.05 EUR'],
    [null, 'EUR', '-'],
  ])('%p %s', (amountMinor, currency, text) => {
    expect(formatMoney(amountMinor, currency)).toBe(text);
  });
});
