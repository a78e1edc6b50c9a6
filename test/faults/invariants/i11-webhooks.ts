// I11: an event for a webhook was delivered, or is a dead letter, or visibly waits for its next attempt; what the receiver
// got carries the event's one id and a valid signature at every attempt.
import { type Invariant, report } from './invariant.ts';

export const webhooksDelivered: Invariant = {
  id: 'I11',
  promise: 'webhooks arrive or are visibly not delivered, signed, with one id',
  when: 'quiet',
  async check({ query, takeReceived }) {
    const rows = await query<{
      event_id: string;
      place: string;
      state: string;
      attempts: number;
      waits_behind: boolean;
    }>(
      `select e.event_id, d.customer_id || '/' || d.sequence as place, d.state, d.attempts,
         exists (
           select from deliveries h where h.destination = d.destination and h.customer_id = d.customer_id
             and h.state = 'pending' and h.sequence <= d.sequence and h.attempts > 0
         ) as waits_behind
       from deliveries d join outbox_events e using (customer_id, sequence) where d.destination like 'webhook:%'`,
    );
    // Read after the rows: a delivery that arrives in between stands in the journal and does not count as delivered yet.
    const received = takeReceived();
    const places = new Map(rows.map((row) => [row.event_id, row.place]));
    const undelivered = rows.flatMap((row) => {
      if (row.state === 'delivered')
        return received.has(row.event_id) ? [] : [`${row.place} is delivered and never came`];
      if (row.state === 'dead' || row.waits_behind) return [];
      return [`${row.place} is pending and waits for nothing`];
    });
    return report('I11', [...undelivered, ...findWrong(received, places)]);
  },
};

function findWrong(
  received: ReturnType<Parameters<Invariant['check']>[0]['takeReceived']>,
  places: ReadonlyMap<string, string>,
): string[] {
  return [...received].flatMap(([id, entries]) => {
    const place = places.get(id);
    if (place === undefined) return [`${id} was sent and never stored`];
    if (entries.some((entry) => !entry.isSigned)) return [`${place} came with a wrong signature`];
    const isOther = entries.some((entry) => `${entry.customerId}/${entry.sequence}` !== place);
    return isOther ? [`${id} came for two events`] : [];
  });
}
