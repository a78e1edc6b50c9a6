// What every request gets before anybody looks at its path, whichever road it takes: an id, a measurement, the headers of
// every answer, and notice that the server is closing.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestFacts } from './exchange.ts';
import { identifyRequest } from './middleware/identify-request.ts';
import { createRequestObserver } from './middleware/observe-requests.ts';
import { setSecurityHeaders } from './middleware/set-security-headers.ts';
import type { ServeContext } from './serve-context.ts';

export type BeginExchange = (req: IncomingMessage, res: ServerResponse) => RequestFacts;

export function createBeginExchange({ deps, isClosing }: ServeContext): BeginExchange {
  const observe = createRequestObserver(deps.metrics, deps.log);
  return (req, res) => {
    const facts: RequestFacts = { requestId: identifyRequest(req, res, deps.makeId) };
    observe(req, res, facts);
    setSecurityHeaders(res);
    if (isClosing()) res.setHeader('Connection', 'close');
    return facts;
  };
}
