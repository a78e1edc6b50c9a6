import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { binaryArray } from './index.ts';

/** Comparing texts shows -0, NaN and lengths that a JSON comparison would hide. */
describe('binaryArray', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase({ empty: true });
  });
  afterAll(() => database.drop());

  const roundTrip = async (type: string, parameter: Buffer): Promise<unknown> => {
    const { rows } = await database.pool.query<{ value: unknown }>(`select $1::${type}[] as value`, [parameter]);
    return rows[0]?.value;
  };
  const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.array(fc.option(arbitrary), { maxLength: 200 });
  const checkAll = <T>(arbitrary: fc.Arbitrary<T>, predicate: (value: T) => Promise<void>) =>
    fc.assert(fc.asyncProperty(arbitrary, predicate), { numRuns: 60 });

  it('carries every double, with nulls', () =>
    checkAll(nullable(fc.double()), async (values) => {
      // -0 and 0 are told apart by Object.is inside toEqual.
      expect(await roundTrip('float8', binaryArray.float8(values))).toEqual(values);
    }));

  it('carries a Float64Array', async () => {
    expect(await roundTrip('float8', binaryArray.float8(new Float64Array([1.5, -2.25])))).toEqual([1.5, -2.25]);
  });

  it('carries every safe integer as int8, with nulls', () =>
    checkAll(nullable(fc.maxSafeInteger()), async (values) => {
      expect(await roundTrip('int8', binaryArray.int8(values))).toEqual(values);
    }));

  it('carries every int4, with nulls', () =>
    checkAll(nullable(fc.integer()), async (values) => {
      expect(await roundTrip('int4', binaryArray.int4(values))).toEqual(values);
    }));

  it('carries every text that PostgreSQL can hold, with nulls', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.replaceAll('\0', ''));
    return checkAll(nullable(text), async (values) => {
      expect(await roundTrip('text', binaryArray.text(values))).toEqual(values);
    });
  });

  it('carries bytes, with nulls', () =>
    checkAll(nullable(fc.uint8Array({ maxLength: 40 })), async (values) => {
      const expected = values.map((value) => (value === null ? null : Buffer.from(value)));
      expect(await roundTrip('bytea', binaryArray.bytea(values))).toEqual(expected);
    }));

  it('carries times to the millisecond, with nulls', () => {
    const time = fc.date({ min: new Date('0001-01-01'), max: new Date('+020000-01-01'), noInvalidDate: true });
    return checkAll(nullable(time.map((date) => date.getTime())), async (values) => {
      const expected = values.map((value) => (value === null ? null : new Date(value)));
      expect(await roundTrip('timestamptz', binaryArray.timestamptz(values))).toEqual(expected);
    });
  });

  it('knows the two ends of time', async () => {
    const values = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    expect(await roundTrip('timestamptz', binaryArray.timestamptz(values))).toEqual(values);
  });

  it('lines up with unnest', async () => {
    const { rows } = await database.pool.query<{ id: string; amount: number | null }>(
      'select * from unnest($1::text[], $2::int8[]) as t (id, amount)',
      [binaryArray.text(['a', 'ü']), binaryArray.int8([null, -1])],
    );
    expect(rows).toEqual([
      { id: 'a', amount: null },
      { id: 'ü', amount: -1 },
    ]);
  });

  it.each([
    ['int8', () => binaryArray.int8([2 ** 53])],
    ['int8', () => binaryArray.int8([0.5])],
    ['int4', () => binaryArray.int4([1.5])],
    ['int4', () => binaryArray.int4([2 ** 31])],
    ['int4', () => binaryArray.int4([Number.NaN])],
    ['timestamptz', () => binaryArray.timestamptz([Number.NaN])],
    ['timestamptz', () => binaryArray.timestamptz([0.5])],
  ])('treats a value that %s cannot hold exactly as a bug', (_type, encode) => {
    expect(encode).toThrow(/^bug:/);
  });

  it('lets the server refuse an array of another type', async () => {
    await expect(roundTrip('int8', binaryArray.float8([1]))).rejects.toMatchObject({ code: '42804' });
  });
});
