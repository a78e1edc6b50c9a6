// The one way to a connection of its own, for whoever needs several statements on the same one.
import type pg from 'pg';
import { toEcsError } from './retry.ts';

/** ECS_DATABASE_UNAVAILABLE where none is to be had in time. Whoever takes it gives it back: `release`. */
export async function connectClient(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw toEcsError(error);
  }
}
