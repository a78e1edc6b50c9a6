// What the text of a cell means: a number, "not known", or the same as a word of the spec. One reading for training and
// scoring, so that a file written by another program (1 as 1.0, true as True) says the same.

const THOUSANDS = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/;
const PERCENT = /^[+-]?\d+(\.\d+)?\s?%$/;

/** Not a number: NaN. */
export function readNumber(text: string): number {
  if (text === '') return Number.NaN;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  if (THOUSANDS.test(text)) return Number(text.replaceAll(',', ''));
  if (PERCENT.test(text)) return Number.parseFloat(text);
  return Number.NaN;
}

/** An empty cell is never known. Capitals do not matter, and a code that is a number is met however it is written. */
export function missingTest(codes: readonly string[]): (text: string) => boolean {
  const words = new Set(['', ...codes.map((code) => code.toLowerCase())]);
  const numbers = new Set(codes.map(readNumber).filter((value) => !Number.isNaN(value)));
  return (text) =>
    words.has(text) || words.has(text.toLowerCase()) || (numbers.size > 0 && numbers.has(readNumber(text)));
}

/** Whether a cell reads as a word of the spec: `1.0` reads as `1`, `True` as `true`. */
export function readsAs(text: string, word: string): boolean {
  if (text === word) return true;
  const value = readNumber(word);
  return Number.isNaN(value) ? text.toLowerCase() === word.toLowerCase() : readNumber(text) === value;
}
