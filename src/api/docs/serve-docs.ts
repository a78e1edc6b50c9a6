// The API document for readers: Swagger UI from our own origin, started by a file of our own, so that the strict content
// policy needs no exception for inline code. The Swagger files are copied beside this file by the build.
import { fileURLToPath } from 'node:url';
import { type RequestHandler, Router } from 'express';
import { allowOwnPages } from '../middleware/set-security-headers.ts';

/** The files of swagger-ui-dist that the page loads; the build copies exactly these. */
export const SWAGGER_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const;

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>ECS API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="api"></div>
<noscript>This page needs JavaScript; the document itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

const START = `window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#api',
  deepLinking: true,
  // No validator badge: it would send the document's address to a server of others.
  validatorUrl: null,
});
`;

const DOCS_DIR = fileURLToPath(new URL('./', import.meta.url));

export function serveDocs(docsDir: string = DOCS_DIR): Router {
  const router = Router({ strict: false });
  router.use(allowOwnPages, (_req, res, next) => {
    res.locals.route = '/docs';
    next();
  });
  router.get('/', (_req, res) => void res.type('html').send(PAGE));
  router.get('/start.js', (_req, res) => void res.type('text/javascript').send(START));
  for (const file of SWAGGER_FILES) router.get(`/${file}`, sendFile(docsDir, file));
  return router;
}

function sendFile(root: string, file: string): RequestHandler {
  return (_req, res, next) => {
    res.set('Cache-Control', 'public, max-age=3600');
    res.sendFile(file, { root, cacheControl: false }, (error) => {
      if (error === undefined) return;
      res.set('Cache-Control', 'no-store');
      // Absent from a source tree that was never built: a path that does not exist there.
      next('code' in error && error.code === 'ENOENT' ? undefined : error);
    });
  };
}
