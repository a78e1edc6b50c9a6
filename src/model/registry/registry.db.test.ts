// The registry on a real database: names, aliases, the first start, the history.
import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '../../../test/support/database.ts';
import { makeOtherModel } from '../../../test/support/registered-models.ts';
import {
  createRegistryWorld,
  person,
  REGISTRY_NOW_MS,
  type RegistryWorld,
  refusal,
} from '../../../test/support/registry-world.ts';
import { inTransaction, MIGRATIONS_DIR, migrate } from '../../db/index.ts';
import { canonicalJson } from '../../lib/canonical-json.ts';
import {
  clearChallenger,
  getModel,
  installModel,
  listModelHistory,
  listModels,
  loadAlias,
  loadModelVersion,
} from '../index.ts';

const ana = person('ana');

let world: RegistryWorld;
beforeEach(async () => {
  world = await createRegistryWorld();
});
afterEach(() => world.database.drop());

describe('versions', () => {
  test('a version is the hash of its content; registering it again changes nothing', async () => {
    expect(await world.register(world.second.artefact)).toEqual({
      modelVersion: world.second.modelVersion,
      isNew: false,
    });
    expect(await world.register({ ...world.second.artefact, name: 'fourth' })).toMatchObject({ isNew: true });
    expect(await world.actions()).toEqual(['registered', 'registered', 'registered', 'installed', 'registered']);
    const model = await getModel(world.pool, world.second.modelVersion);
    expect(model).toMatchObject({ alias: null, name: 'second', registeredBy: 'key:ana', artefact: { name: 'second' } });
    expect(model?.training).toEqual(JSON.parse(JSON.stringify(world.second.artefact.training)));
    expect((await loadModelVersion(world.pool, world.second.modelVersion)).artefact).toEqual(world.second.artefact);
  });

  test('what is no scorecard, or cannot decide, is refused by the name of the field', async () => {
    await expect(world.register({ ...world.second.artefact, baseRate: 7 })).rejects.toMatchObject({
      code: 'ECS_MODEL_INVALID',
      facts: { field: 'baseRate' },
    });
    await expect(world.register({ hello: 1 })).rejects.toMatchObject({ code: 'ECS_MODEL_INVALID' });
    expect(await listModels(world.pool)).toHaveLength(3);
  });

  test('bytes that were changed in the database are not taken for the model', async () => {
    await world.pool.query(`update model_versions set artefact = replace(artefact, '"second"', '"sekond"')`);
    const changed = { code: 'ECS_MODEL_INVALID', message: expect.stringMatching(/not what was registered/) };
    await expect(loadModelVersion(world.pool, world.second.modelVersion)).rejects.toMatchObject(changed);
    await expect(world.propose(world.second)).rejects.toMatchObject(changed);
  });

  test('the list: champion, challenger, then the others, whole only where there is an alias', async () => {
    await world.challenge(world.third);
    const models = await listModels(world.pool);
    expect(models.map(({ alias, name, artefact }) => [alias, name, artefact !== null])).toEqual([
      ['champion', 'first', true],
      ['challenger', 'third', true],
      [null, 'second', false],
    ]);
    expect(await getModel(world.pool, 'challenger')).toMatchObject({ modelVersion: world.third.modelVersion });
    expect(await getModel(world.pool, 'nobody')).toBeNull();
  });

  test('an anchored model says so, in the list as well', async () => {
    const recalibration = {
      slope: 0.9,
      intercept: -1.2,
      outcomes: 5_000,
      defaults: 240,
      outcomesSha256: 'a'.repeat(64),
    };
    const { modelVersion } = await world.register({ ...world.second.artefact, name: 'anchored', recalibration });
    expect((await getModel(world.pool, modelVersion))?.recalibration).toEqual(recalibration);
    const models = await listModels(world.pool);
    expect(models.filter((model) => model.recalibration !== null).map(({ name }) => name)).toEqual(['anchored']);
  });
});

