// Cuts the two byte streams of a PostgreSQL connection (protocol 3.0) into messages, whatever the chunks they come in, and
// reads the few of them that the fault proxy has to understand.

export interface PostgresMessage {
  /** One letter; empty for the start-up packet, which has none. */
  readonly type: string;
  /** Without type and length. */
  readonly body: Buffer;
  /** As it came, to be passed on. */
  readonly raw: Buffer;
}

export interface MessageReader {
  /** The messages that are complete with this chunk. */
  push(chunk: Buffer): PostgresMessage[];
}

/** A client begins with packets that have no type: the start-up packet, or a request for encryption before it. */
export function createMessageReader(side: 'client' | 'server'): MessageReader {
  let pending: Buffer = Buffer.alloc(0);
  let isStarting = side === 'client';

  function takeOne(): PostgresMessage | undefined {
    const headerBytes = isStarting ? 4 : 5;
    if (pending.length < headerBytes) return undefined;
    const lengthAt = isStarting ? 0 : 1;
    const end = lengthAt + pending.readInt32BE(lengthAt);
    if (pending.length < end) return undefined;
    const raw = pending.subarray(0, end);
    pending = pending.subarray(end);
    if (!isStarting) return { type: String.fromCharCode(raw[0] ?? 0), body: raw.subarray(5), raw };
    isStarting = isEncryptionRequest(raw);
    return { type: '', body: raw.subarray(4), raw };
  }

  return {
    push(chunk) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const messages: PostgresMessage[] = [];
      for (let message = takeOne(); message !== undefined; message = takeOne()) messages.push(message);
      return messages;
    },
  };
}

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;

function isEncryptionRequest(raw: Buffer): boolean {
  if (raw.length !== 8) return false;
  const code = raw.readInt32BE(4);
  return code === SSL_REQUEST || code === GSS_REQUEST;
}

/** `Q`: the SQL text. */
export function readSimpleQuery({ body }: PostgresMessage): string {
  return readText(body, 0).text;
}

/** `P`: the statement's name, empty for one that is not kept, and its SQL text. */
export function readParse({ body }: PostgresMessage): { readonly name: string; readonly sql: string } {
  const name = readText(body, 0);
  return { name: name.text, sql: readText(body, name.end).text };
}

/** `B`: the name of the statement and its parameters as text; a binary one comes as null. */
export function readBind({ body }: PostgresMessage): {
  readonly name: string;
  readonly values: readonly (string | null)[];
} {
  const portal = readText(body, 0);
  const name = readText(body, portal.end);
  const formatCount = body.readInt16BE(name.end);
  const formats = Array.from({ length: formatCount }, (_, i) => body.readInt16BE(name.end + 2 + 2 * i));
  let at = name.end + 2 + 2 * formatCount;
  const valueCount = body.readInt16BE(at);
  at += 2;
  const values: (string | null)[] = [];
  for (let i = 0; i < valueCount; i++) {
    const length = body.readInt32BE(at);
    const isBinary = (formatCount === 1 ? formats[0] : formats[i]) === 1;
    values.push(length < 0 || isBinary ? null : body.toString('utf8', at + 4, at + 4 + length));
    at += 4 + Math.max(0, length);
  }
  return { name: name.text, values };
}

/** `C`: for example `COMMIT` or `UPDATE 1`. */
export function readCommandTag({ body }: PostgresMessage): string {
  return readText(body, 0).text;
}

function readText(body: Buffer, start: number): { readonly text: string; readonly end: number } {
  const end = body.indexOf(0, start);
  return { text: body.toString('utf8', start, end), end: end + 1 };
}
