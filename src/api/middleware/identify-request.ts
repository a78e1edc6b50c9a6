// Gives every request an id that appears in the answer, in problems and in the log. A caller may bring its own.
import type { RequestHandler } from 'express';
import type { MakeId } from '../../lib/ids.ts';

const OWN_ID = /^[A-Za-z0-9._-]{1,64}$/;

export function identifyRequest(makeId: MakeId): RequestHandler {
  return (req, res, next) => {
    const own = req.get('x-request-id') ?? '';
    const requestId = OWN_ID.test(own) ? own : makeId();
    res.locals.requestId = requestId;
    res.set('X-Request-Id', requestId);
    next();
  };
}
