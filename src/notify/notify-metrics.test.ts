import { Registry } from 'prom-client';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { appendEvents, insertCustomers } from '../../test/support/outbox.ts';
import type { Queryable } from '../db/index.ts';
import { createNotifyMetrics } from './notify-metrics.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await insertCustomers(database.pool, ['a', 'b']);
});
afterAll(() => database.drop());

async function read(registry: Registry): Promise<Record<string, number>> {
  const values: Record<string, number> = {};
  for (const metric of await registry.getMetricsAsJSON()) {
    for (const { labels, value } of metric.values) {
      values[`${metric.name} ${Object.values(labels).join(' ')}`.trim()] = value;
    }
  }
  return values;
}

it('counts what came of attempts, and what waits and died at each kind of destination', async () => {
  await appendEvents(database.pool, ['a', 'a', 'b'], { kafka: true });
  await database.pool.query(`update deliveries set queued_at = now() - interval '90 s' where customer_id = 'b'`);
  await database.pool.query(
    `insert into deliveries (destination, customer_id, sequence, state)
     values ('webhook:1', 'a', 1, 'dead'), ('webhook:2', 'a', 1, 'dead'), ('webhook:2', 'a', 2, 'delivered')`,
  );
  const registry = new Registry();
  let asked = 0;
  const pool = {
    query: (...args: unknown[]) => {
      asked++;
      return (database.pool.query as (...all: unknown[]) => unknown)(...args);
    },
  } as Queryable;
  const metrics = createNotifyMetrics(registry, pool);
  metrics.count('webhook', 'delivered', 3);
  metrics.count('webhook', 'delivered', 2);
  metrics.count('kafka', 'failed', 0);
  const values = await read(registry);
  expect(values).toMatchObject({
    'ecs_deliveries_total webhook delivered': 5,
    'ecs_deliveries_pending kafka': 3,
    'ecs_deliveries_pending webhook': 0,
    'ecs_deliveries_dead kafka': 0,
    'ecs_deliveries_dead webhook': 2,
    'ecs_delivery_oldest_pending_age_seconds webhook': 0,
  });
  expect(values['ecs_delivery_oldest_pending_age_seconds kafka']).toBeGreaterThanOrEqual(90);
  expect(values['ecs_delivery_oldest_pending_age_seconds kafka']).toBeLessThan(3_600);
  expect(values).not.toHaveProperty('ecs_deliveries_total kafka failed');
  expect(asked).toBe(1);
  await read(registry);
  expect(asked).toBe(2);
});

it('has no value, rather than an old one, while the database is away', async () => {
  const registry = new Registry();
  let trouble: Error | undefined;
  const pool = {
    query: (...args: unknown[]) =>
      trouble === undefined
        ? (database.pool.query as (...all: unknown[]) => unknown)(...args)
        : Promise.reject(trouble),
  } as Queryable;
  const metrics = createNotifyMetrics(registry, pool);
  metrics.count('kafka', 'delivered', 1);
  expect(await read(registry)).toHaveProperty('ecs_deliveries_pending kafka');
  trouble = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  expect(await read(registry)).toEqual({ 'ecs_deliveries_total kafka delivered': 1 });
  trouble = new Error('bug');
  await expect(read(registry)).rejects.toThrow('bug');
});
