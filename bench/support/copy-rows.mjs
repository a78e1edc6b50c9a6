// The physical limit beside ECS: PostgreSQL's own COPY, text and binary, of the same events as rows into a table with a
// key. The rows are made ready before anything is timed; only the sending of them and their commits are.

const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1);
const COLUMNS = 'event_id, customer_id, occurred_at, valence, arousal, stress, confidence';

/** One row an event, by its id: what an installation would keep that keeps the raw readings. */
export async function createCopyTable(pool) {
  await pool.query(`
    create table copied_readings (
      event_id uuid primary key, customer_id text not null, occurred_at timestamptz not null,
      valence float8, arousal float8, stress float8, confidence float8 not null)`);
}

/** One COPY for each chunk, each a transaction; `clients` work at the same time. */
export async function copyChunks(clients, chunks, format) {
  const waiting = [...chunks];
  const work = async (client) => {
    for (let chunk = waiting.shift(); chunk !== undefined; chunk = waiting.shift()) await copyIn(client, chunk, format);
  };
  await Promise.all(clients.map(work));
}

function copyIn(client, chunk, format) {
  return new Promise((resolve, reject) => {
    const text = `copy copied_readings (${COLUMNS}) from stdin (format ${format})`;
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
  return toChunks(events, rowsAtOnce).map((own) => Buffer.concat([BINARY_HEAD, ...own.map(toBinaryRow), BINARY_END]));
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

function toBinaryRow({ id, subject, time, data }) {
  const head = Buffer.alloc(2);
  head.writeInt16BE(7);
  const at = Buffer.alloc(8);
  at.writeBigInt64BE(BigInt(Date.parse(time) - POSTGRES_EPOCH_MS) * 1000n);
  const figures = [data.valence, data.arousal, data.stress, data.confidence].map(toDouble);
  return Buffer.concat([
    head,
    ...[Buffer.from(id.replaceAll('-', ''), 'hex'), Buffer.from(subject), at, ...figures].flatMap(toField),
  ]);
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
