// I7: stored decisions come out the same again, byte for byte: the product's own replay over a sample.
import { replayDecision } from '../../../src/decision/index.ts';
import { type Evidence, type Invariant, report } from './invariant.ts';

const SAMPLE = 200;

export const replaysTheSame: Invariant = {
  id: 'I7',
  promise: 'replay gives the same bytes',
  when: 'quiet',
  async check({ query }) {
    const rows = await query<{ decision_id: string }>(
      `(select decision_id from decisions order by decided_at desc limit ${SAMPLE / 2})
       union (select decision_id from decisions order by random() limit ${SAMPLE / 2})`,
    );
    const db = { query: async (given: Asked, values?: unknown[]) => ({ rows: await askWith(query, given, values) }) };
    const different: string[] = [];
    for (const { decision_id } of rows) {
      const difference = await findDifference(db, decision_id);
      if (difference !== null) different.push(`${decision_id}: ${difference}`);
    }
    return report('I7', different);
  },
};

/** A record that cannot be replayed at all is no less of a finding than one that comes out otherwise. */
async function findDifference(db: object, decisionId: string): Promise<string | null> {
  try {
    // Only what it asks with matters here, not the rest of a connection.
    const result = await replayDecision(db as never, decisionId);
    return result.same ? null : result.differences.join(', ');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The two ways in which ECS asks: a text with values, or both in one object. */
type Asked = string | { readonly text: string; readonly values?: unknown[] };

function askWith(query: Evidence['query'], given: Asked, values: unknown[] | undefined) {
  return typeof given === 'string' ? query(given, values) : query(given.text, given.values);
}
