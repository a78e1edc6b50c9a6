// The short road of the routes that are called most: straight from `node:http` to the functions that Express would have
// called, without its router. Only an exact method and path take it; everything else goes through Express.
import type { RequestListener } from 'node:http';
import { assert } from '../lib/assert.ts';
import type { Log } from '../lib/log.ts';
import type { Route } from './define-route.ts';
import type { Roads } from './make-app.ts';
import { answerProblem } from './middleware/answer-problems.ts';

export function listenAhead(routes: readonly Route[], roads: Roads, app: RequestListener, log: Log): RequestListener {
  const ahead = new Map(routes.filter((route) => route.ahead === true).map((route) => [addressOf(route), route]));
  return (req, res) => {
    const route = ahead.get(`${req.method} ${req.url}`);
    if (route === undefined) {
      app(req, res);
      return;
    }
    const facts = roads.begin(req, res);
    const serve = roads.serve.get(route);
    assert(serve !== undefined, 'every route is served');
    serve({ req, res, params: {}, query: {}, facts }).catch((error: unknown) => answerProblem(error, res, facts, log));
  };
}

function addressOf({ operationId, method, path }: Route): string {
  assert(!path.includes('{'), `${operationId}: a path with parameters takes the road through Express`);
  return `${method.toUpperCase()} ${path}`;
}
