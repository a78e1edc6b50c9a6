// I20: once faults stop, everything that was waiting gets done: no lag, nothing queued, nothing left in an outbox. Read here
// as "what still waits"; the harness gives it a deadline.
import { type Invariant, report } from './invariant.ts';

/** `ends` is where each partition of the input topics ends, by `topic/partition`. */
export async function findWaiting(
  query: Parameters<Invariant['check']>[0]['query'],
  ends: ReadonlyMap<string, number>,
): Promise<string[]> {
  const offsets = await query<{ place: string; next_offset: string }>(
    `select topic || '/' || partition as place, next_offset from ingest_offsets`,
  );
  const stored = new Map(offsets.map((row) => [row.place, Number(row.next_offset)]));
  const behind = [...ends]
    .filter(([place, end]) => end > 0 && (stored.get(place) ?? 0) < end)
    .map(([place, end]) => `${place} stands at ${stored.get(place) ?? 0} of ${end}`);
  const jobs = await query<{ found: string }>(
    `select count(*) || ' customers to decide' as found from decision_queue having count(*) > 0
     union all
     select count(*) || ' messages for topics' from topic_outbox having count(*) > 0
     union all
     select count(*) || ' events for Kafka' from deliveries where destination = 'kafka' and state = 'pending'
     having count(*) > 0
     union all
     select count(*) || ' webhooks due' from deliveries
     where destination like 'webhook:%' and state = 'pending' and attempts = 0
       and not exists (select from deliveries h where h.destination = deliveries.destination
         and h.customer_id = deliveries.customer_id and h.state = 'pending' and h.attempts > 0
         and h.sequence <= deliveries.sequence)
     having count(*) > 0`,
  );
  return [...behind, ...jobs.map(({ found }) => found)];
}

export function reportStuck(waiting: readonly string[]) {
  return report('I20', waiting);
}
