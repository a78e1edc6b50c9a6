// The physical limit beside ECS: PostgreSQL's own COPY, text and binary, of the same events as rows into a table with a
// key: of feelings, and of transactions into a table with the keys and checks of ECS's own. The rows are made ready before
// anything is timed; only the sending of them and their commits are.

const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);

/** `keepsRows`: the table grows from round to round, as that of ECS does. */
export const COPIED_READINGS = {
  table: 'copied_readings',
  columns: 'event_id, customer_id, occurred_at, valence, arousal, stress, confidence',
  keepsRows: false,
};
export const COPIED_TRANSACTIONS = {
  table: 'copied_transactions',
  columns: 'customer_id, transaction_id, source, type, amount_minor, merchant_category, occurred_at, received_at',
  keepsRows: true,
};

/** One row an event, by its id: what an installation would keep that keeps the raw readings. */
export async function createCopyTables(pool) {
  await pool.query('create table copied_transactions (like transactions including all)');
  await pool.query(`
    create table copied_readings (
      event_id uuid primary key, customer_id text not null, occurred_at timestamptz not null,
      valence float8, arousal float8, stress float8, confidence float8 not null)`);
}

/** One COPY for each chunk, each a transaction; `clients` work at the same time. */
export async function copyChunks(clients, chunks, into, format) {
  const waiting = [...chunks];
  const work = async (client) => {
    for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift())
      await copyIn(client, chunk, into, format);
  };
  await Promise.all(clients.map(work));
}

function copyIn(client, chunk, { table, columns }, format) {
  return new Promise((resolve, reject) => {
    const text = `copy ${table} (${columns}) from stdin (format ${format})`;
    client.query(new CopyIn(text, chunk, (error) => (error ? reject(error) : resolve())));
  });
}

/** What the driver asks of a query object, for COPY FROM STDIN of one chunk. */
class CopyIn {
  constructor(text, chunk, done) {
    Object.assign(this, { text, chunk, done });
  }
  submit(connection) {
    connection.query(this.text);
  }
  handleCopyInResponse(connection) {
    connection.sendCopyFromChunk(this.chunk);
    connection.endCopyFrom();
  }
  handleError(error) {
    this.done(error);
  }
  handleCommandComplete() {}
  handleReadyForQuery() {
    this.done();
  }
}

/** Chunks of `rowsAtOnce` rows from records without copies. */
export function makeTextChunks(events, rowsAtOnce) {
  return toChunks(events, rowsAtOnce).map((own) => Buffer.from(own.map(toTextRow).join('')));
}

export function makeBinaryChunks(events, rowsAtOnce) {
  return toBinaryChunks(events, rowsAtOnce, toReadingRow);
}

/** In the order of their keys inside a chunk, as ECS inserts them. */
export function makeTransactionChunks(events, rowsAtOnce) {
  return toBinaryChunks(events, rowsAtOnce, toTransactionRow, (one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
}

function keyOf({ subject, id }) {
  return `${subject} ${id}`;
}

function toBinaryChunks(events, rowsAtOnce, toRow, compare) {
  const chunks = toChunks(events, rowsAtOnce);
  if (compare !== undefined) for (const own of chunks) own.sort(compare);
  return chunks.map((own) => Buffer.concat([BINARY_HEAD, ...own.map(toRow), BINARY_END]));
}

function toChunks(events, rowsAtOnce) {
  const chunks = [];
  for (let start = 0; start < events.length; start += rowsAtOnce) chunks.push(events.slice(start, start + rowsAtOnce));
  return chunks;
}

function toTextRow({ id, subject, time, data }) {
  const figures = [data.valence, data.arousal, data.stress, data.confidence].map((value) => value ?? '\\N');
  return `${[id, subject, time, ...figures].join('\t')}\n`;
}

const BINARY_HEAD = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const BINARY_END = Buffer.from([0xff, 0xff]);

function toReadingRow({ id, subject, time, data }) {
  const figures = [data.valence, data.arousal, data.stress, data.confidence].map(toDouble);
  return toBinaryRow([
    Buffer.from(id.replaceAll('-', ''), 'hex'),
    Buffer.from(subject),
    toInstant(Date.parse(time)),
    ...figures,
  ]);
}

function toTransactionRow({ id, source, subject, time, data }) {
  const { type, amountMinor, merchantCategory } = data;
  return toBinaryRow([
    ...[subject, id, source, type].map((text) => Buffer.from(text)),
    toInt8(BigInt(amountMinor)),
    merchantCategory === undefined ? null : Buffer.from(merchantCategory),
    toInstant(Date.parse(time)),
    toInstant(Date.now()),
  ]);
}

function toBinaryRow(fields) {
  const head = Buffer.alloc(2);
  head.writeInt16BE(fields.length);
  return Buffer.concat([head, ...fields.flatMap(toField)]);
}

function toInstant(timeMs) {
  return toInt8(BigInt(timeMs - POSTGRES_EPOCH_MS) * 1000n);
}

function toInt8(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function toDouble(value) {
  if (value === undefined) return null;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

function toField(bytes) {
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes === null ? -1 : bytes.length);
  return bytes === null ? [length] : [length, bytes];
}
