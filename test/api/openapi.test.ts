// The document and the code are one: the committed file is current, Express serves exactly what it names, and it is a
// well-formed OpenAPI 3.1 document whose every schema compiles.
import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { Registry } from 'prom-client';
import { SCOPES } from '../../src/access/index.ts';
import type { ApiDeps } from '../../src/api/api-deps.ts';
import { buildOpenApi } from '../../src/api/index.ts';
import { makeApp } from '../../src/api/make-app.ts';
import { API_ROUTES } from '../../src/api/routes/index.ts';
import { createStreamGate } from '../../src/api/stream-gate.ts';
import { makeId } from '../../src/lib/ids.ts';
import { createLog } from '../../src/lib/log.ts';

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly tags?: string[];
  readonly security?: Record<string, string[]>[];
  readonly parameters?: { name: string; in: string; required: boolean; schema: object }[];
  readonly requestBody?: { content: Record<string, { schema: object }> };
  readonly responses: Record<string, { description?: string; $ref?: string }>;
}
interface Document {
  readonly openapi: string;
  readonly info: { title: string; version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: {
    schemas: Record<string, object>;
    responses: Record<string, object>;
    securitySchemes: Record<string, object>;
  };
}

const document = JSON.parse(JSON.stringify(buildOpenApi())) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, path, operation] as const),
);

/** What Express was told, read back from its router. */
function servedRoutes(): string[] {
  const deps = { log: createLog('silent'), metrics: new Registry(), makeId } as unknown as ApiDeps;
  const streams = createStreamGate({ total: 1, perCustomerKey: 1 });
  const app = makeApp(
    { deps, authenticate: async () => null, isLocal: () => false, isClosing: () => false, streams },
    API_ROUTES,
  );
  const layers = app.router.stack.flatMap(({ route }) => (route === undefined ? [] : [route]));
  return layers.flatMap((route) => {
    const methods = Object.keys((route as unknown as { methods: Record<string, boolean> }).methods);
    // Every method at once: that is the refusal of methods that a path does not take.
    if (methods.length > 1) return [];
    return methods
      .filter((method) => method !== '_all')
      .map((method) => `${method} ${route.path.replaceAll(/:(\w+)/g, '{$1}')}`);
  });
}

test('the committed openapi.json is what the code says; if not: npm run openapi', async () => {
  const committed = await readFile(new URL('../../openapi.json', import.meta.url), 'utf8');
  expect(JSON.parse(committed)).toEqual(document);
});

test('routes in code = routes in the document', () => {
  expect(servedRoutes().sort()).toEqual(operations.map(([name]) => name).sort());
  expect(operations.length).toBeGreaterThanOrEqual(40);
});

test('it is OpenAPI 3.1 with everything a reader needs', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document.info).toMatchObject({ title: expect.any(String), version: expect.stringMatching(/^\d+\.\d+\.\d+$/) });
  const ids = operations.map(([, , { operationId }]) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
});

test.each(operations)('%s', (_name, path, operation) => {
  expect(operation.summary).toMatch(/./);
  expect(operation.tags).toHaveLength(1);
  const parameters = operation.parameters ?? [];
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  expect(inPath.map(({ name }) => name).sort()).toEqual(
    [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort(),
  );
  expect(inPath.every(({ required }) => required)).toBe(true);
  for (const status of Object.keys(operation.responses)) expect(status).toMatch(/^[2-5]\d\d$/);
  expect(Object.keys(operation.responses).some((status) => status.startsWith('2'))).toBe(true);
  for (const { $ref, description } of Object.values(operation.responses)) expect($ref ?? description).toMatch(/./);
  // A key is asked for everywhere but on the four pages of operation, and by a scope that exists.
  const scopes = (operation.security ?? []).flatMap((scheme) => scheme.apiKey ?? []);
  expect(scopes).toHaveLength(/^\/(livez|readyz|openapi\.json)$/.test(path) ? 0 : 1);
  for (const scope of scopes) expect(SCOPES).toContain(scope);
});

test('every reference leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map((match) => match[1] ?? '');
  expect(references.length).toBeGreaterThan(50);
  for (const reference of new Set(references)) {
    const target = reference
      .split('/')
      .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);
    expect([reference, typeof target]).toEqual([reference, 'object']);
  }
});

test('every schema is a valid JSON Schema 2020-12', () => {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document, 'document');
  for (const name of Object.keys(document.components.schemas)) {
    expect(() => ajv.compile({ $ref: `document#/components/schemas/${name}` })).not.toThrow();
  }
  for (const [, , operation] of operations) {
    for (const { schema } of operation.parameters ?? []) expect(ajv.validateSchema(schema)).toBe(true);
    for (const { schema } of Object.values(operation.requestBody?.content ?? {}))
      expect(ajv.validateSchema(schema)).toBe(true);
  }
});

test('what goes in is closed: every request body refuses unknown fields', () => {
  const bodies = operations.flatMap(([, , { requestBody }]) => Object.values(requestBody?.content ?? {}));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'document');
  for (const { schema } of bodies) {
    const rooted = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/'));
    expect(ajv.validate(rooted, { surprise: 1 })).toBe(false);
  }
});
