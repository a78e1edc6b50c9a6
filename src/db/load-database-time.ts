// What time it is by the one clock that all processes share: for what they have to put in order between them, and before a
// process's own clock refuses something, since either the sender's clock is wrong then or its own.
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
