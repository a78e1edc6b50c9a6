// I10: every outgoing event reaches Kafka at least once, under one id, and a customer's come in order; so do dead letters.
import { type Evidence, type Invariant, report } from './invariant.ts';

export const outboxReachesKafka: Invariant = {
  id: 'I10',
  promise: 'every outgoing event reaches Kafka, with one id and in order',
  when: 'quiet',
  async check(evidence) {
    await evidence.ledger.catchUp();
    return report('I10', [
      ...evidence.ledger.disorder,
      ...(await findMissing(evidence)),
      ...(await findUnannounced(evidence)),
      ...(await findWaiting(evidence)),
    ]);
  },
};

async function findMissing({ query, ledger }: Evidence): Promise<string[]> {
  const rows = await query<{ event_id: string; customer_id: string; sequence: string }>(
    'select event_id, customer_id, sequence from outbox_events',
  );
  const stored = new Set(rows.map(({ event_id }) => event_id));
  const missing = rows
    .filter(({ event_id, customer_id, sequence }) => {
      const seen = ledger.events.get(event_id);
      return seen?.customerId !== customer_id || seen.sequence !== Number(sequence);
    })
    .map(({ event_id, customer_id, sequence }) => `${customer_id}/${sequence} (${event_id}) is not on the topic`);
  const strange = [...ledger.events.keys()].filter((id) => !stored.has(id)).map((id) => `${id} was never stored`);
  return [...missing, ...strange];
}

async function findUnannounced({ query, ledger }: Evidence): Promise<string[]> {
  const rows = await query<{ dead_letter_id: string }>('select dead_letter_id from dead_letters');
  return rows
    .filter(({ dead_letter_id }) => !ledger.deadLetters.has(dead_letter_id))
    .map(({ dead_letter_id }) => `dead letter ${dead_letter_id} is not on its topic`);
}

async function findWaiting({ query }: Evidence): Promise<string[]> {
  const rows = await query<{ found: string }>(
    `select customer_id || '/' || sequence || ' is ' || state || ' for Kafka' as found
     from deliveries where destination = 'kafka' and state <> 'delivered'`,
  );
  return rows.map(({ found }) => found);
}
