// Words, exit codes and JSON of the commands that work on a database.
import { jest } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type Environment, endAllEcs, runEcs, runEcsJson } from './support/run-ecs.ts';

// Processes start slowly on a busy machine.
jest.setTimeout(180_000);

let database: TestDatabase;
let env: Environment;

beforeAll(async () => {
  database = await createTestDatabase();
  env = { DATABASE_URL: database.connectionString };
});
afterAll(async () => {
  await endAllEcs();
  await database.drop();
});

test('help says what there is and what the exit codes mean, on standard output', async () => {
  const { code, stdout, stderr } = await runEcs(['--help'], {});
  expect(code).toBe(0);
  expect(stdout).toMatch(/start .*\n[\s\S]*simulate[\s\S]*import[\s\S]*doctor[\s\S]*Exit codes: 0 done, 1 failed, 2 /);
  expect(stderr).toBe('');
});

test('wrong words end with 2, before anything is opened', async () => {
  const nowhere = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
  const { code, stdout, stderr } = await runEcs(['decide', 'ana', '--requested', 'much'], nowhere);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^error: .*much/);
});

test('settings that are wrong are all told, and end with 1', async () => {
  const { code, stderr } = await runEcs(['migrate'], { DATABASE_URL: 'mysql://x', ECS_PARTITIONS: 'many' });
  expect(code).toBe(1);
  expect(stderr).toMatch(/DATABASE_URL[\s\S]*ECS_PARTITIONS[\s\S]*\[ECS_CONFIG_INVALID\]/);
});

test('a database that does not answer is told in one line', async () => {
  const { code, stdout, stderr } = await runEcs(['keys', 'list', '--json'], {
    DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^ecs: .*\[ECS_DATABASE_UNAVAILABLE\]\n$/);
});

test('migrate: an empty database is filled once, and --check changes nothing', async () => {
  const empty = await createTestDatabase({ empty: true });
  try {
    const emptyEnv = { DATABASE_URL: empty.connectionString };
    expect((await runEcs(['migrate', '--check'], emptyEnv)).code).toBe(1);
    expect((await runEcsJson(['migrate'], emptyEnv)).applied[0]).toMatch(/^0001/);
    expect(await runEcsJson(['migrate', '--check'], emptyEnv)).toEqual({ applied: [] });
  } finally {
    await empty.drop();
  }
});

test('keys: made, listed without the secret, rotated, revoked', async () => {
  const made = await runEcsJson(['keys', 'create', 'console', '--scope', 'decisions:read', 'limits:write'], env);
  expect(made).toMatchObject({ token: expect.stringMatching(/^ecs_/), scopes: ['decisions:read', 'limits:write'] });
  const listed = await runEcs(['keys', 'list', '--json'], env);
  expect(listed.stdout).not.toContain(made.token);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ keyId: made.keyId, name: 'console', state: 'live' }]);
  const rotated = await runEcsJson(['keys', 'rotate', made.keyId], env);
  expect(rotated.token).not.toBe(made.token);
  expect(await runEcsJson(['keys', 'revoke', rotated.keyId], env)).toEqual({ keyId: rotated.keyId, revoked: true });
  const unknown = await runEcs(['keys', 'revoke', 'nobody'], env);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('[ECS_NOT_FOUND]');
  expect((await runEcs(['keys', 'create', 'x', '--scope', 'everything'], env)).stderr).toContain('is not a scope');
});

test('decide: an unknown customer is told', async () => {
  const { code, stdout, stderr } = await runEcs(['decide', 'nobody', '--json'], env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/nobody.*\[ECS_NOT_FOUND\]/);
});

test('replay and dead letters of an empty installation', async () => {
  expect(await runEcsJson(['replay'], env)).toEqual({ replayed: 0, different: [] });
  expect(await runEcsJson(['dead-letters', 'count'], env)).toEqual([]);
});

test('a database given is not ours to back up', async () => {
  const { code, stderr } = await runEcs(['backup', 'x.ecs'], env);
  expect(code).toBe(1);
  expect(stderr).toContain('pg_dump');
});
