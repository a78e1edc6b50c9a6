// Reads the parameters of a production statement the way PostgreSQL would: `unnest($1::text[], ...) as given (a, b)` as
// rows with named columns, whether an array came as values or as binary bytes.

export interface SqlStatement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

interface Unnest {
  readonly parameters: readonly number[];
  readonly columns: readonly string[];
}

const unnests = new Map<string, Unnest>();

/** Rows of the unnest whose columns are listed behind `alias`. */
export function readGiven<T>({ text, values }: SqlStatement, alias: string): T[] {
  const key = `${alias} ${text}`;
  const { parameters, columns } = unnests.get(key) ?? parseUnnest(text, alias);
  if (!unnests.has(key)) unnests.set(key, { parameters, columns });
  const arrays = parameters.map((parameter) => readArray(values[parameter - 1]));
  const rows = Array.from({ length: arrays[0]?.length ?? 0 }, (_, place) => {
    const row: Record<string, unknown> = { place: place + 1, position: place + 1 };
    arrays.forEach((array, index) => {
      row[columns[index] ?? `column_${index}`] = array[place];
    });
    return row;
  });
  return rows as T[];
}

function parseUnnest(text: string, alias: string): Unnest {
  const pattern = `unnest\\(([^)]*)\\)\\s*(?:with ordinality)?\\s*as ${alias}\\s*(?:\\(([^)]*)\\))?`;
  const match = new RegExp(pattern.replaceAll(' ', '\\s+')).exec(text);
  if (match === null) throw new Error(`no unnest as ${alias} in: ${text}`);
  const parameters = [...(match[1] ?? '').matchAll(/\$(\d+)/g)].map(([, index]) => Number(index));
  return { parameters, columns: (match[2] ?? '').split(',').map((column) => column.trim()) };
}

export function readArray(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (Buffer.isBuffer(value)) return readBinaryArray(value);
  throw new Error(`not an array parameter: ${String(value)}`);
}

function readBinaryArray(bytes: Buffer): unknown[] {
  if (bytes.readInt32BE(0) === 0) return [];
  const type = bytes.readInt32BE(8);
  const values: unknown[] = [];
  let at = 20;
  for (let left = bytes.readInt32BE(12); left > 0; left--) {
    const size = bytes.readInt32BE(at);
    at += 4;
    if (size < 0) values.push(null);
    else {
      values.push(readElement(bytes.subarray(at, at + size), type));
      at += size;
    }
  }
  return values;
}

function readElement(bytes: Buffer, type: number): unknown {
  switch (type) {
    case 17:
      return Buffer.from(bytes);
    case 20:
      return Number(bytes.readBigInt64BE(0));
    case 23:
      return bytes.readInt32BE(0);
    case 25:
      return bytes.toString('utf8');
    case 701:
      return bytes.readDoubleBE(0);
    case 1184:
      return new Date(Number(bytes.readBigInt64BE(0) / 1000n) + POSTGRES_EPOCH_MS);
    default:
      throw new Error(`no element type ${type}`);
  }
}

/** Customers in the first parameter, sorted. */
export function customersOf({ values }: SqlStatement): string[] {
  return (readArray(values[0]) as string[]).toSorted();
}

/** Only where the production text locks: code that forgot it is simulated without it. */
export function locksRows({ text }: SqlStatement): boolean {
  return /for update/.test(text);
}
