// The OpenAPI 3.1 document, made from the very values that Express serves. Needs no server and no database.
import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { outgoingEventSchema } from '../events/outgoing-event.ts';
import type { ErrorCode } from '../lib/errors.ts';
import type { AnswerSpecs, Route } from './define-route.ts';
import { PROBLEM_KINDS, type ProblemKind } from './present-error.ts';
import { PROBLEM_MEDIA_TYPE, problemSchema } from './problem.ts';

/** Of the API, not of the program: rises by what a caller would notice. */
const API_VERSION = '0.1.0';

const INFO = {
  title: 'Empathetic Credit System',
  version: API_VERSION,
  description:
    'Credit limits from money and feelings, decided in real time and explained. Amounts are integers in minor units, ' +
    'instants are RFC 3339 in UTC, lists are paged by opaque cursors, errors are problem details (RFC 9457).',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
};

export function buildOpenApiOf(routes: readonly Route[]): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key. The scope an operation needs stands in its security requirement.',
  });
  for (const route of routes) registry.registerPath(describeRoute(route, registry));
  registry.registerWebhook(OUTGOING_EVENT);
  return new OpenApiGeneratorV31([...registry.definitions, { type: 'schema', schema: problemSchema }], {
    sortComponents: 'alphabetically',
  }).generateDocument({
    openapi: '3.1.0',
    info: INFO,
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
  });
}

function describeRoute(route: Route, registry: OpenAPIRegistry): RouteConfig {
  return {
    operationId: route.operationId,
    method: route.method,
    path: route.path,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    security: route.access === 'public' ? [] : [{ apiKey: [route.access.scope] }],
    request: {
      params: route.params,
      query: route.query,
      ...(takesIdempotencyKey(route) ? { headers: IDEMPOTENCY_HEADERS } : {}),
      ...describeBody(route),
    },
    responses: { ...describeProblems(route, registry), ...describeAnswers(route.answers) },
  };
}

const IDEMPOTENCY_HEADERS = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Any unique text. The same key with the same request answers as the first time, with another one 422.'),
});

function takesIdempotencyKey(route: Route): boolean {
  return route.work.kind === 'shared' || (route.work.kind === 'transaction' && !route.work.answersSecret);
}

function describeBody(route: Route) {
  if (!route.takesBody) return {};
  const schemas = route.bodyDocument ?? { 'application/json': route.body };
  const content = Object.fromEntries(Object.entries(schemas).map(([mediaType, schema]) => [mediaType, { schema }]));
  return { body: { required: !route.body.safeParse(undefined).success, content } };
}

function describeAnswers(answers: AnswerSpecs): Record<string, ResponseConfig> {
  return Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema, mediaType = 'application/json' }]) => [
      status,
      schema === undefined ? { description } : { description, content: { [mediaType]: { schema } } },
    ]),
  );
}

/** Routes that refuse alike share one description. */
function describeProblems(route: Route, registry: OpenAPIRegistry): Record<string, { $ref: string }> {
  const kinds = new Map(problemsOf(route).map((code) => [PROBLEM_KINDS[code].slug, PROBLEM_KINDS[code]]));
  const statuses = [...new Set([...kinds.values()].map((kind) => kind.status))].sort();
  return Object.fromEntries(
    statuses.map((status) => {
      const alike = [...kinds.values()]
        .filter((kind) => kind.status === status)
        .sort((a, b) => (a.slug < b.slug ? -1 : 1));
      return [
        status,
        registry.registerComponent('responses', alike.map(({ slug }) => slug).join('.'), describeProblem(alike)).ref,
      ];
    }),
  );
}

function describeProblem(alike: readonly ProblemKind[]) {
  const retryable = alike.some((kind) => kind.retryAfterSeconds !== undefined);
  return {
    description: alike.map(({ title, slug }) => `${title} (\`urn:ecs:problem:${slug}\`).`).join(' '),
    content: { [PROBLEM_MEDIA_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
    ...(retryable
      ? { headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' as const } } } }
      : {}),
  };
}

/** What a route may refuse follows from what it takes; only the rest is written at the route. */
export function problemsOf(route: Route): readonly ErrorCode[] {
  const codes: ErrorCode[] = ['ECS_INTERNAL', 'ECS_REQUEST_INVALID', ...(route.problems ?? [])];
  if (route.access !== 'public') codes.push('ECS_UNAUTHENTICATED', 'ECS_FORBIDDEN', 'ECS_DATABASE_UNAVAILABLE');
  if (Object.keys(route.params.shape).length > 0) codes.push('ECS_NOT_FOUND');
  if (route.takesBody) codes.push('ECS_PAYLOAD_TOO_LARGE', 'ECS_UNSUPPORTED_MEDIA');
  if (takesIdempotencyKey(route)) codes.push('ECS_IDEMPOTENCY_RUNNING', 'ECS_IDEMPOTENCY_MISMATCH');
  if (route.work.kind === 'shared') codes.push('ECS_BUSY');
  if (route.work.kind === 'stream') codes.push('ECS_TOO_MANY_STREAMS');
  return codes;
}

const OUTGOING_EVENT: RouteConfig = {
  method: 'post',
  path: 'outgoingEvent',
  operationId: 'receiveEvent',
  summary: 'What ECS sends to a registered webhook',
  description: 'Signed after Standard Webhooks: webhook-id, webhook-timestamp, webhook-signature.',
  request: {
    body: {
      required: true,
      content: { 'application/cloudevents+json': { schema: outgoingEventSchema.meta({ id: 'OutgoingEvent' }) } },
    },
  },
  responses: { '2XX': { description: 'Taken. Anything else is tried again.' } },
};
