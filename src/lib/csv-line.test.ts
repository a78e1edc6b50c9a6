// Cells survive a CSV reader unchanged, and none begins a formula.
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { writeCsvLine } from './csv-line.ts';

test.each([
  [['plain', 1, -2.5, true, null], '"plain",1,-2.5,true,\r\n'],
  [['say "hi", twice'], '"say ""hi"", twice"\r\n'],
  [['=1+1'], '"\'=1+1"\r\n'],
  [['+1'], '"\'+1"\r\n'],
  [['-1'], '"\'-1"\r\n'],
  [['@sum'], '"\'@sum"\r\n'],
  [['  =1'], '"\'  =1"\r\n'],
  [['\t=1'], '"\'\t=1"\r\n'],
  [['\uff1d1'], '"\'\uff1d1"\r\n'],
  [['a;=1'], '"a;=1"\r\n'],
  [[''], '""\r\n'],
])('%j', (cells, line) => {
  expect(writeCsvLine(cells)).toBe(line);
});

test('a reader gets every text back, but for the apostrophe that defuses it', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 5 }), (cells) => {
      const [read] = parse(writeCsvLine(cells), { relax_column_count: true, record_delimiter: '\r\n' }) as string[][];
      expect(read?.map((cell, index) => (cells[index] === cell ? cell : cell.slice(1)))).toEqual(cells);
      expect(read?.some((cell) => /^\s*[=+\-@]/.test(cell))).toBe(false);
    }),
    { numRuns: 300 },
  );
});
