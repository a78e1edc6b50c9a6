// How much waits and how much died, per kind of destination.
import type { Queryable } from '../db/index.ts';
import type { DestinationKind } from './delivery.ts';

export interface DeliveryCounts {
  readonly kind: DestinationKind;
  readonly pending: number;
  readonly dead: number;
  readonly oldestPendingSeconds: number;
}

interface CountsRow {
  readonly kind: DestinationKind;
  readonly pending: number;
  readonly dead: number;
  readonly oldest_pending_seconds: number;
}

/** One row per kind, zeros included. */
export async function loadDeliveryCounts(db: Queryable): Promise<DeliveryCounts[]> {
  const { rows } = await db.query<CountsRow>({
    name: 'notify-counts',
    text: `
      select kind,
             count(*) filter (where state = 'pending') as pending,
             count(*) filter (where state = 'dead') as dead,
             coalesce(extract(epoch from now() - min(queued_at) filter (where state = 'pending')), 0)::double precision
               as oldest_pending_seconds
      from (values ('kafka'), ('webhook')) as kinds (kind)
      left join (
        select split_part(destination, ':', 1) as kind, state, queued_at from deliveries where state = 'pending'
        union all
        select split_part(destination, ':', 1), state, queued_at from deliveries where state = 'dead'
      ) undelivered using (kind)
      group by kind`,
    values: [],
  });
  return rows.map((row) => ({
    kind: row.kind,
    pending: row.pending,
    dead: row.dead,
    oldestPendingSeconds: row.oldest_pending_seconds,
  }));
}
