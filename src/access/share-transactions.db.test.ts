// Requests that share transactions, against a real database: one run per key, one after another per customer, each failing
// alone, nobody waiting for somebody else's lock, and nothing answered that was not committed.
import pg from 'pg';
import { startCuttingProxy } from '../../test/support/cutting-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { createPool } from '../db/index.ts';
import { sha256 } from '../lib/canonical-json.ts';
import { EcsError } from '../lib/errors.ts';
import { type IdempotentRequest, shareTransactions } from './index.ts';
import type { SharedTransactionsOptions } from './share-transactions.ts';

interface Note {
  readonly customer: string;
  readonly text: string;
}

let database: TestDatabase;
let batches: (readonly Note[])[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query('create table notes (customer text, text text, at bigint generated always as identity)');
});
afterAll(() => database.drop());
beforeEach(async () => {
  batches = [];
  await database.pool.query('truncate notes, idempotency_keys');
});

async function writeNotes(tx: pg.PoolClient, notes: readonly Note[]) {
  batches.push(notes);
  const refused = notes.map(({ text }) => text === 'refused');
  const kept = notes.filter((_note, index) => !refused[index]);
  if (kept.some(({ text }) => text === 'bug')) throw new TypeError('a bug of this very note');
  // The customer's row, as decisions lock it.
  await tx.query('select pg_advisory_xact_lock_shared(1)');
  await tx.query('insert into notes (customer, text) select * from unnest($1::text[], $2::text[])', [
    kept.map((note) => note.customer),
    kept.map((note) => note.text),
  ]);
  return notes.map(({ customer, text }, index) =>
    refused[index]
      ? new EcsError('ECS_NOT_FOUND', `no ${customer}`)
      : { status: 200, body: `{"${customer}":"${text}"}` },
  );
}

function share(changes: Partial<SharedTransactionsOptions<Note>> = {}) {
  return shareTransactions<Note>({
    pool: database.pool,
    work: writeNotes,
    turnOf: (note) => note.customer,
    ...changes,
  });
}

function claimOf(key: string, body = key): IdempotentRequest {
  return { owner: 'key:a', route: 'note', key, requestSha256: sha256(body) };
}

const ask = (customer: string, text: string, key: string | null = null) => ({
  request: { customer, text },
  claim: key === null ? null : claimOf(key),
});

async function loadNotes(): Promise<string[]> {
  const { rows } = await database.pool.query<{ note: string }>(
    "select customer || ' ' || text as note from notes order by at",
  );
  return rows.map(({ note }) => note);
}

const outcomeOf = (settled: PromiseSettledResult<{ status: number; body: string | null }>) =>
  settled.status === 'fulfilled' ? settled.value.body : (settled.reason as { code?: string }).code;

test('those that come while a transaction is under way share the next', async () => {
  const { run } = share();
  const answers = await Promise.all(Array.from({ length: 100 }, (_, i) => run(ask(`c${i}`, 'x', `k${i}`))));
  expect(answers.map(({ body }) => body)).toEqual(Array.from({ length: 100 }, (_, i) => `{"c${i}":"x"}`));
  expect(batches.length).toBeLessThanOrEqual(5);
  expect(await loadNotes()).toHaveLength(100);
});

test('a hundred equal requests at once under one key run once; ninety-nine are answered from what was kept', async () => {
  const { run } = share();
  const answers = await Promise.all(Array.from({ length: 100 }, () => run(ask('ana', 'x', 'k'))));
  expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['{"ana":"x"}']));
  expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  expect(await loadNotes()).toEqual(['ana x']);
});

test('the same of two processes: each has its own lanes, and the key is claimed once', async () => {
  const processes = [share(), share()];
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => processes[i % 2]?.run(ask(`c${i >> 1}`, 'x', `k${i >> 1}`))),
  );
  expect(answers.filter((answer) => answer?.replayed === false)).toHaveLength(20);
  expect(await loadNotes()).toHaveLength(20);
});

test('requests of one customer follow each other in the order in which they came', async () => {
  const { run } = share();
  await Promise.all(Array.from({ length: 60 }, (_, i) => run(ask(i % 3 === 0 ? 'ana' : `c${i}`, `${i}`))));
  const own = (await loadNotes()).filter((note) => note.startsWith('ana '));
  expect(own).toEqual(Array.from({ length: 20 }, (_, i) => `ana ${i * 3}`));
  for (const batch of batches) expect(new Set(batch.map(({ customer }) => customer)).size).toBe(batch.length);
});

test('a refused request keeps nothing, its key neither; its neighbours keep theirs', async () => {
  const { run } = share();
  const asked = Array.from({ length: 20 }, (_, i) => ask(`c${i}`, i === 7 ? 'refused' : 'x', `k${i}`));
  const settled = await Promise.allSettled(asked.map(run));
  expect(settled.map(outcomeOf)).toEqual(asked.map((_, i) => (i === 7 ? 'ECS_NOT_FOUND' : `{"c${i}":"x"}`)));
  const { rows } = await database.pool.query('select 1 from idempotency_keys');
  expect(rows).toHaveLength(19);
  await expect(run(ask('c7', 'x', 'k7'))).resolves.toMatchObject({ replayed: false });
});

