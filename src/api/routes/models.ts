// The registry of models: what there is, what is registered, which challenger scores in the champion's shadow.
import { z } from 'zod';
import { loadKeyActor } from '../../access/index.ts';
import type { Queryable } from '../../db/index.ts';
import { EcsError, isEcsError } from '../../lib/errors.ts';
import {
  clearChallenger,
  getModel,
  listModelHistory,
  listModels,
  MODEL_ACTIONS,
  MODEL_ALIASES,
  type RegisteredModel,
  recalibrationSchema,
  registerModel,
  setChallenger,
} from '../../model/index.ts';
import { loadShadowSummary } from '../../shadow/index.ts';
import { defineRoute, defineWriteRoute } from '../define-route.ts';
import { atSchema, modelVersionField, reasonField } from '../schemas/fields.ts';
import { listOf } from '../schemas/page.ts';

const tag = 'Models';
const readers = { scope: 'decisions:read', reach: 'lender' } as const;
const writers = { scope: 'models:write', reach: 'lender' } as const;
/** A large scorecard with all its pair tables is well below one. */
const ARTEFACT_BYTES_MAX = 4 * 1024 * 1024;
const PAST_DAYS_MAX = 365;

const documentSchema = z.record(z.string(), z.unknown());
const modelSchema = z
  .object({
    modelVersion: z.string().describe('SHA-256 of the canonical document.'),
    alias: z.enum(MODEL_ALIASES).nullable().describe('`champion` decides, `challenger` scores in its shadow.'),
    name: z.string().nullable(),
    registeredAt: atSchema,
    registeredBy: z.string(),
    training: documentSchema.nullable().describe('Facts of the training run: data, seed, measures.'),
    recalibration: recalibrationSchema
      .nullable()
      .describe(
        "Refitted on a lender's own outcomes (`ecs model anchor`); null: the odds are those of the training data.",
      ),
    artefact: documentSchema.nullable().describe('The whole document; in the list only of models with an alias.'),
  })
  .meta({ id: 'Model' });

const modelParams = z.strictObject({ model: z.union([modelVersionField, z.enum(MODEL_ALIASES)]) });

const list = defineRoute({
  operationId: 'listModels',
  method: 'get',
  path: '/api/models',
  tag,
  summary: 'Registered models: the champion, the challenger, then the newest first',
  access: readers,
  answers: { 200: { description: 'At most 200.', schema: listOf(modelSchema) } },
  handle: async (_request, { pool }) => ({ status: 200, body: { items: await listModels(pool) } }),
});

const get = defineRoute({
  operationId: 'getModel',
  method: 'get',
  path: '/api/models/{model}',
  tag,
  summary: 'One model with its whole document, by version or by alias',
  access: readers,
  params: modelParams,
  answers: { 200: { description: 'The model.', schema: modelSchema } },
  handle: async ({ params }, { pool }) => ({ status: 200, body: await requireModel(pool, params.model) }),
});

const register = defineWriteRoute({
  operationId: 'registerModel',
  method: 'post',
  path: '/api/models',
  tag,
  summary: 'Register a model; it decides nothing until it is promoted',
  description: 'The document is checked like a model file: tables, directions, features. Its version follows from it.',
  access: writers,
  body: z
    .strictObject({ artefact: documentSchema, reason: reasonField })
    .meta({ id: 'NewModel', description: 'What `ecs model train` wrote, and why it is registered.' }),
  bodyBytesMax: ARTEFACT_BYTES_MAX,
  answers: {
    200: { description: 'The same model was registered before.', schema: z.object({ modelVersion: z.string() }) },
    201: { description: 'Registered.', schema: z.object({ modelVersion: z.string() }) },
  },
  handle: async ({ body, caller, nowMs }, _deps, tx) => {
    const by = { actor: await loadKeyActor(tx, caller.keyId), reason: body.reason, nowMs };
    const { modelVersion, isNew } = await registerModel(tx, body.artefact, by).catch(refuseAsField);
    return { status: isNew ? 201 : 200, body: { modelVersion } };
  },
});

/** The field is named inside the request, not inside a file. */
function refuseAsField(error: unknown): never {
  if (!isEcsError(error, 'ECS_MODEL_INVALID')) throw error;
  const field = `artefact.${String(error.facts.field ?? '')}`;
  throw new EcsError('ECS_REQUEST_INVALID', error.message, { cause: error, facts: { field } });
}

