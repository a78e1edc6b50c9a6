// Takes every connection that PostgreSQL has to give, and ends some of ECS's, which then find no other.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Inject } from '../fault-run.ts';

export const exhaustPool: Inject = (run, fault) =>
  run.turns.take('database', async () => {
    const mend = run.recovery.disturb('pool', Date.now());
    const { database } = run.world;
    const taken: pg.Client[] = [];
    try {
      await takeAll(database.urlVia(database.port()), taken);
      await taken[0]?.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'ecs' and pid <> pg_backend_pid()`,
      );
      await takeAll(database.urlVia(database.port()), taken);
      await sleep(fault.forMs);
    } finally {
      await Promise.all(taken.map((client) => client.end().catch(() => {})));
      mend(Date.now());
    }
    run.say(`held ${taken.length} connections for ${fault.forMs / 1000} s`);
    return 1;
  });

async function takeAll(connectionString: string, taken: pg.Client[]): Promise<void> {
  for (let i = 0; i < 110; i++) {
    const client = new pg.Client({ connectionString, application_name: 'greedy', connectionTimeoutMillis: 3_000 });
    client.on('error', () => {});
    try {
      await client.connect();
      taken.push(client);
    } catch {
      // No more to be had.
      await client.end().catch(() => {});
      return;
    }
  }
}
