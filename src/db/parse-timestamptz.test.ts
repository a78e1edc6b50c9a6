// Points in time are read as the driver reads them, usual or not.
import fc from 'fast-check';
import pg from 'pg';
import { parseTimestamptz } from './parse-timestamptz.ts';

const asTheDriver = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ, 'text');

test.each([
  ['2026-11-28 02:54:00.526+00', '2026-11-28T02:54:00.526Z'],
  ['2026-11-28 02:54:00+00', '2026-11-28T02:54:00.000Z'],
  ['2026-11-28 02:54:00.5+00', '2026-11-28T02:54:00.500Z'],
  ['2026-11-28 02:54:00.05+00', '2026-11-28T02:54:00.050Z'],
  ['2026-11-28 02:54:00.000999+00', '2026-11-28T02:54:00.000Z'],
  ['2024-02-29 23:59:59.999999+00', '2024-02-29T23:59:59.999Z'],
  ['1969-12-31 23:59:59.999+00', '1969-12-31T23:59:59.999Z'],
  ['2026-11-28 02:54:00.526+05:30', '2026-11-27T21:24:00.526Z'],
  ['2026-11-28 02:54:00-03', '2026-11-28T05:54:00.000Z'],
  ['0099-01-01 00:00:00+00', '0099-01-01T00:00:00.000Z'],
  ['10000-01-01 00:00:00+00', '+010000-01-01T00:00:00.000Z'],
  ['0044-03-15 12:00:00+00 BC', '-000043-03-15T12:00:00.000Z'],
])('%s', (text, expected) => {
  expect(parseTimestamptz(text)).toEqual(new Date(expected));
});

test('infinities are numbers', () => {
  expect(['infinity', '-infinity'].map(parseTimestamptz)).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
});

const instants = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59Z'),
  noInvalidDate: true,
});

test('any instant, with as many decimals as PostgreSQL writes', () => {
  fc.assert(
    fc.property(instants, fc.integer({ min: 0, max: 999_999 }), (instant, micros) => {
      const [day, time] = instant.toISOString().split(/[TZ]/);
      const fraction = `${micros}`.padStart(6, '0').replace(/0+$/, '');
      const text = `${day} ${time?.slice(0, 8)}${fraction === '' ? '' : '.'}${fraction}+00`;
      expect(parseTimestamptz(text)).toEqual(asTheDriver(text));
    }),
    { numRuns: 2_000 },
  );
});
