// A model is released from the command line while an ECS runs in another process: that process follows, by itself.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { makeOtherModel } from '../support/registered-models.ts';
import { type Environment, endAllEcs, runEcs, runEcsJson, spawnEcs, waitForOutput } from './support/run-ecs.ts';

// Processes start slowly on a busy machine.
jest.setTimeout(240_000);

const ADMIN_KEY = 'a-long-key-for-the-test-of-models-0123456789';
let database: TestDatabase;
let env: Environment;
let folder = '';
let modelPath = '';
let version = '';

beforeAll(async () => {
  database = await createTestDatabase();
  env = { DATABASE_URL: database.connectionString };
  folder = await mkdtemp(join(tmpdir(), 'ecs-models-'));
  modelPath = join(folder, 'next.json');
  const model = await makeOtherModel('next', 0.2);
  version = model.modelVersion;
  await writeFile(modelPath, JSON.stringify(model.artefact));
});
afterAll(async () => {
  await endAllEcs();
  await database.drop();
  await rm(folder, { recursive: true });
});

test('registered, challenged, proposed and approved by two keys, followed by a running ECS, taken back', async () => {
  const ecs = spawnEcs(['start', '--no-demo'], { ...env, PORT: '0', ECS_ADMIN_KEY: ADMIN_KEY });
  const [, base] = await waitForOutput(ecs, /API\s+(http:\S+)/, 60_000);
  const call = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    return (await fetch(`${base}${path}`, init)).json();
  };
  await call('PUT', '/api/customers/ana', { currency: 'BRL', declaredIncomeMinor: 500_000 });
  // Profiles are counted a moment after they were taken.
  const decide = async () => {
    const decision = (await call('POST', '/api/credit-limit', { customerId: 'ana' })) as { modelVersion?: string };
    expect(decision.modelVersion).toMatch(/^[0-9a-f]{64}$/);
    return decision.modelVersion;
  };
  const shipped = await eventually(decide);

  expect(await runEcsJson(['model', 'register', modelPath], env)).toEqual({ modelVersion: version, isNew: true });
  const short = version.slice(0, 12);
  expect(await runEcsJson(['model', 'challenge', short, '--past-days', '1'], env)).toEqual({ modelVersion: version });
  // The running process scores it by itself.
  await eventually(
    async () => {
      const { comparisons } = await runEcsJson(['model', 'shadow'], env);
      expect(comparisons).toMatchObject([{ championVersion: shipped, decisions: expect.any(Number) }]);
    },
    { timeoutMs: 60_000 },
  );

  const [ana, bea] = [await makeKey('ana'), await makeKey('bea')];
  const promote = ['model', 'promote', short, '--reason', 'better'];
  expect((await runEcs(promote, env)).stderr).toContain('[ECS_UNAUTHENTICATED]');
  const proposal = await runEcsJson(promote, { ...env, ECS_KEY: ana });
  const approve = ['model', 'approve', proposal.proposalId, '--reason', 'checked'];
  expect((await runEcs(approve, { ...env, ECS_KEY: ana })).stderr).toContain('[ECS_FORBIDDEN]');
  expect((await runEcs([...approve, '--key', 'ecs_x'], env)).stderr).toContain('[ECS_UNAUTHENTICATED]');
  expect(await runEcsJson([...approve, '--key', bea], env)).toMatchObject({ state: 'approved' });
  await eventually(async () => expect(await decide()).toBe(version), { timeoutMs: 2_000 });

  // The file of the installation is another one now, and is named as that.
  const doctor = await runEcsJson(['doctor'], { ...env, ECS_MODEL: modelPath });
  expect(doctor).toContainEqual(expect.objectContaining({ check: 'model', state: 'ok' }));
  const back = ['model', 'rollback', '--reason', 'complaints'];
  expect(await runEcsJson(back, { ...env, ECS_KEY: ana })).toEqual({ from: version, to: shipped });
  await eventually(async () => expect(await decide()).toBe(shipped), { timeoutMs: 2_000 });
  const told = await runEcsJson(['doctor'], { ...env, ECS_MODEL: modelPath });
  expect(told).toContainEqual(expect.objectContaining({ check: 'ECS_MODEL', state: 'warning' }));
  const { models } = await runEcsJson(['model', 'list'], env);
  expect(models.map((model: { alias: string | null; name: string }) => [model.alias, model.name])).toEqual([
    ['champion', expect.any(String)],
    [null, 'next'],
  ]);
  const history = await runEcsJson(['model', 'list', '--history'], env);
  expect(history[0]).toMatchObject({ action: 'rolled_back', reason: 'complaints' });
});

async function makeKey(name: string): Promise<string> {
  return (await runEcsJson(['keys', 'create', name, '--scope', 'models:promote'], env)).token;
}

test('a process that is given another file decides by the registry, and says so at the start', async () => {
  const ecs = spawnEcs(['start', '--no-demo', '--roles', 'relay'], { ...env, ECS_MODEL: modelPath });
  await waitForOutput(ecs, /model file is registered but not in force/, 60_000);
  await waitForOutput(ecs, /model\s+\S+ \S+\s+\(from the registry, not the model file\)/, 60_000);
  ecs.signal('SIGTERM');
  expect((await ecs.ended).code).toBe(0);
});

test('what is no model, or not known, is told', async () => {
  const path = join(folder, 'bad.json');
  await writeFile(path, '{}');
  expect((await runEcs(['model', 'register', path], env)).stderr).toContain('[ECS_MODEL_INVALID]');
  expect((await runEcs(['model', 'challenge', 'ffffffffffff'], env)).stderr).toContain('[ECS_NOT_FOUND]');
  expect((await runEcs(['model', 'challenge'], env)).stderr).toContain('Name one model, or say --none');
  const approve = ['model', 'approve', 'nonsense', '--reason', 'x'];
  const env2 = { ...env, ECS_KEY: await makeKey('carl') };
  expect((await runEcs(approve, env2)).stderr).toContain('[ECS_NOT_FOUND]');
});
