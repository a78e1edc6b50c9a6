import { parseTrainingSpec } from '../training-spec.ts';
import { type CsvRecord, LINE } from './csv-record.ts';
import { parseCsv } from './parse-csv.ts';
import { resolveSpec } from './resolve-spec.ts';
import { buildTrainingTable, selectRows } from './training-table.ts';

const resolve = (spec: unknown, records: readonly CsvRecord[]) =>
  resolveSpec(parseTrainingSpec(spec, 'spec.json'), records);
const targetOf = (...values: string[]) =>
  resolve(
    { target: 'y' },
    values.map((y) => ({ x: '5', y })),
  ).target;
const read = (text: string, spec: unknown) => {
  const records = parseCsv(Buffer.from(text), 'loans.csv');
  const resolved = resolve(spec, records);
  return { resolved, table: buildTrainingTable(records, null, resolved) };
};

describe('a spec that names the target alone', () => {
  it.each([
    ['1', '0'],
    ['1.0', '0.0'],
    ['True', 'False'],
    ['yes', 'no'],
    ['BAD', 'GOOD'],
  ])('knows that %s is bad where the other is %s', (bad, good) => {
    const { table } = read(`x,y\n1,${good}\n4,${bad}\n9,${good}\n`, { target: 'y' });
    expect([...table.target]).toEqual([0, 1, 0]);
  });

  it.each([
    ['1', '2'],
    ['A', 'B'],
    ['1', '1'],
  ])('asks which of %s and %s is bad', (one, other) => {
    expect(() => targetOf(one, other)).toThrow(/target.bad must say which value of y is the bad one/);
  });

  it('takes all other columns, but none that only counts the rows, and none that is protected', () => {
    const text = 'row,Late (30d),Income,Gender,City,y\n1,0,NA,m,north,0\n2,98,1500.5,f,,1\n3,1,?,m,south,0\n';
    const { resolved, table } = read(text, { target: 'y', neverInputs: ['Gender'] });
    expect(resolved.features).toEqual([
      { name: 'late_30d', column: 'Late (30d)', monotone: 'free', type: 'number' },
      { name: 'income', column: 'Income', monotone: 'free', type: 'number' },
      { name: 'city', column: 'City', monotone: 'free', type: 'category' },
    ]);
    expect(table.features.map((row) => row[1])).toEqual([Number.NaN, 1500.5, Number.NaN]);
  });

  it('takes directions and codes by column, without a list of features', () => {
    const text = 'usage,late,y\n0.5,98,0\n0.7,1,1\n0.1,0,0\n';
    const { resolved } = read(text, {
      target: 'y',
      monotone: { usage: 1, late: 'up' },
      specialValues: { late: [96, 98] },
    });
    expect(resolved.features).toMatchObject([
      { name: 'usage', monotone: 'up' },
      { name: 'late', monotone: 'up', specialValues: [96, 98] },
    ]);
  });
});

