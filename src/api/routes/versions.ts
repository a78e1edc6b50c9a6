// Which model scores and which policies decide: the documents themselves, as promised readable.
import { z } from 'zod';
import { PACK_NAMES } from '../../policy/index.ts';
import { defineRoute } from '../define-route.ts';
import { listOf } from '../schemas/page.ts';

const access = { scope: 'decisions:read', reach: 'lender' } as const;
const documentSchema = z.record(z.string(), z.unknown());

const models = defineRoute({
  operationId: 'listModels',
  method: 'get',
  path: '/api/models',
  tag: 'Versions',
  summary: 'The model that scores',
  access,
  answers: {
    200: {
      description: 'The champion with its whole document.',
      schema: listOf(
        z
          .object({ modelVersion: z.string(), alias: z.enum(['champion', 'challenger']), artefact: documentSchema })
          .meta({ id: 'Model' }),
      ),
    },
  },
  handle: async (_request, { model }) => ({
    status: 200,
    body: {
      items: [{ modelVersion: model.modelVersion, alias: 'champion' as const, artefact: { ...model.artefact } }],
    },
  }),
});

const policies = defineRoute({
  operationId: 'listPolicies',
  method: 'get',
  path: '/api/policies',
  tag: 'Versions',
  summary: 'The policies that decide, one for each pack',
  access,
  answers: {
    200: {
      description: 'With their whole documents.',
      schema: listOf(
        z
          .object({
            policyVersion: z.string(),
            pack: z.enum(PACK_NAMES),
            isDefault: z.boolean(),
            document: documentSchema,
          })
          .meta({ id: 'Policy' }),
      ),
    },
  },
  handle: async (_request, { policies: { byPack, defaultPack } }) => ({
    status: 200,
    body: {
      items: [...byPack.values()].map(({ policyVersion, pack, document }) => ({
        policyVersion,
        pack,
        isDefault: pack === defaultPack,
        document: { ...document },
      })),
    },
  }),
});

export const versionRoutes = [models, policies];
