// Puts routes, headers, measuring, pages and problems together into one Express application.
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { assert } from '../lib/assert.ts';
import type { Log } from '../lib/log.ts';
import { type BeginExchange, createBeginExchange } from './begin-exchange.ts';
import type { Route } from './define-route.ts';
import { serveDocs } from './docs/serve-docs.ts';
import { answerProblem, refuseMethod, refuseUnknownPath } from './middleware/answer-problems.ts';
import type { ServeContext } from './serve-context.ts';
import { type ServeExchange, serveRoute } from './serve-route.ts';

export function makeApp(context: ServeContext, routes: readonly Route[], given?: Roads): Express {
  const { deps } = context;
  const { begin, serve } = given ?? createRoads(context, routes);
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.use((req, res, next) => {
    res.locals = begin(req, res) as typeof res.locals;
    next();
  });
  for (const route of routes) app[route.method](toExpressPath(route.path), toHandler(serve.get(route)));
  for (const [path, methods] of methodsByPath(routes)) app.all(toExpressPath(path), refuseMethod(methods));
  app.use(leadToDocs);
  app.use('/docs', serveDocs(deps.docsDir));
  app.use(refuseUnknownPath);
  app.use(answerProblems(deps.log));
  return app;
}

/** What the road through Express and the one ahead of it have in common. */
export interface Roads {
  readonly begin: BeginExchange;
  readonly serve: ReadonlyMap<Route, ServeExchange>;
}

export function createRoads(context: ServeContext, routes: readonly Route[]): Roads {
  return {
    begin: createBeginExchange(context),
    serve: new Map(routes.map((route) => [route, serveRoute(route, context)])),
  };
}

function toHandler(serve: ServeExchange | undefined): RequestHandler {
  assert(serve !== undefined, 'every route is served');
  return (req, res) => serve({ req, res, params: req.params, query: req.query, facts: res.locals });
}

function answerProblems(log: Log): ErrorRequestHandler {
  return (error: unknown, _req, res, _next) => answerProblem(error, res, res.locals, log);
}

/** Whoever opens the bare address is looking for a way in; it is a page and no route of the API. */
const leadToDocs: RequestHandler = (req, res, next) => {
  if (req.path === '/' && req.method === 'GET') res.redirect('/docs');
  else next();
};

export function toExpressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}

function methodsByPath(routes: readonly Route[]): Map<string, string[]> {
  const methods = new Map<string, string[]>();
  for (const { path, method } of routes) {
    methods.set(path, [...(methods.get(path) ?? []), ...(method === 'get' ? ['get', 'head'] : [method])]);
  }
  return methods;
}
