// Points in time as PostgreSQL writes them for a session in UTC. The driver's own reading of them took a fortieth of a
// decision's processor time (`npm run bench:decide`, profile); it is asked for everything that is not written the usual way.
import pg from 'pg';

const parseUnusual = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ, 'text');

/** Milliseconds and a part of them, which a date drops: `2026-11-28 02:54:00.526+00`. */
const LENGTH_MIN = '2026-11-28 02:54:00+00'.length;
const LENGTH_MAX = '2026-11-28 02:54:00.526123+00'.length;
const ZERO = 48;
const FIRST_YEAR = 100;

/** A date, or an infinity as a number. */
export function parseTimestamptz(text: string): unknown {
  const year = readDigits(text, 0, 4);
  const isUsual =
    text.length >= LENGTH_MIN &&
    text.length <= LENGTH_MAX &&
    text.endsWith('+00') &&
    text[4] === '-' &&
    text[10] === ' ';
  // Two digits of a year would be taken for one of the last century.
  if (!isUsual || !(year >= FIRST_YEAR)) return parseUnusual(text);
  return new Date(
    Date.UTC(
      year,
      readDigits(text, 5, 7) - 1,
      readDigits(text, 8, 10),
      readDigits(text, 11, 13),
      readDigits(text, 14, 16),
      readDigits(text, 17, 19),
      readMilliseconds(text, text.length - 3),
    ),
  );
}

/** Trailing zeros of a fraction are not written. */
function readMilliseconds(text: string, end: number): number {
  let ms = 0;
  for (let place = 20, worth = 100; place < Math.min(end, 23); place += 1, worth /= 10) {
    ms += (text.charCodeAt(place) - ZERO) * worth;
  }
  return ms;
}

function readDigits(text: string, from: number, to: number): number {
  let number = 0;
  for (let place = from; place < to; place += 1) number = number * 10 + text.charCodeAt(place) - ZERO;
  return number;
}
