// One request and its answer in the terms of `node:http` alone, so that the same functions serve it behind Express and
// ahead of it.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is found out about a request on the way, for its log line and its measurement. */
export interface RequestFacts {
  requestId?: string;
  /** The template, never the path. */
  route?: string;
  keyId?: string;
  streamed?: boolean;
}

export interface Exchange {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  /** As the path and the address gave them; not yet read through a schema. */
  readonly params: unknown;
  readonly query: unknown;
  readonly facts: RequestFacts;
}

/** The first of a header that may come several times. */
export function readHeader(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

export function setHeaders(res: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
}

/** Text is UTF-8, and says so. */
export function setContentType(res: ServerResponse, mediaType: string): void {
  res.setHeader('Content-Type', `${mediaType}; charset=utf-8`);
}

/** In one piece, with its length. */
export function sendText(res: ServerResponse, mediaType: string, text: string): void {
  setContentType(res, mediaType);
  res.setHeader('Content-Length', Buffer.byteLength(text));
  res.end(text);
}
