// API keys: made, listed, rotated and revoked. Nobody hands on more than he holds, and a secret is shown exactly once.
import { z } from 'zod';
import {
  type Caller,
  createKey,
  getKey,
  holdsScope,
  holdsScopes,
  listKeys,
  loadKeyActor,
  revokeKey,
  rotateKey,
  SCOPES,
  type Scope,
  TWO_PEOPLE_SCOPES,
} from '../../access/index.ts';
import type { Queryable } from '../../db/index.ts';
import { customerIdSchema } from '../../events/envelope.ts';
import { DAY_MS, HOUR_MS } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';
import { defineRoute, defineWriteRoute } from '../define-route.ts';
import { atSchema, NO_CONTROL } from '../schemas/fields.ts';
import { listOf } from '../schemas/page.ts';

const scopeSchema = z.enum(SCOPES);
const access = { scope: 'keys:write', reach: 'lender' } as const;
const keyParams = z.strictObject({ keyId: z.string().regex(/^[0-9a-f]{16}$/) });

const apiKeySchema = z
  .object({
    keyId: z.string(),
    name: z.string(),
    scopes: z.array(scopeSchema),
    customerId: z.string().nullable().describe('The one customer this key reaches.'),
    state: z
      .enum(['live', 'rotated', 'expired', 'revoked'])
      .describe('`rotated`: works beside its successor until it expires.'),
    createdAt: atSchema,
    expiresAt: atSchema.nullable(),
    revokedAt: atSchema.nullable(),
    rotatedTo: z.string().nullable(),
    madeBy: z
      .string()
      .nullable()
      .describe(
        'The key that made it over the API: one hand with it where two people are needed. Null: the command line.',
      ),
  })
  .meta({ id: 'ApiKey' });

const createdKeySchema = z
  .object({ key: apiKeySchema, token: z.string().describe('The secret. Shown now and never again.') })
  .meta({ id: 'CreatedApiKey' });

const newKeySchema = z
  .strictObject({
    name: z.string().trim().min(1).max(100).regex(NO_CONTROL),
    scopes: z.array(scopeSchema).min(1).max(SCOPES.length),
    customerId: customerIdSchema.optional().describe('Binds the key to this customer.'),
    expiresInDays: z.int().min(1).max(3650).optional(),
  })
  .meta({ id: 'NewApiKey' });

const list = defineRoute({
  operationId: 'listKeys',
  method: 'get',
  path: '/api/keys',
  tag: 'Keys',
  summary: 'API keys, newest first',
  access,
  answers: { 200: { description: 'Every key, never a secret.', schema: listOf(apiKeySchema) } },
  handle: async ({ nowMs }, { pool }) => ({ status: 200, body: { items: await listKeys(pool, nowMs) } }),
});

const create = defineWriteRoute({
  operationId: 'createKey',
  method: 'post',
  path: '/api/keys',
  tag: 'Keys',
  summary: 'Make an API key',
  description:
    'Where two people are needed it counts as the hand of the key that made it. A second person gets a key from ' +
    '`ecs keys create`.',
  access,
  body: newKeySchema,
  answers: { 201: { description: 'Made.', schema: createdKeySchema } },
  answersSecret: true,
  handle: async ({ body, caller, nowMs }, _deps, tx) => {
    refuseMoreThanHeld(caller, body.scopes);
    const { expiresInDays, ...wanted } = body;
    const expiresAtMs = expiresInDays === undefined ? null : nowMs + expiresInDays * DAY_MS;
    return {
      status: 201,
      body: await createKey(
        tx,
        { ...wanted, customerId: body.customerId ?? null, expiresAtMs, madeBy: caller.keyId },
        nowMs,
      ),
    };
  },
});

const rotate = defineWriteRoute({
  operationId: 'rotateKey',
  method: 'post',
  path: '/api/keys/{keyId}/rotate',
  tag: 'Keys',
  summary: 'Replace a key; the old one works on for a while',
  access,
  params: keyParams,
  body: z
    .strictObject({ overlapHours: z.int().min(0).max(720).default(24) })
    .prefault({})
    .meta({ id: 'KeyRotation' }),
  answers: { 201: { description: 'The successor.', schema: createdKeySchema } },
  problems: ['ECS_CONFLICT'],
  answersSecret: true,
  handle: async ({ params, body, caller, nowMs }, _deps, tx) => {
    // Its new secret would come into the caller's hands.
    refuseMoreThanHeld(caller, (await getKey(tx, params.keyId, nowMs))?.scopes ?? []);
    await refuseOtherHand(tx, caller, params.keyId, nowMs);
    const rotation = { keyId: params.keyId, overlapMs: body.overlapHours * HOUR_MS, madeBy: caller.keyId };
    const created = await rotateKey(tx, rotation, nowMs);
    if (created === null) throw keyNotFound();
    return { status: 201, body: created };
  },
});

const revoke = defineWriteRoute({
  operationId: 'revokeKey',
  method: 'delete',
  path: '/api/keys/{keyId}',
  tag: 'Keys',
  summary: 'Revoke a key at once',
  access,
  params: keyParams,
  answers: { 200: { description: 'Revoked; the row stays, for the record.', schema: apiKeySchema } },
  handle: async ({ params, caller, nowMs }, _deps, tx) => {
    refuseMoreThanHeld(caller, (await getKey(tx, params.keyId, nowMs))?.scopes ?? []);
    const key = await revokeKey(tx, params.keyId, nowMs);
    if (key === null) throw keyNotFound();
    return { status: 200, body: key };
  },
});

function refuseMoreThanHeld(caller: Caller, scopes: readonly Scope[]): void {
  if (holdsScopes(caller.scopes, scopes)) return;
  throw new EcsError('ECS_FORBIDDEN', 'A key can make, rotate or revoke only keys whose scopes it holds itself.');
}

/** With the new secret of another person's key he would be two people. */
async function refuseOtherHand(tx: Queryable, caller: Caller, keyId: string, nowMs: number): Promise<void> {
  const scopes = (await getKey(tx, keyId, nowMs))?.scopes ?? [];
  if (!TWO_PEOPLE_SCOPES.some((scope) => holdsScope(scopes, scope))) return;
  const [own, other] = [await loadKeyActor(tx, caller.keyId), await loadKeyActor(tx, keyId)];
  if (own.holder === other.holder) return;
  throw new EcsError(
    'ECS_FORBIDDEN',
    `Keys with ${TWO_PEOPLE_SCOPES.join(' or ')} are rotated by their own hand, or on the command line.`,
  );
}

function keyNotFound(): EcsError {
  return new EcsError('ECS_NOT_FOUND', 'No such key.');
}

export const keyRoutes = [list, create, rotate, revoke];
