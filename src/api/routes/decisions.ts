// Stored decisions: searched, exported, read and replayed.
import { z } from 'zod';
import {
  CHANGE_STATES,
  CHECKED_ON,
  type DecisionQuery,
  getDecision,
  listDecisions,
  loadWhatWouldChange,
  replayDecision,
} from '../../decision/index.ts';
import { customerIdSchema, instantSchema } from '../../events/envelope.ts';
import { parseInstant } from '../../events/parse-instant.ts';
import { writeCsvLine } from '../../lib/csv-line.ts';
import { EcsError } from '../../lib/errors.ts';
import { DECISION_COLUMNS, toDecisionCells } from '../decision-csv.ts';
import { defineRoute, defineStreamRoute } from '../define-route.ts';
import { decisionSchema, outcomeSchema } from '../schemas/decision.ts';
import { minorSchema } from '../schemas/fields.ts';
import { pageFields, pageOf } from '../schemas/page.ts';
import { writePiece } from '../write-piece.ts';

const instantField = instantSchema
  .transform(parseInstant)
  .pipe(z.int('expected an instant that exists'))
  .meta({ type: 'string', format: 'date-time' });

const filterFields = {
  customerId: customerIdSchema.optional(),
  outcome: outcomeSchema.optional(),
  reason: z
    .string()
    .regex(/^[a-z0-9_]{1,64}$/)
    .optional()
    .describe('A reason code, told or not.'),
  from: instantField.optional().describe('Decided at this instant or later.'),
  to: instantField.optional().describe('Decided before this instant.'),
};
const access = { scope: 'decisions:read', reach: 'customer' } as const;

const list = defineRoute({
  operationId: 'listDecisions',
  method: 'get',
  path: '/api/decisions',
  tag: 'Decisions',
  summary: 'Search decisions, newest first',
  description: 'A key bound to a customer finds the decisions about that customer only.',
  access,
  query: z.strictObject({ ...filterFields, ...pageFields }),
  answers: { 200: { description: 'One page.', schema: pageOf(decisionSchema) } },
  handle: async ({ query, caller }, { pool }) => ({
    status: 200,
    body: await listDecisions(pool, {
      ...toFilter(query, caller.customerId),
      cursor: query.cursor,
      limit: query.limit,
    }),
  }),
});

