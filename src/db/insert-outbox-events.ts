// Outbox events whose sequence numbers are known already: for those who hold the accounts' locks, have read `event_sequence`
// under them, and move it themselves with whatever else they write into the account. Everybody else: `appendOutboxEvents`.
import type { NewOutboxEvent } from './append-outbox-events.ts';
import { binaryArray } from './binary-array.ts';
import type { Queryable } from './pool.ts';

export interface NumberedOutboxEvent extends NewOutboxEvent {
  readonly sequence: number;
}

export async function insertOutboxEvents(
  tx: Queryable,
  events: readonly NumberedOutboxEvent[],
  options: { kafka: boolean },
): Promise<void> {
  if (events.length === 0) return;
  await tx.query({
    name: 'outbox-insert',
    text: `
      with inserted as (
        insert into outbox_events (customer_id, sequence, event_id, type, data, occurred_at)
        select customer_id, sequence, event_id::uuid, type, data::jsonb, occurred_at
        from unnest($1::text[], $2::int8[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
          as given (customer_id, sequence, event_id, type, data, occurred_at)
        returning customer_id, sequence, type
      )
      insert into deliveries (destination, customer_id, sequence)
      select d.destination, i.customer_id, i.sequence
      from inserted i
      join (
        select 'kafka' as destination, null::text[] as event_types where $7::boolean
        union all
        select 'webhook:' || webhook_id, event_types from webhooks where state = 'enabled'
      ) d on d.event_types is null or i.type = any(d.event_types)`,
    values: [
      binaryArray.text(events.map((event) => event.customerId)),
      binaryArray.int8(events.map((event) => event.sequence)),
      binaryArray.text(events.map((event) => event.eventId)),
      binaryArray.text(events.map((event) => event.type)),
      binaryArray.text(events.map((event) => JSON.stringify(event.data))),
      binaryArray.timestamptz(events.map((event) => event.occurredAtMs)),
      options.kafka,
    ],
  });
}
