// Claims what is due at one destination, always from the heads of customers' lines: no event is ever claimed while an
// earlier one of its customer is pending outside the claim. Safe to run from any number of relays at once.
import type { Queryable } from '../db/index.ts';
import type { OutgoingType } from '../events/outgoing-event.ts';
import type { Delivery } from './delivery.ts';
import { toOutgoingEvent } from './to-outgoing-event.ts';

export interface Claim {
  readonly destination: string;
  /** The fencing token: only who holds it can save the results. */
  readonly claimId: string;
  readonly limit: number;
  /** Times are the database's own, so relays need not agree on the time. */
  readonly leaseMs: number;
}

interface ClaimedRow {
  readonly customer_id: string;
  readonly sequence: number;
  readonly attempts: number;
  readonly event_id: string;
  readonly type: OutgoingType;
  readonly data: Record<string, unknown>;
  readonly occurred_at: Date;
}

/** In the order of customer id and sequence; a customer's run has no hole. */
export async function claimDeliveries(db: Queryable, claim: Claim): Promise<Delivery[]> {
  // `due` finds lines whose head may go, longest due first, skipping what another relay locks at this moment. Which of
  // a line's rows it found does not matter (behind a head that was retried they are due for longer than the head
  // itself): `held` takes as many from the head on. `line` keeps of them those whose place in `held` is their place
  // among all pending ones, so a run ends before the first that is not ours: that is what keeps the order when two
  // relays meet in a line.
  // Written with lateral joins because the statistics of a queue are always out of date: whatever they say, the plan
  // can only walk down each customer's line in the index, and then probe the primary key.
  const { rows } = await db.query<ClaimedRow>({
    name: 'notify-claim',
    text: `
      with due as materialized (
        select d.customer_id, d.sequence
        from deliveries d
        cross join lateral (
          select h.next_attempt_at, h.claimed_until from deliveries h
          where h.destination = d.destination and h.customer_id = d.customer_id and h.state = 'pending'
          order by h.sequence limit 1
        ) head
        where d.destination = $1 and d.state = 'pending'
          and d.next_attempt_at <= now() and (d.claimed_until is null or d.claimed_until <= now())
          and head.next_attempt_at <= now() and (head.claimed_until is null or head.claimed_until <= now())
        order by d.next_attempt_at, d.customer_id, d.sequence
        limit $3
        for update of d skip locked
      ), held as materialized (
        select lines.customer_id, run.sequence
        from (select customer_id, count(*) as room from due group by customer_id) lines
        cross join lateral (
          select r.sequence from deliveries r
          where r.destination = $1 and r.customer_id = lines.customer_id and r.state = 'pending'
            and r.next_attempt_at <= now() and (r.claimed_until is null or r.claimed_until <= now())
          order by r.sequence limit lines.room
          for update skip locked
        ) run
      ), line as materialized (
        select $1::text as destination, mine.customer_id, pending.sequence
        from (
          select customer_id, array_agg(sequence order by sequence) as sequences from held group by customer_id
        ) mine
        cross join lateral (
          select p.sequence, row_number() over (order by p.sequence) as place
          from deliveries p
          where p.destination = $1 and p.customer_id = mine.customer_id and p.state = 'pending'
          order by p.sequence limit cardinality(mine.sequences)
        ) pending
        where pending.sequence = mine.sequences[pending.place]
      ), claimed as (
        update deliveries d
        set claimed_by = $2, claimed_until = now() + $4::double precision * interval '1 millisecond'
        from line
        where d.destination = line.destination and d.customer_id = line.customer_id and d.sequence = line.sequence
        returning d.customer_id, d.sequence, d.attempts
      )
      select c.customer_id, c.sequence, c.attempts, e.event_id, e.type, e.data, e.occurred_at
      from claimed c join outbox_events e using (customer_id, sequence)
      order by c.customer_id, c.sequence`,
    values: [claim.destination, claim.claimId, claim.limit, claim.leaseMs],
  });
  return rows.map(toDelivery);
}

function toDelivery(row: ClaimedRow): Delivery {
  return {
    customerId: row.customer_id,
    sequence: row.sequence,
    attempts: row.attempts,
    event: toOutgoingEvent({
      customerId: row.customer_id,
      sequence: row.sequence,
      eventId: row.event_id,
      type: row.type,
      data: row.data,
      occurredAt: row.occurred_at.toISOString(),
    }),
  };
}
