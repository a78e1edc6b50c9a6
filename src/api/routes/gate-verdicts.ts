// What the evidence gate said about the lender's own outcomes: every verdict with its evidence and its picture, and the
// second person's word that lets one open. Verdicts are registered by the command that asks the gate (`ecs model gate`).
import { z } from 'zod';
import { loadKeyActor } from '../../access/index.ts';
import { EcsError } from '../../lib/errors.ts';
import {
  approveVerdict,
  type GateVerdict,
  gateVerdictSchema,
  listVerdicts,
  loadVerdictDocument,
  renderGatePicture,
} from '../../model/index.ts';
import type { ApiDeps } from '../api-deps.ts';
import { defineRoute, defineWriteRoute } from '../define-route.ts';
import { atSchema } from '../schemas/fields.ts';
import { listOf } from '../schemas/page.ts';

const tag = 'Models';
const readers = { scope: 'decisions:read', reach: 'lender' } as const;
const verdictParams = z.strictObject({
  verdictSha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected the 64 hex digits of a verdict'),
});
const stateSchema = z.enum(['open', 'shut']);

const registeredSchema = z
  .object({
    verdictSha256: z.string().describe('SHA-256 of the document: the name under which decisions stand.'),
    state: stateSchema,
    blockSha256: z.string().describe('The emotion block it is about; it is good for no other one.'),
    validUntil: atSchema.nullable().describe('From then on it permits nothing.'),
    registeredAt: atSchema,
    registeredBy: z.string(),
    inForceAt: atSchema.nullable().describe('Null: it opens, and waits for a second person.'),
    approvedBy: z.string().nullable(),
  })
  .meta({ id: 'RegisteredVerdict' });

const list = defineRoute({
  operationId: 'listGateVerdicts',
  method: 'get',
  path: '/api/gate-verdicts',
  tag,
  summary: 'Verdicts of the evidence gate, newest first',
  description: 'None: emotion adds exactly 0 to the probability of default.',
  access: readers,
  answers: { 200: { description: 'At most 200.', schema: listOf(registeredSchema) } },
  handle: async (_request, { pool }) => ({ status: 200, body: { items: await listVerdicts(pool) } }),
});

async function requireDocument({ pool }: Pick<ApiDeps, 'pool'>, verdictSha256: string): Promise<GateVerdict> {
  const verdict = await loadVerdictDocument(pool, verdictSha256);
  if (verdict === null) throw new EcsError('ECS_NOT_FOUND', 'No such verdict.');
  return verdict;
}

const get = defineRoute({
  operationId: 'getGateVerdict',
  method: 'get',
  path: '/api/gate-verdicts/{verdictSha256}',
  tag,
  summary: 'One verdict with its evidence, look by look',
  access: readers,
  params: verdictParams,
  problems: ['ECS_VERSION_UNKNOWN'],
  answers: { 200: { description: 'The document.', schema: gateVerdictSchema.meta({ id: 'GateVerdict' }) } },
  handle: async ({ params }, deps) => ({ status: 200, body: await requireDocument(deps, params.verdictSha256) }),
});

const picture = defineRoute({
  operationId: 'getGatePicture',
  method: 'get',
  path: '/api/gate-verdicts/{verdictSha256}/picture',
  tag,
  summary: 'The evidence of a verdict as a picture',
  access: readers,
  params: verdictParams,
  problems: ['ECS_VERSION_UNKNOWN'],
  answers: { 200: { description: 'SVG.', schema: z.string(), mediaType: 'image/svg+xml' } },
  handle: async ({ params }, deps) => ({
    status: 200,
    body: renderGatePicture(await requireDocument(deps, params.verdictSha256)),
  }),
});

const approve = defineWriteRoute({
  operationId: 'approveGateVerdict',
  method: 'post',
  path: '/api/gate-verdicts/{verdictSha256}/approve',
  tag,
  summary: 'Let a verdict open the gate, as the second person',
  description:
    'Whoever registered it is refused, also with a key made or rotated by the same hand. A verdict that shuts needs nobody else.',
  access: { scope: 'models:promote', reach: 'lender' },
  params: verdictParams,
  answers: {
    200: {
      description: 'In force.',
      schema: z.object({ verdictSha256: z.string(), state: stateSchema, inForce: z.boolean() }),
    },
  },
  problems: ['ECS_CONFLICT'],
  handle: async ({ params, caller, nowMs }, _deps, tx) => {
    const actor = await loadKeyActor(tx, caller.keyId);
    return { status: 200, body: await approveVerdict(tx, params.verdictSha256, actor, nowMs) };
  },
});

export const gateVerdictRoutes = [list, get, picture, approve];
