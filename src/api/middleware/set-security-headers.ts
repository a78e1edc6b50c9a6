// Headers of every answer: nothing may be loaded, framed or cached from an API answer. The readable API pages relax just
// what they need: scripts and styles from our own origin.
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

export const setSecurityHeaders: RequestHandler = (req, res, next) => {
  res.set('Cache-Control', 'no-store');
  strict(req, res, next);
};

export const allowOwnPages: RequestHandler = (req, res, next) => pages(req, res, next);