test('what breaks a transaction fails alone', async () => {
  const { run } = share();
  const asked = Array.from({ length: 20 }, (_, i) => ask(`c${i}`, i === 7 ? 'bug' : 'x', `k${i}`));
  const settled = await Promise.allSettled(asked.map(run));
  expect(settled.flatMap((one, i) => (one.status === 'rejected' ? [i] : []))).toEqual([7]);
  expect(await loadNotes()).toHaveLength(19);
  expect((await database.pool.query('select 1 from idempotency_keys')).rows).toHaveLength(19);
});

test('another request under the same key is refused, in the same transaction and later', async () => {
  const { run } = share();
  const other = { request: { customer: 'bea', text: 'y' }, claim: claimOf('k', 'other') };
  const settled = await Promise.allSettled([run(ask('ana', 'x', 'k')), run(other), run(ask('cid', 'z', 'k2'))]);
  expect(settled.map(outcomeOf)).toEqual(['{"ana":"x"}', 'ECS_IDEMPOTENCY_MISMATCH', '{"cid":"z"}']);
  await expect(run(other)).rejects.toMatchObject({ code: 'ECS_IDEMPOTENCY_MISMATCH' });
  expect(await loadNotes()).toEqual(['ana x', 'cid z']);
});

test('a key that another process holds makes nobody else wait; its own request is told that it is running', async () => {
  const impatient = new pg.Pool({ connectionString: database.connectionString, lock_timeout: 5_000, pipeline: true });
  const holder = await database.pool.connect();
  try {
    await holder.query('begin');
    await holder.query("insert into idempotency_keys values ('key:a', 'note', 'held', '', null, null, now())");
    const { run } = share({ pool: impatient });
    const held = run(ask('ana', 'x', 'held'));
    let stillHeld = true;
    held.catch(() => {
      stillHeld = false;
    });
    await Promise.all(Array.from({ length: 20 }, (_, i) => run(ask(`c${i}`, 'x', `k${i}`))));
    expect(stillHeld).toBe(true);
    await expect(held).rejects.toMatchObject({ code: 'ECS_IDEMPOTENCY_RUNNING' });
    expect(await loadNotes()).toHaveLength(20);
  } finally {
    await holder.query('rollback');
    holder.release();
    await impatient.end();
  }
}, 20_000);

test('a commit whose answer is lost is told as unknown to everybody in it, and the same keys tell what happened', async () => {
  for (const cut of ['cutAfter', 'cutBefore'] as const) {
    const proxy = await startCuttingProxy(database.connectionString);
    const cutOff = createPool({ connectionString: proxy.connectionString });
    try {
      const { run } = share({ pool: cutOff });
      await run(ask('warm', cut));
      // The statement itself, not the end of `read committed`.
      proxy[cut]('commit\0');
      const asked = Array.from({ length: 5 }, (_, i) => ask(`${cut}${i}`, 'x', `${cut}${i}`));
      const settled = await Promise.allSettled(asked.map(run));
      const unknown = asked.filter((_one, i) => settled[i]?.status === 'rejected');
      expect(unknown.length).toBeGreaterThan(0);
      for (const one of settled)
        expect(['ECS_COMMIT_UNKNOWN', expect.stringMatching(/x/)]).toContainEqual(outcomeOf(one));
      await eventually(async () => {
        const again = await Promise.all(unknown.map(run));
        expect(again.every((answer) => answer.status === 200)).toBe(true);
      });
      const notes = (await loadNotes()).filter((note) => note.startsWith(cut) && note.endsWith(' x'));
      expect(notes.toSorted()).toEqual(Array.from({ length: 5 }, (_, i) => `${cut}${i} x`));
    } finally {
      await cutOff.end();
      await proxy.stop();
    }
  }
}, 30_000);

test('an outage is told to all at once, and the next requests are served again', async () => {
  const proxy = await startCuttingProxy(database.connectionString);
  const away = createPool({ connectionString: proxy.connectionString });
  try {
    const { run } = share({ pool: away });
    proxy.cutAll();
    const settled = await Promise.allSettled(Array.from({ length: 10 }, (_, i) => run(ask(`c${i}`, 'x'))));
    expect(new Set(settled.map(outcomeOf))).toEqual(new Set(['ECS_DATABASE_UNAVAILABLE']));
    proxy.allow();
    await expect(run(ask('c0', 'x'))).resolves.toMatchObject({ status: 200 });
  } finally {
    await away.end();
    await proxy.stop();
  }
}, 20_000);

test('a thousand requests for one customer are all served; past the bound they are told that ECS is busy', async () => {
  const { run } = share({ patienceMs: 60_000 });
  const many = await Promise.all(Array.from({ length: 1_000 }, (_, i) => run(ask('ana', `${i}`))));
  expect(new Set(many.map(({ status }) => status))).toEqual(new Set([200]));
  expect(await loadNotes()).toEqual(Array.from({ length: 1_000 }, (_, i) => `ana ${i}`));
  const narrow = share({ waitingMax: 3 });
  const settled = await Promise.allSettled(Array.from({ length: 10 }, () => narrow.run(ask('bea', 'x'))));
  expect(settled.map(outcomeOf).filter((code) => code === 'ECS_BUSY')).toHaveLength(6);
  const hasty = share({ patienceMs: -1 });
  await expect(hasty.run(ask('cid', 'x'))).rejects.toMatchObject({ code: 'ECS_BUSY' });
}, 60_000);
