// How the server starts, ends, and bears an outage of what stands behind it.
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:net';
import { Registry } from 'prom-client';
import { createApi } from '../../src/api/index.ts';
import { createPool } from '../../src/db/index.ts';
import { EcsError } from '../../src/lib/errors.ts';
import { eventually } from '../support/eventually.ts';
import { startTestApi } from './support/start-test-api.ts';

const DEAD = 'postgres://nobody@127.0.0.1:1/none';

test('with the database away every operation that needs it says so, with the time to come back, and nothing more', async () => {
  const pool = createPool({ connectionString: DEAD });
  const readiness = async () => [{ role: 'api', ready: false, reason: 'the database does not answer' }];
  const cut = await startTestApi({ pool, readiness });
  try {
    for (const [method, path, body] of [
      ['GET', '/api/customers/ana', undefined],
      ['POST', '/api/credit-limit', { customerId: 'ana' }],
      ['GET', '/api/decisions.csv', undefined],
      ['GET', '/api/customers/ana/stream', undefined],
      ['GET', '/api/keys', undefined],
    ] as const) {
      const answer = await cut.call(method, path, { body });
      expect(answer).toMatchObject({ status: 503, body: { type: 'urn:ecs:problem:database-unavailable' } });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answer.text).not.toMatch(/127\.0\.0\.1|ECONNREFUSED|postgres/);
    }
    const ready = await cut.call('GET', '/readyz', { token: null });
    expect(ready).toMatchObject({ status: 503, body: { ready: false, roles: [{ role: 'api', ready: false }] } });
    expect(ready.headers.get('retry-after')).toBe('2');
    expect((await cut.call('GET', '/livez', { token: null })).status).toBe(200);
  } finally {
    await cut.stop();
    await pool.end();
  }
});

test.each([
  ['ECS_KAFKA_UNAVAILABLE', 'kafka-unavailable'],
  ['ECS_INGEST_BUSY', 'ingest-busy'],
  ['ECS_INGEST_LEASE_HELD', 'ingest-elsewhere'],
] as const)('with the road of events closed by %s, events are refused with 503', async (code, slug) => {
  const submitEvents = async () => {
    throw new EcsError(code, 'broker-7.internal:9092 is away');
  };
  const cut = await startTestApi({ submitEvents });
  try {
    const answer = await cut.call('PUT', '/api/customers/ana', { body: { currency: 'BRL' } });
    expect(answer).toMatchObject({ status: 503, body: { type: `urn:ecs:problem:${slug}` } });
    expect(answer.headers.get('retry-after')).not.toBeNull();
    expect(answer.text).not.toContain('broker-7');
  } finally {
    await cut.stop();
  }
});

test('a readiness that never answers is not ready, after five seconds at most', async () => {
  const silent = await startTestApi({ readiness: () => new Promise(() => {}) });
  try {
    expect((await silent.call('GET', '/readyz', { token: null })).status).toBe(503);
  } finally {
    await silent.stop();
  }
}, 20_000);

test('closing lets a running request finish, ends streams, closes idle connections, and takes no new ones', async () => {
  const api = await startTestApi();
  await api.call('PUT', '/api/customers/ana', { body: { currency: 'BRL', declaredIncomeMinor: 500_000 } });
  const agent = new Agent({ keepAlive: true });
  const idle = get(`${api.base}/livez`, { agent });
  const [first] = (await once(idle, 'response')) as [IncomingMessage];
  first.resume();
  const stream = get(`${api.base}/api/customers/ana/stream`, {
    headers: { authorization: `Bearer ${api.adminToken}` },
  });
  const [live] = (await once(stream, 'response')) as [IncomingMessage];
  const ended = once(live.resume(), 'end');
  // Holds the customer's row, so that the request below is still running when closing begins.
  const holder = await api.system.pool.connect();
  await holder.query('begin');
  await holder.query("select from credit_accounts where customer_id = 'ana' for update");
  const running = api.call('POST', '/api/credit-limit', { body: { customerId: 'ana' } });
  await eventually(async () => {
    const { rows } = await api.system.pool.query(
      "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
    );
    expect(rows).toHaveLength(1);
  });
  const stopped = api.stop();
  await ended;
  await eventually(() => expect(fetch(`${api.base}/livez`)).rejects.toThrow());
  await holder.query('commit');
  holder.release();
  expect((await running).status).toBe(200);
  await stopped;
  agent.destroy();
}, 40_000);

test('a taken port is refused by name', async () => {
  const api = await startTestApi();
  const other: Server = createServer();
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const second = createApi({ ...api.deps, metrics: new Registry() });
  await expect(second.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'ECS_PORT_TAKEN' });
  await second.close();
  // It may go on to the next port with the same server.
  const address = await second.listen({ host: '127.0.0.1', port: 0 });
  expect(address.port).not.toBe(port);
  await second.close();
  other.close();
  await api.stop();
});

test('bound to more than loopback, /metrics asks for a key', async () => {
  const open = await startTestApi({}, '0.0.0.0');
  try {
    expect((await open.call('GET', '/metrics', { token: null })).status).toBe(401);
    const token = await open.makeKey({ scopes: ['metrics:read'] });
    expect((await open.call('GET', '/metrics', { token })).status).toBe(200);
  } finally {
    await open.stop();
  }
});
