// Writes what happened to customers into the outbox, in the transaction in which it happened: one row per event with the
// customer's next sequence number, and one delivery row per destination that wants it.
import { lockAccounts } from './lock-accounts.ts';
import type { Queryable } from './pool.ts';

export interface NewOutboxEvent {
  readonly customerId: string;
  readonly eventId: string;
  readonly type: string;
  readonly data: object;
  readonly occurredAtMs: number;
}

/**
 * The customers' credit accounts must exist. Their rows are locked in sorted order, which is what keeps a customer's
 * sequence without gaps. Events of one customer keep the order in which they are given.
 */
export async function appendOutboxEvents(
  tx: Queryable,
  events: readonly NewOutboxEvent[],
  options: { kafka: boolean },
): Promise<void> {
  if (events.length === 0) return;
  await lockAccounts(tx, [...new Set(events.map((event) => event.customerId))].sort());
  await insertOutboxEvents(tx, events, options.kafka);
}

async function insertOutboxEvents(tx: Queryable, events: readonly NewOutboxEvent[], kafka: boolean): Promise<void> {
  await tx.query({
    name: 'outbox-append',
    text: `
      with given as (
        select *, row_number() over (partition by customer_id order by position) as place
        from unnest($1::text[], $2::uuid[], $3::text[], $4::jsonb[], $5::timestamptz[])
          with ordinality as given (customer_id, event_id, type, data, occurred_at, position)
      ), moved as (
        update credit_accounts a set event_sequence = a.event_sequence + n.events
        from (select customer_id, count(*) as events from given group by customer_id) n
        where a.customer_id = n.customer_id
        returning a.customer_id, a.event_sequence - n.events as sequence_before
      ), appended as (
        insert into outbox_events (customer_id, sequence, event_id, type, data, occurred_at)
        select g.customer_id, m.sequence_before + g.place, g.event_id, g.type, g.data, g.occurred_at
        from given g join moved m using (customer_id)
        returning customer_id, sequence, type
      )
      insert into deliveries (destination, customer_id, sequence)
      select d.destination, a.customer_id, a.sequence
      from appended a
      join (
        select 'kafka' as destination, null::text[] as event_types where $6::boolean
        union all
        select 'webhook:' || webhook_id, event_types from webhooks where state = 'enabled'
      ) d on d.event_types is null or a.type = any(d.event_types)`,
    values: [
      events.map((event) => event.customerId),
      events.map((event) => event.eventId),
      events.map((event) => event.type),
      events.map((event) => JSON.stringify(event.data)),
      events.map((event) => new Date(event.occurredAtMs)),
      kafka,
    ],
  });
}
