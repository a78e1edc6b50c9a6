import { LINE } from './csv-record.ts';
import { parseCsv } from './parse-csv.ts';

const parse = (text: string) => parseCsv(Buffer.from(text), 'loans.csv');
const plain = (text: string) => parse(text).map((record) => ({ ...record, [LINE]: undefined }));
const loan = { usage: '0.5', city: 'north, upper', bad: '1', [LINE]: undefined };

describe('parseCsv', () => {
  it.each([
    ['commas and quotes', 'usage,city,bad\n0.5,"north, upper",1\n'],
    ['a byte order mark, carriage returns, quoted names', '\ufeff"usage","city","bad"\r\n"0.5","north, upper","1"\r\n'],
    ['semicolons and decimal commas', 'usage;city;bad\n0,5;north, upper;1\n'],
    ['tabs', 'usage\tcity\tbad\n0.5\tnorth, upper\t1\n'],
    ['blanks around cells, an empty line, no end of line', 'usage , city,bad\n\n 0.5,"north, upper" ,1'],
    ['a column without a name, which only counts rows', ',usage,city,bad\n1,0.5,"north, upper",1\n'],
  ])('reads %s', (_, text) => {
    expect(plain(text)).toEqual([loan]);
  });

  it.each([
    [
      'line ends of several kinds',
      'a,b\r\n1,2\n3,4\r5,6\n',
      [
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ],
    ],
    ['blanks in quotes, which are nothing', 'a,b\n"  ",2\n', [['', '2']]],
    [
      'tabs with thousands',
      'a\tb\n1,089\t386\n1,250.50\t1\n',
      [
        ['1,089', '386'],
        ['1,250.50', '1'],
      ],
    ],
    ['semicolons with thousands', 'a;b\n1.234.567,89;2,5\n', [['1234567.89', '2.5']]],
    ['tabs with thousands alone', 'a\tb\n1,089\t386\n', [['1,089', '386']]],
    [
      'tabs with decimal commas',
      'a\tb\n1,5\t386\n2,125\t1\n',
      [
        ['1.5', '386'],
        ['2.125', '1'],
      ],
    ],
  ])('reads %s', (_, text, rows) => {
    expect(parse(text).map(({ a, b }) => [a, b])).toEqual(rows);
  });

  it('reads the older encoding of office programs', () => {
    const bytes = Buffer.from('a,b\nMünchen,é\n', 'latin1');
    expect(parseCsv(bytes, 'old.csv')).toMatchObject([{ a: 'München', b: 'é' }]);
  });

  it('keeps every line of a single column, empty ones too', () => {
    expect(parse('x\n0.1\n\n0.9\n').map(({ x }) => x)).toEqual(['0.1', '', '0.9']);
  });

  it('keeps quotes inside cells, and empty cells', () => {
    expect(parse('a,b,c\n5" pipe,"say ""no""",\n')).toMatchObject([{ a: '5" pipe', b: 'say "no"', c: '' }]);
  });

  it('knows the line that a row ends at, past line breaks in cells', () => {
    expect(parse('a,b\n1,"two\nlines"\n3,4\n').map((record) => record[LINE])).toEqual([3, 4]);
  });

  it.each([
    ['a row too short', 'a,b,c\n1,2,3\n1,2\n', /loans\.csv .*expect 3, got 2 on line 3/],
    ['a row too long', 'a,b\n1,2,3\n', /got 3 on line 2/],
    ['a column twice', 'a,b,a\n1,2,3\n', /line 1: the column a stands there twice/],
    ['an empty file', '', /loans\.csv is empty/],
    ['another encoding', 'a\0,\0b\0', /not text in UTF-8/],
  ])('refuses %s', (_, text, message) => {
    expect(() => parse(text)).toThrow(message);
  });
});
