// A repeated request for a decision is answered from the decision as it is stored now: a kept answer would hold its
// emotional half, and outlive a withdrawal of consent.
import { z } from 'zod';
import { getDecision } from '../decision/index.ts';
import type { AnswerMemory } from './define-route.ts';

const keptSchema = z.object({ decisionId: z.string() });

export const DECISION_MEMORY: AnswerMemory = {
  keep: ({ body }) => keptSchema.parse(body),
  recall: async (kept, { pool }) => {
    const body = await getDecision(pool, null, keptSchema.parse(kept).decisionId);
    // A dry run stores no decision.
    return body === null ? null : { status: 200, body };
  },
};
