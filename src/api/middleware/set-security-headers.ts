// Headers of every answer: nothing may be loaded, framed or cached from an API answer. The readable API pages relax just
// what they need: scripts and styles from our own origin.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

const strict = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
  },
  referrerPolicy: { policy: 'no-referrer' },
  // ECS speaks plain HTTP behind a proxy that ends TLS: whether browsers must use TLS is the proxy's word.
  strictTransportSecurity: false,
});

const pages = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      'default-src': ["'none'"],
      'script-src': ["'self'"],
      'style-src': ["'self'"],
      'img-src': ["'self'", 'data:'],
      'connect-src': ["'self'"],
      'base-uri': ["'none'"],
      'form-action': ["'none'"],
      'frame-ancestors': ["'none'"],
    },
  },
  referrerPolicy: { policy: 'no-referrer' },
  strictTransportSecurity: false,
});

// Always the same ones: asked of helmet once instead of fourteen small functions for every request.
const STRICT_HEADERS = recordHeaders();

function recordHeaders(): readonly (readonly [string, string])[] {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  strict(request, response, () => {});
  return Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)]);
}

export function setSecurityHeaders(res: ServerResponse): void {
  res.setHeader('Cache-Control', 'no-store');
  for (const [name, value] of STRICT_HEADERS) res.setHeader(name, value);
}

export const allowOwnPages: RequestHandler = (req, res, next) => pages(req, res, next);
