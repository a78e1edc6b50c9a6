// I19: an acknowledged write over the API survives, a repeated one happened once and was answered the same, and the API never
// said that it was at fault itself.
import { type Evidence, type Invariant, report } from './invariant.ts';

export const writesHappenOnce: Invariant = {
  id: 'I19',
  promise: 'an acknowledged write survives, a repeated one happens once',
  when: 'quiet',
  async check(evidence) {
    return report('I19', [
      ...findOtherAnswers(evidence),
      ...(await compareDecisions(evidence)),
      ...findFaults(evidence),
    ]);
  },
};

function findOtherAnswers({ oracle }: Evidence): string[] {
  return oracle.writes.filter((write) => write.repeatedSame === false).map(({ key }) => `${key} was answered two ways`);
}

async function compareDecisions({ query, oracle }: Evidence): Promise<string[]> {
  const rows = await query<{ decision_id: string; customer_id: string }>(
    `select decision_id, customer_id from decisions where trigger in ('api', 'manual')`,
  );
  const stored = new Map(rows.map((row) => [row.decision_id, row.customer_id]));
  const acked = oracle.writes.filter((write) => write.decisionId !== null);
  const open = oracle.writes.length - acked.length;
  const missing = acked.filter(({ decisionId, customerId }) => stored.get(decisionId ?? '') !== customerId);
  const known = new Set(acked.map(({ decisionId }) => decisionId));
  const strange = [...stored.keys()].filter((id) => !known.has(id));
  return [
    ...missing.map(({ key, decisionId }) => `${key} was answered with ${decisionId}, which is not stored`),
    ...(strange.length > open
      ? [`${strange.length} decisions over the API that no answer told of, for ${open} open writes`]
      : []),
  ];
}

function findFaults({ refused }: Evidence): string[] {
  const count = refused['500'] ?? 0;
  return count === 0 ? [] : [`the API answered 500 ${count} times`];
}
