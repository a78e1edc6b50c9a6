// Which policies decide: the documents themselves, as promised readable.
import { z } from 'zod';
import { PACK_NAMES } from '../../policy/index.ts';
import { defineRoute } from '../define-route.ts';
import { listOf } from '../schemas/page.ts';

const access = { scope: 'decisions:read', reach: 'lender' } as const;
const documentSchema = z.record(z.string(), z.unknown());

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

export const versionRoutes = [policies];
