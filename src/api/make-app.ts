// Puts routes, headers, measuring, pages and problems together into one Express application.
import express, { type Express, type RequestHandler } from 'express';
import type { Route } from './define-route.ts';
import { serveDocs } from './docs/serve-docs.ts';
import { answerProblems, refuseMethod, refuseUnknownPath } from './middleware/answer-problems.ts';
import { identifyRequest } from './middleware/identify-request.ts';
import { observeRequests } from './middleware/observe-requests.ts';
import { setSecurityHeaders } from './middleware/set-security-headers.ts';
import type { ServeContext } from './serve-context.ts';
import { serveRoute } from './serve-route.ts';

export function makeApp(context: ServeContext, routes: readonly Route[]): Express {
  const { deps } = context;
  const app = express();
  app.disable('x-powered-by').disable('etag').enable('case sensitive routing').enable('strict routing');
  app.use(identifyRequest(deps.makeId), observeRequests(deps.metrics, deps.log), setSecurityHeaders);
  app.use((_req, res, next) => {
    if (context.isClosing()) res.set('Connection', 'close');
    next();
  });
  for (const route of routes) app[route.method](toExpressPath(route.path), serveRoute(route, context));
  for (const [path, methods] of methodsByPath(routes)) app.all(toExpressPath(path), refuseMethod(methods));
  app.use(leadToDocs);
  app.use('/docs', serveDocs(deps.docsDir));
  app.use(refuseUnknownPath);
  app.use(answerProblems(deps.log));
  return app;
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
