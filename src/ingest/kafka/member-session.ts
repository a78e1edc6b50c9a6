// What says that a member of the consumer group is alive: a session with the database that holds a lock under the member's
// number. The system closes it the moment the process dies, seconds before Kafka gives the member up.
import type pg from 'pg';
import { connectClient, toEcsError } from '../../db/index.ts';
import { SECOND_MS } from '../../lib/clock.ts';

export interface MemberSession {
  /** The numbers of all members that hold their sessions now. Rejects once this session is gone. */
  loadNumbers(): Promise<Set<number>>;
  /** Aborted the moment the connection is known to be gone. */
  readonly lost: AbortSignal;
  close(): void;
}

/** Members are numbered in the positive half of what the second key of a lock may be. */
export const MEMBER_NUMBERS = 2 ** 31;

/** Any constant that nothing else in the database locks: 'ecsm' in ASCII. */
const LOCK_CLASS = 0x6563736d;
const PATIENCE = { query_timeout: 5 * SECOND_MS } as const;

export async function openMemberSession(pool: pg.Pool, number: number): Promise<MemberSession> {
  const client = await connectClient(pool);
  const lost = new AbortController();
  const onLost = () => lost.abort();
  client.on('error', onLost);
  client.on('end', onLost);

  async function ask<R extends pg.QueryResultRow>(text: string, values: readonly number[]): Promise<R[]> {
    try {
      return (await client.query<R>({ text, values: [...values], ...PATIENCE })).rows;
    } catch (error) {
      throw toEcsError(error);
    }
  }

  /** The lock ends with its connection, which is not used again. */
  function close(): void {
    client.off('error', onLost);
    client.off('end', onLost);
    client.release(true);
  }

  try {
    await ask('select pg_advisory_lock($1, $2)', [LOCK_CLASS, number]);
  } catch (error) {
    close();
    throw error;
  }
  return {
    async loadNumbers() {
      const rows = await ask<{ number: number }>(
        `select objid::int8 as number
           from pg_locks
          where locktype = 'advisory' and objsubid = 2 and granted and classid = $1::int8::oid
            and database = (select oid from pg_database where datname = current_database())`,
        [LOCK_CLASS],
      );
      return new Set(rows.map((row) => row.number));
    },
    lost: lost.signal,
    close,
  };
}
