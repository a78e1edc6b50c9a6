// Leaves messages for the topic relay, in the transaction of whatever makes them necessary.
import type { Queryable } from '../db/index.ts';
import type { KafkaMessage } from '../events/kafka-client.ts';
import { toStorableHeaders } from './storable-text.ts';

export async function appendTopicOutbox(tx: Queryable, messages: readonly KafkaMessage[]): Promise<void> {
  if (messages.length === 0) return;
  await tx.query({
    name: 'topic-outbox-append',
    text: `
      insert into topic_outbox (topic, message_key, message_value, headers)
      select topic, message_key, message_value, headers::jsonb
      from unnest($1::text[], $2::text[], $3::bytea[], $4::text[])
        with ordinality as given (topic, message_key, message_value, headers, position)
      order by position`,
    values: [
      messages.map(({ topic }) => topic),
      messages.map(({ key }) => key),
      messages.map(({ value }) => value),
      messages.map(({ headers }) => JSON.stringify(toStorableHeaders(headers))),
    ],
  });
}
