// Which destinations have something due: a few index probes per destination, however long their lines are.
import type { Queryable } from '../db/index.ts';

export async function loadDueDestinations(db: Queryable): Promise<string[]> {
  // The recursion jumps from one destination to the next in the index instead of reading all pending rows.
  const { rows } = await db.query<{ destination: string }>({
    name: 'notify-due-destinations',
    text: `
      with recursive waiting as (
        (select destination from deliveries where state = 'pending' order by destination limit 1)
        union all
        select (
          select d.destination from deliveries d
          where d.state = 'pending' and d.destination > waiting.destination
          order by d.destination limit 1
        ) from waiting where waiting.destination is not null
      )
      select destination from waiting
      where exists (
        select from deliveries d
        where d.destination = waiting.destination and d.state = 'pending' and d.next_attempt_at <= now()
      )`,
    values: [],
  });
  return rows.map((row) => row.destination);
}
