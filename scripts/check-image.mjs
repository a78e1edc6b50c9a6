// The container image without a container engine: the files that the Dockerfile's last stage copies, production packages
// only, the image's own entry point and health check, a PostgreSQL from outside, and a folder nobody may write to.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { npmCommand } from './install.mjs';
import { findFreePort } from './kafka-launcher.mjs';
import { cleanEnvironment, startWatched } from './watched-process.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ');
const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
const { startEmbeddedPostgres } = await import(new URL('../dist/db/index.js', import.meta.url).href);

function copiedPaths() {
  const copies = [...lastStage.matchAll(/^COPY (?:--from=build )?(.+) \S+$/gm)];
  return copies.flatMap(([, sources]) => sources.split(' ').map((source) => source.replace('/ecs/', '')));
}

function readArray(instruction) {
  const match = new RegExp(`^${instruction} (\\[.+\\])$`, 'm').exec(lastStage);
  assert.ok(match, `the Dockerfile has no ${instruction}`);
  return JSON.parse(match[1]);
}

function installProduction(image) {
  for (const file of ['package.json', 'package-lock.json', '.npmrc']) cpSync(join(ROOT, file), join(image, file));
  const line = /RUN npm (ci --omit=dev .+)/.exec(dockerfile);
  assert.ok(line, 'the Dockerfile installs no production packages');
  const [command, ...before] = npmCommand();
  const done = spawnSync(command, [...before, ...line[1].split(' ')], { cwd: image, encoding: 'utf8' });
  assert.equal(done.status, 0, `${done.stdout}${done.stderr}`);
  for (const file of ['package-lock.json', '.npmrc']) rmSync(join(image, file));
}

function makeImage(image) {
  mkdirSync(image);
  installProduction(image);
  for (const path of copiedPaths().filter((name) => name !== 'node_modules')) {
    cpSync(join(ROOT, path), join(image, path), { recursive: true });
  }
}

/** name, size and time of every file: what a read-only file system would have refused shows here. */
function listFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((file) => `${file} ${statSync(file).size} ${statSync(file).mtimeMs}`)
    .sort();
}

function isHealthy(image, env) {
  const [, ...args] = readArray('HEALTHCHECK .+ CMD');
  return spawnSync(process.execPath, args, { cwd: image, env, timeout: 5_000 }).status === 0;
}

async function runImage(image, databaseUrl) {
  const [, ...args] = [...readArray('ENTRYPOINT'), ...readArray('CMD')];
  const env = cleanEnvironment({
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: `${await findFreePort()}`,
    DATABASE_URL: databaseUrl,
  });
  const before = listFiles(image);
  const ecs = startWatched(process.execPath, args, { cwd: image, env });
  try {
    await ecs.sees(/API\s+http:\/\/\S+/, 60_000);
    for (let tries = 0; !isHealthy(image, env); tries += 1) {
      assert.ok(tries < 50, `the health check stays red:\n${ecs.output()}`);
      await sleep(200);
    }
    ecs.signal('SIGTERM');
    const { code } = await ecs.ends(15_000);
    assert.equal(code, 0, `stopping ended with ${code}:\n${ecs.output()}`);
    assert.ok(!isHealthy(image, env), 'the health check is green although nothing runs');
  } finally {
    ecs.forceEnd();
  }
  assert.deepEqual(listFiles(image), before, 'ECS wrote into its own folder');
}

const folder = mkdtempSync(join(tmpdir(), 'ecs-image-'));
try {
  const image = join(folder, 'ecs');
  makeImage(image);
  const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data') });
  try {
    await runImage(image, postgres.connectionString);
  } finally {
    await postgres.stop();
  }
  console.log('The image starts from its own files, is healthy, stops on SIGTERM and writes nothing into itself.');
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}
