// The proxy on a real PostgreSQL: what it passes on, where it cuts, and what it says was committed.
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { type DatabaseProxy, type SeenCommit, startDatabaseProxy } from './database-proxy.ts';
import type { Moment, NamedPoint } from './named-points.ts';

let database: TestDatabase;
let proxy: DatabaseProxy;
let commits: SeenCommit[];
let via: string;

beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  await database.pool.query('create table seen (n int primary key)');
});
afterAll(() => database.drop());
beforeEach(async () => {
  commits = [];
  const url = new URL(database.connectionString);
  const targetPort = Number(url.port);
  proxy = await startDatabaseProxy({ targetPort: () => targetPort, onCommit: (commit) => commits.push(commit) });
  url.port = String(proxy.port);
  via = url.href;
  await database.pool.query('delete from seen');
});
afterEach(() => proxy.stop());

const commitAt = (moment: Moment): NamedPoint => ({
  name: 'commit',
  role: 'ingest',
  moment,
  matches: (step) => step.isCommit,
});

async function insertOne(): Promise<string> {
  const client = new pg.Client({ connectionString: via });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('begin');
    await client.query('insert into seen values ($1)', [1]);
    await client.query('commit');
    return 'answered';
  } catch {
    return 'cut off';
  } finally {
    await client.end().catch(() => {});
  }
}
const stored = async () => (await database.pool.query('select n from seen')).rowCount;
const outcomes = () => commits.map(({ outcome }) => outcome);

test('passes everything on, and tells of the commit', async () => {
  expect(await insertOne()).toBe('answered');
  expect([await stored(), outcomes()]).toEqual([1, ['committed']]);
});

test.each<[Moment, string, number, string[]]>([
  ['before', 'cut off', 0, []],
  ['unanswered', 'cut off', 1, ['committed']],
  ['after', 'answered', 1, ['committed']],
])('cut %s the commit: the client is %s', async (moment, heard, kept, told) => {
  let fired = 0;
  proxy.arm({ point: commitAt(moment), action: 'cut', kill: () => {}, onFired: () => fired++ });
  expect(await insertOne()).toBe(heard);
  await eventually(async () => expect([await stored(), outcomes(), fired]).toEqual([kept, told, 1]));
  // Armed for once.
  await database.pool.query('delete from seen');
  expect(await insertOne()).toBe('answered');
});

test('what was disarmed does not fire; what has fired cannot be disarmed', async () => {
  const armed = { point: commitAt('before'), action: 'kill' as const, kill: () => {}, onFired: () => {} };
  proxy.arm(armed);
  expect(proxy.disarm(armed)).toBe(true);
  expect(await insertOne()).toBe('answered');
  await database.pool.query('delete from seen');
  proxy.arm(armed);
  expect(await insertOne()).toBe('cut off');
  expect(proxy.disarm(armed)).toBe(false);
});

test('a silent line delivers later, a cut one not at all', async () => {
  proxy.line.set({ kind: 'silent' });
  const waiting = insertOne();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await stored()).toBe(0);
  proxy.line.set({ kind: 'slow', delayMs: 5 });
  expect(await waiting).toBe('answered');
  proxy.line.set({ kind: 'cut' });
  await expect(insertOne()).rejects.toThrow();
  proxy.line.set({ kind: 'open' });
});
