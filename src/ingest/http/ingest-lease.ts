// The right to count the events of an installation without Kafka: a session lock in the database, held on a connection of
// its own. It keeps a second process out; what fences a former holder is the owner epoch, not this.
import type pg from 'pg';
import { connectClient, toEcsError } from '../../db/index.ts';
import { SECOND_MS } from '../../lib/clock.ts';
import { EcsError } from '../../lib/errors.ts';

export interface IngestLease {
  /** Throws ECS_INGEST_LEASE_HELD while another process has it. */
  take(): Promise<void>;
  give(): Promise<void>;
}

export interface IngestLeaseOptions {
  readonly pool: pg.Pool;
  /** The connection is gone, and with it the lease. Told once per take. */
  readonly onLost: (error: EcsError) => void;
}

/** Any constant that nothing else in the database locks: 'ecs' and 'ingt' in ASCII. */
const LOCK_KEY = [0x656373, 0x696e6774] as const;
const PING_MS = 5 * SECOND_MS;
const PING_PATIENCE = { query_timeout: PING_MS } as const;

interface HeldLease {
  readonly client: pg.PoolClient;
  /** Ends the watch over the connection. */
  readonly unwatch: () => void;
}

export function createIngestLease({ pool, onLost }: IngestLeaseOptions): IngestLease {
  let held: HeldLease | undefined;

  function lose(client: pg.PoolClient, cause: Error): void {
    if (held?.client !== client) return;
    held.unwatch();
    held = undefined;
    client.release(cause);
    onLost(new EcsError('ECS_DATABASE_UNAVAILABLE', 'The connection that holds the ingest lease was lost', { cause }));
  }

  return {
    async take() {
      const client = await connectClient(pool);
      if (!(await tryLock(client))) {
        client.release();
        throw new EcsError(
          'ECS_INGEST_LEASE_HELD',
          'Another ECS process takes the events of this database. Without Kafka only one may: stop it, or start this one without the role ingest.',
        );
      }
      held = { client, unwatch: watch(client, (cause) => lose(client, cause)) };
    },
    async give() {
      if (held === undefined) return;
      const { client, unwatch } = held;
      held = undefined;
      unwatch();
      await unlock(client);
    },
  };
}

/** A connection that broke tells by itself; one that went silent is found out by asking. */
function watch(client: pg.PoolClient, onGone: (cause: Error) => void): () => void {
  const onEnd = () => onGone(new Error('the connection has ended'));
  const ping = setInterval(() => {
    client.query({ text: 'select 1', values: [], ...PING_PATIENCE }).catch(onGone);
  }, PING_MS);
  client.on('error', onGone);
  client.on('end', onEnd);
  return () => {
    clearInterval(ping);
    client.off('error', onGone);
    client.off('end', onEnd);
  };
}

async function tryLock(client: pg.PoolClient): Promise<boolean> {
  try {
    const { rows } = await client.query<{ taken: boolean }>('select pg_try_advisory_lock($1, $2) as taken', [
      ...LOCK_KEY,
    ]);
    return rows[0]?.taken === true;
  } catch (error) {
    client.release(true);
    throw toEcsError(error);
  }
}

async function unlock(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('select pg_advisory_unlock($1, $2)', [...LOCK_KEY]);
    client.release();
  } catch {
    // The lock ends with its session, so closing the connection gives it back as well.
    client.release(true);
  }
}
