// Serves one route: authenticate, read, refuse what belongs to another customer, run, render. The order is the point:
// nothing is read for nobody, nothing runs that was not read, nothing leaves that is not declared.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Caller, IdempotentRequest, StoredAnswer } from '../access/index.ts';
import { assert } from '../lib/assert.ts';
import { canonicalJson, sha256 } from '../lib/canonical-json.ts';
import { EcsError } from '../lib/errors.ts';
import { authenticateRequest, refuseOtherCustomer } from './authenticate-request.ts';
import type { AnyRequest, Route } from './define-route.ts';
import { type Exchange, readHeader, sendText, setHeaders } from './exchange.ts';
import { createRequestReader } from './read-request.ts';
import { renderAnswer } from './render-answer.ts';
import type { ServeContext } from './serve-context.ts';
import { type Serving, serveStream } from './serve-stream.ts';
import { createWriteAnswer, type WriteAnswer } from './write-answer.ts';

export type ServeExchange = (exchange: Exchange) => Promise<void>;

/** Rejects with what is to be answered as a problem. */
export function serveRoute(route: Route, context: ServeContext): ServeExchange {
  const write = createWriteAnswer(route, context);
  const read = createRequestReader(route);
  return async (exchange) => {
    const { req, facts } = exchange;
    facts.route = route.path;
    const caller = await authenticateRequest(route, exchange, context);
    facts.keyId = caller.keyId;
    const parsed = await read(exchange);
    refuseOtherCustomer(caller, [parsed.params, parsed.query, parsed.body]);
    const request: AnyRequest = {
      ...parsed,
      caller,
      nowMs: context.deps.clock(),
      lastEventId: readHeader(req, 'last-event-id'),
    };
    const serving = { route, request, exchange, context };
    if (route.work.kind === 'stream') await serveStream(route.work.handle, serving);
    else await serveAnswer(serving, write);
  };
}

async function serveAnswer(serving: Serving, write: WriteAnswer | null): Promise<void> {
  const { route, request, exchange, context } = serving;
  const { req, res } = exchange;
  const { work } = route;
  if (work.kind === 'plain') {
    const answer = await work.handle(request, context.deps);
    sendAnswer(route, res, renderAnswer(route, answer, context.deps.checkAnswers === true));
    return;
  }
  assert(write !== null, `${route.operationId} is a route that writes`);
  const answer = await write(request, readIdempotencyKey(route, request, req));
  if (answer.replayed) res.setHeader('Idempotency-Replayed', 'true');
  sendAnswer(route, res, answer);
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

function readIdempotencyKey(route: Route, request: AnyRequest, req: IncomingMessage): IdempotentRequest | null {
  const key = readHeader(req, 'idempotency-key');
  if (key === undefined) return null;
  const takesKey = route.work.kind === 'shared' || (route.work.kind === 'transaction' && !route.work.answersSecret);
  const expected = takesKey
    ? '1 to 200 printable characters without spaces'
    : 'no key here: the answer holds a secret, which is never stored';
  if (!takesKey || !IDEMPOTENCY_KEY.test(key)) {
    throw new EcsError('ECS_REQUEST_INVALID', 'The Idempotency-Key is not valid here.', {
      facts: { errors: [{ in: 'header', field: 'Idempotency-Key', expected }] },
    });
  }
  const { params, query, body } = request;
  const requestSha256 = sha256(canonicalJson({ params, query, body: body ?? null }));
  return { owner: ownerOf(request.caller), route: route.operationId, key, requestSha256 };
}

function ownerOf(caller: Caller): string {
  return `key:${caller.keyId}`;
}

function sendAnswer(route: Route, res: ServerResponse, answer: StoredAnswer): void {
  const spec = route.answers[answer.status];
  res.statusCode = answer.status;
  setHeaders(res, spec?.headers ?? {});
  if (answer.body === null) res.end();
  else sendText(res, spec?.mediaType ?? 'application/json', answer.body);
}