describe('a spec written in haste', () => {
  it('may name several words for bad, and for good', () => {
    const text = 'x,y\n0.5,charged off\n2,paid\n3,late 90\n4,current\n5,frozen\n';
    const bad = ['Charged Off', 'late 90'];
    const { table } = read(text, { target: { column: 'y', bad } });
    expect([...table.target]).toEqual([1, 0, 1, 0, 0]);
    expect(() => read(text, { target: { column: 'y', bad, good: ['paid', 'current'] } })).toThrow(
      /reads "frozen", expected Charged Off, late 90 or paid, current/,
    );
    expect(() => read(text, { target: { column: 'y', bad, good: ['paid', 'late 90'] } })).toThrow(
      'bad and good must differ',
    );
  });

  it('may list features by their columns, signs as numbers, words without quotes', () => {
    const text = 'Usage,Late,y\n0.5,1,2.0\n0.7,,1.0\n-999.0,3,1.0\n';
    const { resolved, table } = read(text, {
      target: { column: 'y', bad: 2, good: 1 },
      features: ['Usage', { column: 'Late', monotone: 1 }],
      missingCodes: [-999],
    });
    expect(resolved.features.map(({ name }) => name)).toEqual(['usage', 'late']);
    expect([...table.target]).toEqual([1, 0, 0]);
    expect(table.features.map((row) => row[0])).toEqual([0.5, 0.7, Number.NaN]);
  });

  it.each(['credit_data', 'Give Me Some Credit v1.2'])('may be called %s', (name) => {
    expect(parseTrainingSpec({ target: 'y', name }, 'spec.json').name).toBe(name);
  });

  it.each(['../model', 'a/b', '.hidden', ''])('may not be called "%s", which is no name of a folder', (name) => {
    expect(() => parseTrainingSpec({ target: 'y', name }, 'spec.json')).toThrow(/spec.json: name: letters, digits/);
  });

  it('filters rows and sets rows aside by words, and by numbers however they are written', () => {
    const text = 'x,product,split,y\n1,1.0,train,0\n4,1.0,train,1\n9,2.0,train,1\n5,1.0,test,1\n7,1.0,Test,0\n';
    const spec = {
      target: 'y',
      rowFilter: { column: 'product', oneOf: [1] },
      holdoutColumn: 'split',
      holdoutOneOf: ['test'],
    };
    const { resolved, table } = read(text, spec);
    expect(selectRows(table, resolved, 'training').features.map(([x]) => x)).toEqual([1, 4]);
    expect(selectRows(table, resolved, 'split').features.map(([x]) => x)).toEqual([5, 7]);
  });
});

describe('refusals say where and what', () => {
  const numbers = Array.from({ length: 300 }, (_, row) => `${row}.5,${row % 2}`).join('\n');

  it.each<[string, string, object, RegExp]>([
    [
      'a word among numbers',
      `a,y\n${numbers}\noops,1\n`,
      {},
      /^line 302: column a reads "oops" where other rows hold numbers/,
    ],
    ['a row without outcome', 'a,y\n5,0\n7,\n2,1\n', {}, /^line 3: column y reads "", expected 1 or .*rowFilter on y/],
    [
      'a protected column that is not there',
      'a,y\n5,0\n7,1\n',
      { neverInputs: ['gendr'] },
      /no column gendr; there are a, y/,
    ],
    ['a direction for no column', 'a,y\n5,0\n7,1\n', { monotone: { b: 'up' } }, /monotone names the column b/],
    ['a direction for words', 'a,y\nx,0\nz,1\n', { monotone: { a: 'up' } }, /column a holds words/],
    ['a filter that nothing passes', 'a,y\n5,0\n7,1\n', { rowFilter: { column: 'a', oneOf: ['9'] } }, /none of 2 rows/],
    ['a header alone', 'a,y\n', {}, /no rows below the header/],
    [
      'a number by order of the spec that is none',
      'a,y\n5,0\nx,1\n',
      { features: [{ column: 'a', type: 'number' }] },
      /^line 3: column a is not a number: it reads "x"/,
    ],
  ])('%s', (_, text, spec, message) => {
    expect(() => read(text, { target: 'y', ...spec })).toThrow(message);
  });

  it('a field that is none, with those that are', () => {
    expect(() => parseTrainingSpec({ target: 'y', protected: ['a'] }, 'spec.json')).toThrow(
      /spec.json: .*"protected"; known are .*neverInputs/,
    );
    expect(() => parseTrainingSpec({ target: 'y', features: [{ column: 'a', sign: 1 }] }, 'spec.json')).toThrow(
      /features.0: .*"sign"; known are name, monotone/,
    );
  });

  it('a record by its line when it came from a file', () => {
    const records = [{ x: '1', y: 'maybe', [LINE]: 7 }];
    const spec = resolve({ target: { column: 'y', bad: '1', good: '0' } }, records);
    expect(() => buildTrainingTable(records, null, spec)).toThrow(/^line 7: column y reads "maybe"/);
  });
});
