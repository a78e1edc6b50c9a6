// The data folder of the embedded PostgreSQL, as the command line uses it.

import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { MIGRATIONS_DIR } from '../../src/db/migrate.ts';
import { type Environment, endAllEcs, runEcs, runEcsJson, spawnEcs, waitForOutput } from './support/run-ecs.ts';

// Processes start slowly on a busy machine.
jest.setTimeout(180_000);

// Made by ECS itself: in a closed folder of ours, root's cluster would be placed where nobody tidies up.
const folder = join(tmpdir(), `ecs-folder-${randomUUID()}`);
const env: Environment = { ECS_DATA_DIR: folder };
const saved = `${folder}.backup`;

afterAll(async () => {
  await endAllEcs();
  for (const path of [folder, saved]) await rm(path, { recursive: true, force: true, maxRetries: 5 });
});

const keyNames = async () =>
  (await runEcsJson(['keys', 'list'], env)).map(({ name }: { name: string }) => name) as string[];

test('made, backed up, emptied, restored', async () => {
  const migrations = (await readdir(MIGRATIONS_DIR)).map((name) => name.replace(/\.sql$/, ''));
  expect((await runEcsJson(['migrate'], env)).applied).toEqual(migrations.toSorted());
  await runEcsJson(['keys', 'create', 'before', '--scope', 'admin'], env);
  expect(await runEcsJson(['backup', saved], env)).toEqual({ file: saved });
  expect((await stat(saved)).size).toBeGreaterThan(100_000);
  const unsure = await runEcs(['reset'], env);
  expect(unsure.code).toBe(1);
  expect(unsure.stderr).toContain('--yes');
  expect(await keyNames()).toEqual(['before']);
  await runEcsJson(['reset', '--yes'], env);
  expect(await keyNames()).toEqual([]);
  const full = await runEcs(['restore', saved], env);
  expect(full.code).toBe(1);
  await runEcsJson(['restore', saved, '--force'], env);
  expect(await keyNames()).toEqual(['before']);
});

test('while an ECS runs: other commands work beside it, what needs the folder alone is told', async () => {
  const ecs = spawnEcs(['start', '--no-demo', '--roles', 'ingest'], env);
  await waitForOutput(ecs, /roles +ingest/);
  expect(await keyNames()).toContain('before');
  for (const args of [['backup', `${folder}.never`], ['reset', '--yes'], ['start']]) {
    const { code, stderr } = await runEcs(args, env);
    expect({ args, code }).toEqual({ args, code: 1 });
    expect(stderr).toMatch(/in use by another ECS.*\[ECS_DATA_FOLDER_IN_USE\]/);
  }
  ecs.signal('SIGINT');
  expect((await ecs.ended).code).toBe(0);
});
