// Is the process alive, is it ready, how does it fare, and what does it offer.
import { z } from 'zod';
import { isEcsError } from '../../lib/errors.ts';
import type { ApiDeps, RoleReadiness } from '../api-deps.ts';
import { defineRoute, type Route } from '../define-route.ts';

const READINESS_WITHIN_MS = 5_000;

const livezSchema = z.object({ alive: z.literal(true) });
const readyzSchema = z
  .object({
    ready: z.boolean(),
    roles: z.array(z.object({ role: z.string(), ready: z.boolean(), reason: z.string().optional() })),
  })
  .meta({ id: 'Readiness' });

const livez = defineRoute({
  operationId: 'getLiveness',
  method: 'get',
  path: '/livez',
  tag: 'System',
  summary: 'Is the process alive?',
  access: 'public',
  answers: { 200: { description: 'Alive.', schema: livezSchema } },
  handle: async () => ({ status: 200, body: { alive: true } as const }),
});

const readyz = defineRoute({
  operationId: 'getReadiness',
  method: 'get',
  path: '/readyz',
  tag: 'System',
  summary: 'Can every role of this process do its work?',
  access: 'public',
  answers: {
    200: { description: 'Ready.', schema: readyzSchema },
    503: { description: 'Not ready, and why, role by role.', schema: readyzSchema, headers: { 'Retry-After': '2' } },
  },
  handle: async (_request, deps) => {
    const roles = await loadReadiness(deps);
    const ready = roles.every((role) => role.ready);
    return { status: ready ? 200 : 503, body: { ready, roles } };
  },
});

/** A role that cannot even say how it is within five seconds is not ready. */
async function loadReadiness(deps: ApiDeps): Promise<readonly RoleReadiness[]> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<RoleReadiness[]>((resolve) => {
    timer = setTimeout(() => resolve([{ role: 'all', ready: false, reason: 'no answer' }]), READINESS_WITHIN_MS);
  });
  try {
    return await Promise.race([deps.readiness(), silence]);
  } catch (error) {
    if (!isEcsError(error)) throw error;
    return [{ role: 'all', ready: false, reason: error.code }];
  } finally {
    clearTimeout(timer);
  }
}

const metrics = defineRoute({
  operationId: 'getMetrics',
  method: 'get',
  path: '/metrics',
  tag: 'System',
  summary: 'Prometheus metrics',
  description: 'Needs no key while the server is bound to a loopback address and no proxy stands in front.',
  access: { scope: 'metrics:read', reach: 'lender', openOnLoopback: true },
  answers: { 200: { description: 'Metrics.', schema: z.string(), mediaType: 'text/plain; version=0.0.4' } },
  handle: async (_request, deps) => ({ status: 200, body: await deps.metrics.metrics() }),
});

/** The document describes this route too, so it is asked for only when somebody calls. */
export function makeSystemRoutes(getOpenApi: () => object): readonly Route[] {
  const openapi = defineRoute({
    operationId: 'getOpenApi',
    method: 'get',
    path: '/openapi.json',
    tag: 'System',
    summary: 'This document',
    access: 'public',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: z.record(z.string(), z.unknown()) } },
    handle: async () => ({ status: 200, body: { ...getOpenApi() } }),
  });
  return [livez, readyz, metrics, openapi];
}
