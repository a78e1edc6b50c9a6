// Gives every request an id that appears in the answer, in problems and in the log. A caller may bring its own.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MakeId } from '../../lib/ids.ts';
import { readHeader } from '../exchange.ts';

const OWN_ID = /^[A-Za-z0-9._-]{1,64}$/;

export function identifyRequest(req: IncomingMessage, res: ServerResponse, makeId: MakeId): string {
  const own = readHeader(req, 'x-request-id') ?? '';
  const requestId = OWN_ID.test(own) ? own : makeId();
  res.setHeader('X-Request-Id', requestId);
  return requestId;
}