const putChallenger = defineWriteRoute({
  operationId: 'setChallenger',
  method: 'put',
  path: '/api/models/challenger',
  tag,
  summary: 'Let a model score in the shadow of the champion',
  description: 'It scores every stored decision once more, has no effect on any, and is compared at `.../shadow`.',
  access: writers,
  body: z
    .strictObject({
      modelVersion: modelVersionField,
      reason: reasonField,
      pastDays: z.int().min(0).max(PAST_DAYS_MAX).default(0).describe('Also score what was decided in so many days.'),
    })
    .meta({ id: 'ChallengerWish' }),
  answers: { 200: { description: 'The challenger.', schema: modelSchema } },
  problems: ['ECS_CONFLICT', 'ECS_VERSION_UNKNOWN'],
  handle: async ({ body, caller, nowMs }, _deps, tx) => {
    await setChallenger(tx, body, await loadKeyActor(tx, caller.keyId), nowMs);
    return { status: 200, body: await requireModel(tx, body.modelVersion) };
  },
});

const removeChallenger = defineWriteRoute({
  operationId: 'clearChallenger',
  method: 'delete',
  path: '/api/models/challenger',
  tag,
  summary: 'Have no challenger; what it scored stays',
  access: writers,
  query: z.strictObject({ reason: reasonField }),
  answers: { 200: { description: 'Which it was.', schema: z.object({ modelVersion: z.string() }) } },
  problems: ['ECS_NOT_FOUND'],
  handle: async ({ query, caller, nowMs }, _deps, tx) => {
    const modelVersion = await clearChallenger(tx, query.reason, await loadKeyActor(tx, caller.keyId), nowMs);
    return { status: 200, body: { modelVersion } };
  },
});

const shareSchema = z.number().min(0).max(1);
const shadowSchema = z
  .object({
    modelVersion: z.string(),
    begunAt: atSchema.describe('Decisions from here on are scored.'),
    scoredTo: atSchema.describe('Everything decided before it has been.'),
    comparisons: z.array(
      z.object({
        championVersion: z.string(),
        decisions: z.int(),
        firstDecidedAt: atSchema,
        lastDecidedAt: atSchema,
        meanProbabilityOfDefault: z.number(),
        championMeanProbabilityOfDefault: z.number(),
        meanProbabilityOfDefaultDifference: z.number().describe('Challenger less champion.'),
        otherOutcomeShare: shareSchema.describe('Share of decisions with another outcome.'),
        otherBandShare: shareSchema.describe('... in another risk band.'),
        otherLimitShare: shareSchema.describe('... with another limit.'),
        scorePsi: z.number().describe("Population stability index of its scores against the champion's."),
      }),
    ),
  })
  .meta({ id: 'ShadowSummary' });

const shadow = defineRoute({
  operationId: 'getShadowSummary',
  method: 'get',
  path: '/api/models/{model}/shadow',
  tag,
  summary: 'What a challenger would have decided, beside what was decided',
  description: 'Both sides without emotion, on the same stored inputs, one comparison for each champion it met.',
  access: readers,
  params: modelParams,
  answers: { 200: { description: 'The comparison.', schema: shadowSchema } },
  handle: async ({ params }, { pool }) => {
    const { modelVersion } = await requireModel(pool, params.model);
    const summary = await loadShadowSummary(pool, modelVersion);
    if (summary === null) throw new EcsError('ECS_NOT_FOUND', 'This model never was a challenger.');
    return { status: 200, body: summary };
  },
});

const historySchema = z
  .object({
    action: z.enum(MODEL_ACTIONS),
    modelVersion: z.string(),
    previousVersion: z.string().nullable().describe('What held the alias before.'),
    proposalId: z.string().nullable(),
    reason: z.string(),
    actedAt: atSchema,
    actedBy: z.string(),
  })
  .meta({ id: 'ModelHistoryEntry' });

const history = defineRoute({
  operationId: 'listModelHistory',
  method: 'get',
  path: '/api/model-history',
  tag,
  summary: 'Everything that was done to models: what, when, by whom and why',
  access: readers,
  answers: { 200: { description: 'The newest 500 entries; only ever added to.', schema: listOf(historySchema) } },
  handle: async (_request, { pool }) => ({ status: 200, body: { items: await listModelHistory(pool) } }),
});

async function requireModel(db: Queryable, model: string): Promise<RegisteredModel> {
  const found = await getModel(db, model);
  if (found === null) throw new EcsError('ECS_NOT_FOUND', 'No such model.');
  return found;
}

export const modelRoutes = [list, get, register, putChallenger, removeChallenger, shadow, history];
