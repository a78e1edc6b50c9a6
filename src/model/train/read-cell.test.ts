import { missingTest, readNumber, readsAs } from './read-cell.ts';

describe('readNumber', () => {
  it.each([
    ['7', 7],
    ['-2.50', -2.5],
    ['1e3', 1000],
    ['1,234,567.5', 1_234_567.5],
    ['13.5%', 13.5],
    ['98.0', 98],
  ])('reads %s', (text, value) => {
    expect(readNumber(text)).toBe(value);
  });

  it.each(['', 'A11', '1,2', 'Infinity', '3 months', '12-05'])('does not take %p for a number', (text) => {
    expect(readNumber(text)).toBeNaN();
  });
});

describe('missingTest', () => {
  const isMissing = missingTest(['NA', '-999']);

  it.each(['', 'na', 'NA', '-999', '-999.0'])('knows %p', (text) => {
    expect(isMissing(text)).toBe(true);
  });

  it.each(['0', '-99', 'nato'])('leaves %p alone', (text) => {
    expect(isMissing(text)).toBe(false);
  });
});

describe('readsAs', () => {
  it.each([
    ['1.0', '1', true],
    ['True', 'true', true],
    ['1', 'true', false],
    ['', '0', false],
    ['10', '1', false],
  ])('%p as %p: %p', (text, word, expected) => {
    expect(readsAs(text, word)).toBe(expected);
  });
});
