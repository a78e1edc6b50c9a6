// What time it is by the one clock that all processes share. Asked only where a process's own clock would refuse something:
// then either whoever sent it has a wrong clock, or the process does.

import type { Queryable } from './pool.ts';
import { toEcsError } from './retry.ts';

export async function loadDatabaseTime(db: Queryable): Promise<number> {
  try {
    const { rows } = await db.query<{ now: Date }>({ name: 'database-time', text: 'select now()' });
    return rows[0]?.now.getTime() ?? Number.NEGATIVE_INFINITY;
  } catch (error) {
    throw toEcsError(error);
  }
}
