// Serves one route: authenticate, read, refuse what belongs to another customer, run, render. The order is the point:
// nothing is read for nobody, nothing runs that was not read, nothing leaves that is not declared.
import type { Request, RequestHandler, Response } from 'express';
import type pg from 'pg';
import type { Caller, IdempotentRequest, StoredAnswer } from '../access/index.ts';
import { runIdempotent } from '../access/index.ts';
import { hashCanonical } from '../lib/canonical-json.ts';
import { EcsError } from '../lib/errors.ts';
import { authenticateRequest, refuseOtherCustomer } from './authenticate-request.ts';
import type { Route, RouteRequest } from './define-route.ts';
import { type ParsedRequest, readRequest } from './read-request.ts';
import { type HandlerAnswer, renderAnswer } from './render-answer.ts';
import type { ServeContext } from './serve-context.ts';
import { serveStream } from './serve-stream.ts';

type AnyRequest = RouteRequest<Record<string, unknown>, Record<string, unknown>, unknown>;

export function serveRoute(route: Route, context: ServeContext): RequestHandler {
  return async (req, res) => {
    res.locals.route = route.path;
    const caller = await authenticateRequest(route, req, context);
    res.locals.keyId = caller.keyId;
    const parsed = await readRequest(route, req, res);
    refuseOtherCustomer(caller, [parsed.params, parsed.query, parsed.body]);
    const request: AnyRequest = {
      ...parsed,
      caller,
      nowMs: context.deps.clock(),
      lastEventId: req.get('last-event-id'),
    };
    if (route.work.kind === 'stream') await serveStream(route.work.handle, { route, request, req, res, context });
    else await serveAnswer(route, request, req, res, context);
  };
}

async function serveAnswer(
  route: Route,
  request: AnyRequest,
  req: Request,
  res: Response,
  context: ServeContext,
): Promise<void> {
  const { deps } = context;
  const render = (answer: HandlerAnswer): StoredAnswer => renderAnswer(route, answer, deps.checkAnswers === true);
  const { work } = route;
  if (work.kind === 'transaction') {
    const run = async (tx: pg.PoolClient) => {
      const answer = await work.handle(request, deps, tx);
      const kept = work.memory === undefined ? {} : { kept: JSON.stringify(work.memory.keep(answer)) };
      return { ...render(answer), ...kept };
    };
    const claim = readIdempotencyKey(route, request, req);
    const answer = await runIdempotent(deps.pool, claim, run, request.nowMs);
    if (answer.replayed) res.set('Idempotency-Replayed', 'true');
    if (!answer.replayed || work.memory === undefined || answer.body === null) return sendAnswer(route, res, answer);
    const recalled = await work.memory.recall(JSON.parse(answer.body), deps);
    sendAnswer(
      route,
      res,
      recalled === null ? await runIdempotent(deps.pool, null, run, request.nowMs) : render(recalled),
    );
  } else if (work.kind === 'plain') {
    sendAnswer(route, res, render(await work.handle(request, deps)));
  }
}

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

function readIdempotencyKey(route: Route, request: AnyRequest & ParsedRequest, req: Request): IdempotentRequest | null {
  const key = req.get('idempotency-key');
  if (key === undefined) return null;
  const takesKey = route.work.kind === 'transaction' && route.work.answersSecret !== true;
  const expected = takesKey
    ? '1 to 200 printable characters without spaces'
    : 'no key here: the answer holds a secret, which is never stored';
  if (!takesKey || !IDEMPOTENCY_KEY.test(key)) {
    throw new EcsError('ECS_REQUEST_INVALID', 'The Idempotency-Key is not valid here.', {
      facts: { errors: [{ in: 'header', field: 'Idempotency-Key', expected }] },
    });
  }
  const { params, query, body } = request;
  const requestSha256 = Buffer.from(hashCanonical({ params, query, body: body ?? null }), 'hex');
  return { owner: ownerOf(request.caller), route: route.operationId, key, requestSha256 };
}

function ownerOf(caller: Caller): string {
  return `key:${caller.keyId}`;
}

function sendAnswer(route: Route, res: Response, answer: StoredAnswer): void {
  const spec = route.answers[answer.status];
  res.status(answer.status).set(spec?.headers ?? {});
  if (answer.body === null) res.end();
  else res.type(spec?.mediaType ?? 'application/json').send(answer.body);
}
