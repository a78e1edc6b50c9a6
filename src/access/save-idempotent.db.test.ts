// Idempotency against a real database: one run per key however many ask at once, bytes replayed, nothing kept of a failure.
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { sha256 } from '../lib/canonical-json.ts';
import { DAY_MS } from '../lib/clock.ts';
import { EcsError } from '../lib/errors.ts';
import { createLog } from '../lib/log.ts';
import { createIdempotencyPruner, type IdempotentRequest, pruneIdempotencyKeys, runIdempotent } from './index.ts';

let database: TestDatabase;
let runs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  runs = 0;
  await database.pool.query('delete from idempotency_keys');
});

function requestOf(key: string, changes: Partial<IdempotentRequest> = {}): IdempotentRequest {
  return { owner: 'key:a', route: 'evaluateCreditLimit', key, requestSha256: sha256('body'), ...changes };
}

function run(request: IdempotentRequest | null, pool = database.pool) {
  const work = async () => {
    runs += 1;
    await sleep(20);
    // Key order and spacing are the bytes' own; jsonb would have lost them.
    return { status: 201, body: `{"z":${runs},  "a":1}` };
  };
  return runIdempotent(pool, request, work);
}

test('fifty equal requests at once run once and get the same bytes', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => run(requestOf('k1'))));
  expect(runs).toBe(1);
  expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(['201 {"z":1,  "a":1}']));
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
});

test('another body under the same key is refused and runs nothing', async () => {
  await run(requestOf('k1'));
  await expect(run(requestOf('k1', { requestSha256: sha256('other') }))).rejects.toMatchObject({
    code: 'ECS_IDEMPOTENCY_MISMATCH',
  });
  expect(runs).toBe(1);
});

test('keys of other owners and other routes never meet; without a key every request runs', async () => {
  await run(requestOf('k1'));
  await run(requestOf('k1', { owner: 'key:b' }));
  await run(requestOf('k1', { route: 'freezeAccount' }));
  await run(null);
  await run(null);
  expect(runs).toBe(5);
});

test('a failure keeps nothing, the key neither: the next one runs', async () => {
  const fail = () =>
    runIdempotent(database.pool, requestOf('k1'), async (tx) => {
      await tx.query(
        "insert into api_keys (key_id, name, secret_sha256, scopes, created_at) values ('x', 'x', '', '{}', now())",
      );
      throw new EcsError('ECS_CONFLICT', 'no');
    });
  await expect(fail()).rejects.toMatchObject({ code: 'ECS_CONFLICT' });
  const { rows } = await database.pool.query('select 1 from api_keys union all select 1 from idempotency_keys');
  expect(rows).toEqual([]);
  expect((await run(requestOf('k1'))).replayed).toBe(false);
});

test('a key whose first request hangs is refused as running, not run again', async () => {
  // Production waits ten seconds for a lock; the rule is the same at a third of one.
  const impatient = new pg.Pool({ connectionString: database.connectionString, lock_timeout: 300 });
  const holder = await database.pool.connect();
  try {
    await holder.query('begin');
    await holder.query(
      "insert into idempotency_keys values ('key:a', 'evaluateCreditLimit', 'k1', '', null, null, now())",
    );
    await expect(run(requestOf('k1'), impatient)).rejects.toMatchObject({ code: 'ECS_IDEMPOTENCY_RUNNING' });
    expect(runs).toBe(0);
  } finally {
    await holder.query('rollback');
    holder.release();
    await impatient.end();
  }
});

test('old answers are forgotten, young ones are kept', async () => {
  await run(requestOf('old'));
  await database.pool.query("update idempotency_keys set created_at = now() - interval '2 days'");
  await run(requestOf('young'));
  expect(await pruneIdempotencyKeys(database.pool, DAY_MS)).toBe(1);
  expect((await run(requestOf('young'))).replayed).toBe(true);
  expect((await run(requestOf('old'))).replayed).toBe(false);
});

test('the pruner forgets by itself, and stops when told', async () => {
  await run(requestOf('old'));
  await database.pool.query("update idempotency_keys set created_at = now() - interval '2 days'");
  await run(requestOf('young'));
  const pruner = createIdempotencyPruner({
    pool: database.pool,
    log: createLog('silent'),
    pollMs: 20,
  });
  pruner.start();
  try {
    await eventually(async () => {
      const { rows } = await database.pool.query('select idempotency_key from idempotency_keys');
      expect(rows).toEqual([{ idempotency_key: 'young' }]);
    });
  } finally {
    await pruner.stop();
  }
});