interface Filter {
  readonly customerId?: string | undefined;
  readonly outcome?: DecisionQuery['outcome'];
  readonly reason?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

function toFilter(
  { customerId, outcome, reason, from, to }: Filter,
  ownId: string | null,
): Omit<DecisionQuery, 'limit'> {
  return { customerId: ownId ?? customerId, outcome, reason, fromMs: from, toMs: to };
}

const EXPORT_PAGE = 200;

const exportCsv = defineStreamRoute({
  operationId: 'exportDecisions',
  method: 'get',
  path: '/api/decisions.csv',
  tag: 'Decisions',
  summary: 'Export decisions as CSV, newest first',
  access,
  query: z.strictObject(filterFields),
  answers: { 200: { description: 'Streamed.', schema: z.string(), mediaType: 'text/csv' } },
  handle: async ({ query, caller }, { pool }, answer) => {
    const filter = toFilter(query, caller.customerId);
    // The first page comes before the headers: an outage is still told as one.
    let page = await listDecisions(pool, { ...filter, limit: EXPORT_PAGE });
    const res = answer.begin({ 'Content-Disposition': 'attachment; filename="decisions.csv"' });
    let open = await writePiece(res, writeCsvLine(DECISION_COLUMNS));
    for (;;) {
      const lines = page.items.map((decision) => writeCsvLine(toDecisionCells(decision)));
      open &&= await writePiece(res, lines.join(''));
      if (!open || page.nextCursor === null) return;
      page = await listDecisions(pool, { ...filter, limit: EXPORT_PAGE, cursor: page.nextCursor });
    }
  },
});

const decisionParams = z.strictObject({ decisionId: z.uuid() });
const decisionNotFound = (): EcsError => new EcsError('ECS_NOT_FOUND', 'No such decision.');

const get = defineRoute({
  operationId: 'getDecision',
  method: 'get',
  path: '/api/decisions/{decisionId}',
  tag: 'Decisions',
  summary: 'One decision',
  access,
  params: decisionParams,
  answers: { 200: { description: 'The decision.', schema: decisionSchema } },
  handle: async ({ params, caller }, { pool }) => {
    const decision = await getDecision(pool, caller.customerId, params.decisionId);
    if (decision === null) throw decisionNotFound();
    return { status: 200, body: decision };
  },
});

const probability = z.number().min(0).max(1);

const whatWouldChangeSchema = z
  .object({
    state: z
      .enum(CHANGE_STATES)
      .describe(
        '`reachable`: the changes lead into the next safer band; `safest_band`: there is none; `out_of_reach`: no one or two changes lead there; `not_scored`: a person decided, or the rules could not judge.',
      ),
    band: z
      .int()
      .min(1)
      .nullable()
      .describe('Risk band of the policy, 1 the safest; one more than there are: riskier than the last.'),
    probabilityOfDefault: probability.nullable().describe('Without emotion: it has no part in this.'),
    wantedProbabilityOfDefault: probability.nullable().describe('Upper end of the next safer band.'),
    probabilityOfDefaultAfter: probability
      .nullable()
      .describe('With the changes made, all that follows from them, and nothing else.'),
    checkedOn: z
      .enum(CHECKED_ON)
      .nullable()
      .describe(
        '`statements`: the changes were made on the statements that the decision saw, and every figure was worked out again; `tables`: a statement was corrected since, so only the figures named were changed. Null where nothing was looked for.',
      ),
    changes: z
      .array(
        z.object({
          feature: z.string(),
          text: z.string().describe('What to do, in plain words.'),
          from: z.number(),
          to: z.number(),
          bound: z.enum(['at_least', 'below']),
          amountMinor: minorSchema.nullable().describe('Where it is about an amount: the least that is enough.'),
        }),
      )
      .max(2)
      .describe("The nearest of what is in the customer's own hands."),
  })
  .meta({ id: 'WhatWouldChange' });

const whatWouldChange = defineRoute({
  operationId: 'getWhatWouldChange',
  method: 'get',
  path: '/api/decisions/{decisionId}/what-would-change',
  tag: 'Decisions',
  summary: 'What would bring the customer into the next safer band',
  description:
    'Worked out on the statements, the model and the policy of the decision: had the latest statements been so, the score would be in that band. Names only what the customer can do.',
  access,
  params: decisionParams,
  answers: { 200: { description: 'The nearest change of own behaviour.', schema: whatWouldChangeSchema } },
  problems: ['ECS_VERSION_UNKNOWN'],
  handle: async ({ params, caller }, { pool }) => {
    const found = await loadWhatWouldChange(pool, caller.customerId, params.decisionId);
    if (found === null) throw decisionNotFound();
    return { status: 200, body: found };
  },
});

const replaySchema = z
  .object({
    decisionId: z.string(),
    customerId: z.string(),
    same: z.boolean().describe('Every half that is stored was recomputed to the same bytes.'),
    halves: z.enum(['both', 'financial']),
    erased: z.boolean().describe('An emotional half was used and has been erased since.'),
    differences: z.array(z.string()),
  })
  .meta({ id: 'Replay' });

const replay = defineRoute({
  operationId: 'replayDecision',
  method: 'post',
  path: '/api/decisions/{decisionId}/replay',
  tag: 'Decisions',
  summary: 'Recompute a decision from its record and compare the bytes',
  access,
  params: decisionParams,
  answers: { 200: { description: 'What the comparison found.', schema: replaySchema } },
  problems: ['ECS_VERSION_UNKNOWN'],
  handle: async ({ params, caller }, { pool }) => {
    // A key bound to a customer must not learn that a decision about somebody else exists.
    const own = caller.customerId === null || (await getDecision(pool, caller.customerId, params.decisionId)) !== null;
    if (!own) throw decisionNotFound();
    return { status: 200, body: await replayDecision(pool, params.decisionId) };
  },
});

export const decisionRoutes = [list, exportCsv, get, whatWouldChange, replay];
