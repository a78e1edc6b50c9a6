// The one pass over the bytes of a plain event: structured, printable ASCII without escapes, known fields once each, in any
// order. Reads and checks at once; whatever is not quite so is FAILED, which says nothing against it. What was read lies in
// slots that the next event overwrites, so that nothing is allocated for an event that turns out otherwise.

/** Reads one value from `start` on and gives back where it ends; FAILED where it is not as plain as all that. */
export type ReadValue = (bytes: Uint8Array, start: number) => number;
export type NamedReaders = readonly (readonly [name: string, read: ReadValue])[];

interface Field {
  readonly quoted: Uint8Array;
  readonly bit: number;
  readonly read: ReadValue;
}
/** Fields by the first two letters of their names; whoever finds one there compares the rest. */
type FieldTable = readonly (readonly Field[])[];

export const FAILED = -1;
export const SPACE = 0x20;
export const ZERO = 0x30;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const LAST_PRINTABLE = 0x7e;

const SLOTS = 8;
const starts = new Int32Array(SLOTS);
const ends = new Int32Array(SLOTS);

export function clearSlot(slot: number): void {
  starts[slot] = 0;
}

/** No text begins at the first byte of an object. */
export function isFilled(slot: number): boolean {
  return starts[slot] !== 0;
}

const quote = (text: string) => Uint8Array.from(Buffer.from(`"${text}"`));

/** A closed object: each of its fields known and there at most once, the required ones there. */
export function readFields(fields: NamedReaders, required: readonly string[]): ReadValue {
  const table = toTable(fields);
  const bits = toBits(fields, required);
  return (bytes, start) => readObject(bytes, start, table, bits);
}

function toTable(fields: NamedReaders): FieldTable {
  const table: Field[][] = [];
  fields.forEach(([name, read], place) => {
    const alike = placeOf(name.charCodeAt(0), name.charCodeAt(1));
    table[alike] = [...(table[alike] ?? []), { quoted: quote(name), bit: 1 << place, read }];
  });
  return Array.from({ length: 256 }, (_, place) => table[place] ?? []);
}

function toBits(fields: NamedReaders, names: readonly string[]): number {
  return fields.reduce((bits, [name], place) => (names.includes(name) ? bits | (1 << place) : bits), 0);
}

/** Every byte was seen to be ASCII. A string of its own: a part of the whole text would keep all of it alive. */
export function cut(value: Buffer, slot: number): string {
  return value.toString('latin1', starts[slot], ends[slot]);
}

// Texts that come again and again, customers and sources, by their bytes; the newer takes the place of the older. The same
// string again is no garbage, and every look-up of it in a map knows its hash already.
const RECALLED = 16_384;
const recalled: string[] = new Array(RECALLED).fill('');

export function recall(value: Buffer, slot: number): string {
  const start = starts[slot] as number;
  const end = ends[slot] as number;
  let hash = 0;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + (value[i] as number)) | 0;
  const place = (hash ^ (hash >>> 15)) & (RECALLED - 1);
  const known = recalled[place] as string;
  if (known.length === end - start && isText(value, start, known)) return known;
  const text = cut(value, slot);
  recalled[place] = text;
  return text;
}

function isText(value: Buffer, start: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (value[start + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** `2026-11-22T09:30:00Z` or with milliseconds; other zones and fractions are for the general road. */
export function isPlainTime(bytes: Uint8Array, slot: number): boolean {
  const start = starts[slot] as number;
  const length = (ends[slot] as number) - start;
  if (length !== 20 && length !== 24) return false;
  for (let i = 0; i < length - 1; i++) {
    const wanted = TIME_FORM.charCodeAt(i);
    const code = bytes[start + i] as number;
    if (wanted === ZERO ? !isDigit(code) : code !== wanted) return false;
  }
  return bytes[start + length - 1] === Z;
}

const TIME_FORM = '0000-00-00T00:00:00.000';
const Z = 0x5a;

export function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}

function readObject(bytes: Uint8Array, start: number, fields: FieldTable, required: number): number {
  if (bytes[start] !== OPEN) return FAILED;
  let at = start;
  let seen = 0;
  do {
    at = skipSpaces(bytes, at + 1);
    const field = findField(fields, bytes, at);
    if (field === undefined || (seen & field.bit) !== 0) return FAILED;
    seen |= field.bit;
    at = skipSpaces(bytes, at + field.quoted.length);
    if (bytes[at] !== COLON) return FAILED;
    at = field.read(bytes, skipSpaces(bytes, at + 1));
    if (at === FAILED) return FAILED;
    at = skipSpaces(bytes, at);
  } while (bytes[at] === COMMA);
  return bytes[at] === CLOSE && (seen & required) === required ? at + 1 : FAILED;
}

function skipSpaces(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] === SPACE) at++;
  return at;
}

/** `start` is where the quoted name begins. */
function findField(fields: FieldTable, bytes: Uint8Array, start: number): Field | undefined {
  const alike = fields[placeOf(bytes[start + 1] ?? 0, bytes[start + 2] ?? 0)] ?? NO_FIELDS;
  for (let i = 0; i < alike.length; i++) {
    const field = alike[i] as Field;
    if (startsWith(bytes, start, field.quoted)) return field;
  }
  return undefined;
}

const NO_FIELDS: readonly Field[] = [];

function placeOf(first: number, second: number): number {
  return (first ^ (second << 3)) & 255;
}

function startsWith(bytes: Uint8Array, start: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
}

/** Printable ASCII without quotes and escapes, of 1 to `lengthMax` characters. */
export function readText(slot: number, lowest: number, lengthMax: number): ReadValue {
  return (bytes, start) => {
    if (bytes[start] !== QUOTE) return FAILED;
    let at = start + 1;
    for (; bytes[at] !== QUOTE; at++) {
      const code = bytes[at] ?? 0;
      if (code < lowest || code > LAST_PRINTABLE || code === BACKSLASH) return FAILED;
    }
    const length = at - start - 1;
    if (length === 0 || length > lengthMax) return FAILED;
    starts[slot] = start + 1;
    ends[slot] = at;
    return at + 1;
  };
}

export function readWord(word: string): ReadValue {
  const quoted = quote(word);
  return (bytes, start) => (startsWith(bytes, start, quoted) ? start + quoted.length : FAILED);
}

/** One of `words`; `tell` hears which. */
export function readOneOf<Word extends string>(words: readonly Word[], tell: (word: Word) => void): ReadValue {
  const quoted = words.map((word) => ({ word, bytes: quote(word) }));
  return (bytes, start) => {
    for (let i = 0; i < quoted.length; i++) {
      const candidate = quoted[i] as { word: Word; bytes: Uint8Array };
      if (!startsWith(bytes, start, candidate.bytes)) continue;
      tell(candidate.word);
      return start + candidate.bytes.length;
    }
    return FAILED;
  };
}