describe('the first start', () => {
  test('the file becomes champion only where there is none', async () => {
    expect(await world.install(world.second)).toBe(world.first.modelVersion);
    expect(await world.install(await makeOtherModel('a later file'))).toBe(world.first.modelVersion);
    expect(await world.champion()).toBe(world.first.modelVersion);
  });

  test('of several that start at once with other files one makes the champion, and all name it', async () => {
    const empty = await createTestDatabase({ max: 12 });
    try {
      const models = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => makeOtherModel(`start-${n}`)));
      const named = await Promise.all(
        models.map((model) =>
          inTransaction(empty.pool, (client) => installModel(client, model.artefact, REGISTRY_NOW_MS)),
        ),
      );
      expect(new Set(named).size).toBe(1);
      const installed = (await listModelHistory(empty.pool)).filter(({ action }) => action === 'installed');
      expect(installed.map(({ modelVersion }) => modelVersion)).toEqual([named[0]]);
    } finally {
      await empty.drop();
    }
  });
});

describe('the challenger', () => {
  test('is set, changed and cleared, and is never the champion', async () => {
    await world.challenge(world.second);
    await world.challenge(world.third);
    expect((await listModelHistory(world.pool))[0]).toMatchObject({
      action: 'challenger_set',
      previousVersion: world.second.modelVersion,
    });
    await expect(world.challenge(world.first)).rejects.toMatchObject(refusal('ECS_CONFLICT', /own challenger/));
    expect(await world.tx((client) => clearChallenger(client, 'enough', ana, REGISTRY_NOW_MS))).toBe(
      world.third.modelVersion,
    );
    await expect(world.tx((client) => clearChallenger(client, 'enough', ana, REGISTRY_NOW_MS))).rejects.toMatchObject({
      code: 'ECS_NOT_FOUND',
    });
    expect(await world.champion()).toBe(world.first.modelVersion);
  });

  test('ends where it is promoted, and where the brake brings it back', async () => {
    await world.challenge(world.second);
    await world.approve((await world.propose(world.second)).proposalId);
    expect(await loadAlias(world.pool, 'challenger')).toBeNull();
    expect((await world.actions()).slice(0, 2)).toEqual(['challenger_cleared', 'approved']);
    await world.challenge(world.first);
    await world.back();
    expect(await loadAlias(world.pool, 'challenger')).toBeNull();
  });
});

test('the history is only added to', async () => {
  for (const sql of [
    "update model_history set reason = 'x'",
    'delete from model_history',
    'truncate model_history',
    "update model_history set reason = 'x' where false",
  ]) {
    await expect(world.pool.query(sql)).rejects.toThrow(/only added to/);
  }
});

test('an installation from before the registry keeps its champion and begins its history', async () => {
  const empty = await createTestDatabase({ empty: true });
  const dir = await mkdtemp(join(tmpdir(), 'ecs-before-'));
  try {
    for (const name of await readdir(MIGRATIONS_DIR)) {
      if (name < '0003') await copyFile(join(MIGRATIONS_DIR, name), join(dir, name));
    }
    await migrate(empty.pool, { migrationsDir: dir });
    await empty.pool.query('insert into model_versions values ($1, $2, $3)', [
      world.first.modelVersion,
      canonicalJson(world.first.artefact),
      new Date(REGISTRY_NOW_MS),
    ]);
    await empty.pool.query("insert into model_aliases values ('champion', $1)", [world.first.modelVersion]);
    await migrate(empty.pool);
    expect(await listModels(empty.pool)).toMatchObject([
      { modelVersion: world.first.modelVersion, alias: 'champion', name: 'first', registeredBy: 'ecs' },
    ]);
    expect((await listModelHistory(empty.pool)).map(({ action }) => action)).toEqual(['installed', 'registered']);
    expect(
      await inTransaction(empty.pool, (client) => installModel(client, world.second.artefact, REGISTRY_NOW_MS)),
    ).toBe(world.first.modelVersion);
  } finally {
    await rm(dir, { recursive: true });
    await empty.drop();
  }
});
