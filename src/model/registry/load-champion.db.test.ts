// How those who decide follow the registry: soon, seldom asking, and never with a model that is not what it says.
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { silentLog } from '../../../test/support/decision-database.ts';
import { makeOtherModel } from '../../../test/support/registered-models.ts';
import { inTransaction, type Queryable } from '../../db/index.ts';
import { ECS_ACTOR, installModel, type LoadedScorecard, registerModel } from '../index.ts';
import { createModelSource } from './load-champion.ts';

const NOW_MS = Date.UTC(2026, 10, 22);
let database: TestDatabase;
let pool: pg.Pool;
let first: LoadedScorecard;
let second: LoadedScorecard;
let nowMs = NOW_MS;
let asked: string[] = [];

beforeEach(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  first = await makeOtherModel('first');
  second = await makeOtherModel('second');
  await inTransaction(pool, (tx) => installModel(tx, first.artefact, NOW_MS));
  await inTransaction(pool, (tx) =>
    registerModel(tx, second.artefact, { actor: ECS_ACTOR, reason: 'test', nowMs: NOW_MS }),
  );
  nowMs = NOW_MS;
  asked = [];
});
afterEach(() => database.drop());

const source = () => createModelSource({ clock: () => nowMs, log: silentLog });
const promote = (version: string) =>
  pool.query("update model_aliases set model_version = $1 where alias = 'champion'", [version]);

/** The pool, with every statement that goes through it written down. */
function listening(): Queryable {
  const query = (...args: unknown[]) => {
    const [what] = args;
    asked.push(typeof what === 'string' ? what : (what as { text: string }).text);
    return (pool.query as (...all: unknown[]) => unknown)(...args);
  };
  return { query } as unknown as Queryable;
}

test('it asks at most once a second, and follows within that', async () => {
  const models = source();
  const db = listening();
  expect((await models.champion(db)).modelVersion).toBe(first.modelVersion);
  expect(asked).toHaveLength(2);
  await promote(second.modelVersion);
  nowMs += 999;
  expect((await models.champion(db)).modelVersion).toBe(first.modelVersion);
  expect(asked).toHaveLength(2);
  nowMs += 1;
  expect((await models.champion(db)).modelVersion).toBe(second.modelVersion);
  expect(asked).toHaveLength(4);
  // The same one again: the alias is read, the model is not.
  nowMs += 1_000;
  const again = await models.champion(db);
  expect([again.modelVersion, asked.length]).toEqual([second.modelVersion, 5]);
  expect(await models.champion(db)).toBe(again);
});

test('a clock that is set back does not make old knowledge young', async () => {
  const models = source();
  await models.champion(pool);
  await promote(second.modelVersion);
  nowMs -= 3_600_000;
  expect((await models.champion(pool)).modelVersion).toBe(second.modelVersion);
  const db = listening();
  await models.champion(db);
  expect(asked).toHaveLength(0);
});

test('many that meet a promotion at once read the model once', async () => {
  const models = source();
  const db = listening();
  await models.champion(db);
  await promote(second.modelVersion);
  nowMs += 5_000;
  asked = [];
  const found = await Promise.all(Array.from({ length: 8 }, () => models.champion(db)));
  expect(new Set(found)).toEqual(new Set([found[0]]));
  expect(found[0]?.modelVersion).toBe(second.modelVersion);
  expect(asked.filter((text) => text.includes('artefact'))).toHaveLength(1);
});

test('a look-up that fails harms no other, and the next one tries again', async () => {
  const models = source();
  const broken = { query: async () => Promise.reject(new Error('gone')) } as unknown as Queryable;
  await expect(models.champion(broken)).rejects.toThrow('gone');
  expect((await models.champion(pool)).modelVersion).toBe(first.modelVersion);
});

test('a champion that is not what its name says decides nothing, and neither does the one before it', async () => {
  const models = source();
  await models.champion(pool);
  await promote(second.modelVersion);
  await pool.query(`update model_versions set artefact = replace(artefact, '"second"', '"sekond"')`);
  nowMs += 1_000;
  for (const _ of [1, 2]) await expect(models.champion(pool)).rejects.toMatchObject({ code: 'ECS_MODEL_INVALID' });
  await promote(first.modelVersion);
  expect((await models.champion(pool)).modelVersion).toBe(first.modelVersion);
});

test('before the first start there is none', async () => {
  const empty = await createTestDatabase();
  try {
    await expect(source().champion(empty.pool)).rejects.toMatchObject({ code: 'ECS_VERSION_UNKNOWN' });
  } finally {
    await empty.drop();
  }
});
