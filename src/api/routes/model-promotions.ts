// Putting a model in force: one person proposes, another approves; and the brake that one person may pull alone.
import { z } from 'zod';
import { loadKeyActor } from '../../access/index.ts';
import { EcsError } from '../../lib/errors.ts';
import {
  approveProposal,
  getProposal,
  listProposals,
  PROPOSAL_STATES,
  proposeChampion,
  rejectProposal,
  rollBack,
} from '../../model/index.ts';
import { defineRoute, defineWriteRoute } from '../define-route.ts';
import { atSchema, modelVersionField, reasonField } from '../schemas/fields.ts';
import { listOf } from '../schemas/page.ts';

const tag = 'Models';
const readers = { scope: 'decisions:read', reach: 'lender' } as const;
const promoters = { scope: 'models:promote', reach: 'lender' } as const;
const proposalParams = z.strictObject({ proposalId: z.uuid() });
const whySchema = z.strictObject({ reason: reasonField }).meta({ id: 'ModelVerdict' });

const proposalSchema = z
  .object({
    proposalId: z.string(),
    modelVersion: z.string(),
    championVersion: z.string().describe('In force when it was proposed: what it is to replace.'),
    state: z.enum(PROPOSAL_STATES).describe('`overtaken`: another model came into force since it was proposed.'),
    reason: z.string(),
    proposedAt: atSchema,
    proposedBy: z.string(),
    expiresAt: atSchema,
    closedAt: atSchema.nullable(),
    closedBy: z.string().nullable(),
    closingReason: z.string().nullable(),
  })
  .meta({ id: 'ModelProposal' });

const list = defineRoute({
  operationId: 'listModelProposals',
  method: 'get',
  path: '/api/model-proposals',
  tag,
  summary: 'Proposed promotions, newest first',
  access: readers,
  answers: { 200: { description: 'At most 200.', schema: listOf(proposalSchema) } },
  handle: async ({ nowMs }, { pool }) => ({ status: 200, body: { items: await listProposals(pool, nowMs) } }),
});

const get = defineRoute({
  operationId: 'getModelProposal',
  method: 'get',
  path: '/api/model-proposals/{proposalId}',
  tag,
  summary: 'One proposed promotion',
  access: readers,
  params: proposalParams,
  answers: { 200: { description: 'The proposal.', schema: proposalSchema } },
  handle: async ({ params, nowMs }, { pool }) => {
    const proposal = await getProposal(pool, params.proposalId, nowMs);
    if (proposal === null) throw new EcsError('ECS_NOT_FOUND', 'No such proposal.');
    return { status: 200, body: proposal };
  },
});

const propose = defineWriteRoute({
  operationId: 'proposeChampion',
  method: 'post',
  path: '/api/model-proposals',
  tag,
  summary: 'Propose a registered model as champion',
  description:
    'Another person approves within seven days. It rests on the champion of now: if that changes, propose again.',
  access: promoters,
  body: z.strictObject({ modelVersion: modelVersionField, reason: reasonField }).meta({ id: 'NewModelProposal' }),
  answers: { 201: { description: 'Proposed.', schema: proposalSchema } },
  problems: ['ECS_CONFLICT', 'ECS_VERSION_UNKNOWN'],
  handle: async ({ body, caller, nowMs }, { makeId }, tx) => {
    const actor = await loadKeyActor(tx, caller.keyId);
    return { status: 201, body: await proposeChampion(tx, { ...body, proposalId: makeId() }, actor, nowMs) };
  },
});

const approve = defineWriteRoute({
  operationId: 'approveModelProposal',
  method: 'post',
  path: '/api/model-proposals/{proposalId}/approve',
  tag,
  summary: 'Approve as the second person; the model decides from now on',
  description:
    'Every process follows within two seconds. Whoever proposed is refused, also with a key made or rotated by the same hand.',
  access: promoters,
  params: proposalParams,
  body: whySchema,
  answers: { 200: { description: 'Approved.', schema: proposalSchema } },
  problems: ['ECS_CONFLICT'],
  handle: async ({ params, body, caller, nowMs }, _deps, tx) => {
    const actor = await loadKeyActor(tx, caller.keyId);
    return { status: 200, body: await approveProposal(tx, { ...params, ...body }, actor, nowMs) };
  },
});

const reject = defineWriteRoute({
  operationId: 'rejectModelProposal',
  method: 'post',
  path: '/api/model-proposals/{proposalId}/reject',
  tag,
  summary: 'Reject a proposal; withdraw it, where it is your own',
  access: promoters,
  params: proposalParams,
  body: whySchema,
  answers: { 200: { description: 'Closed.', schema: proposalSchema } },
  problems: ['ECS_CONFLICT'],
  handle: async ({ params, body, caller, nowMs }, _deps, tx) => {
    const actor = await loadKeyActor(tx, caller.keyId);
    return { status: 200, body: await rejectProposal(tx, { ...params, ...body }, actor, nowMs) };
  },
});

const rollback = defineWriteRoute({
  operationId: 'rollBackChampion',
  method: 'post',
  path: '/api/models/rollback',
  tag,
  summary: 'Take the last promotion back, alone',
  description:
    'The emergency brake: within 30 days of a promotion, and only to the model that was in force just before it. ' +
    'Anything further takes a proposal and a second person.',
  access: promoters,
  body: z.strictObject({ reason: reasonField }).meta({ id: 'ModelRollback' }),
  answers: {
    200: { description: 'In force again.', schema: z.object({ from: z.string(), to: z.string() }) },
  },
  problems: ['ECS_CONFLICT'],
  handle: async ({ body, caller, nowMs }, _deps, tx) => ({
    status: 200,
    body: await rollBack(tx, body.reason, await loadKeyActor(tx, caller.keyId), nowMs),
  }),
});

export const modelPromotionRoutes = [list, get, propose, approve, reject, rollback];
