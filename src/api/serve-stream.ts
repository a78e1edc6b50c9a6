// Serves an answer that is written piece by piece. Trouble before the first byte is a problem document; after it the
// connection is cut, so that nobody takes half an answer for a whole one. A key that is revoked loses its streams.
import { isEcsError } from '../lib/errors.ts';
import { authenticateRequest } from './authenticate-request.ts';
import type { AnyRequest, Route, RouteWork, StreamAnswer } from './define-route.ts';
import { type Exchange, setContentType, setHeaders } from './exchange.ts';
import type { ServeContext } from './serve-context.ts';

export interface Serving {
  readonly route: Route;
  readonly request: AnyRequest;
  readonly exchange: Exchange;
  readonly context: ServeContext;
}

type StreamHandler = Extract<RouteWork, { kind: 'stream' }>['handle'];

const RECHECK_MS = 5_000;

export async function serveStream(handle: StreamHandler, serving: Serving): Promise<void> {
  const { route, request, exchange, context } = serving;
  const { req, res, facts } = exchange;
  facts.streamed = true;
  const over = new AbortController();
  const end = (): void => over.abort();
  const leave = context.streams.enter(request.caller, end);
  res.once('close', end);
  const recheck = setInterval(() => void endIfRefused(serving, end), RECHECK_MS);
  const answer: StreamAnswer = {
    over: over.signal,
    begin: (headers) => {
      setContentType(res, route.answers[200]?.mediaType ?? 'text/plain');
      setHeaders(res, headers);
      res.flushHeaders();
      return res;
    },
  };
  try {
    // A HEAD asks for the headers only; running the stream for it would never end.
    if (req.method === 'HEAD') answer.begin({});
    else await handle(request, context.deps, answer);
    res.end();
  } finally {
    clearInterval(recheck);
    leave();
  }
}

async function endIfRefused({ route, exchange, context }: Serving, end: () => void): Promise<void> {
  try {
    await authenticateRequest(route, exchange, context);
  } catch (error) {
    // An outage says nothing about the key; anything else is a refusal, or a bug that must not keep a stream open.
    if (!isEcsError(error) || !error.retryable) end();
  }
}
