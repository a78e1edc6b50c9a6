// The import rules catch what they are for: each is broken once in a small copy of the house, beside imports that are fine.

import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const FINE: Record<string, string> = {
  'src/lib/clock.ts': 'export const clock = 1;',
  'src/events/event.ts': "import '../lib/clock.ts'; export const event = 1;",
  'src/events/kafka-client.ts': "import { Kafka } from 'kafkajs'; export { Kafka };",
  'src/db/pool.ts': "import pg from 'pg'; export const pool = pg;",
  'src/db/index.ts': "export { pool } from './pool.ts';",
  'src/affect/index.ts': "export { fold } from './fold.ts';",
  'src/affect/fold.ts': "import type pg from 'pg'; export const fold = (_: pg.Pool) => 1;",
  'src/affect/load-state.ts': "import { pool } from '../db/index.ts'; export const load = pool;",
  'src/affect/fold.test.ts':
    "import { readFile } from 'node:fs/promises'; import { fold } from './fold.ts'; export { fold, readFile };",
  'src/ingest/index.ts': "export { read } from './kafka/read.ts';",
  'src/ingest/count.ts': 'export const count = 1;',
  'src/ingest/kafka/read.ts': "import { count } from '../count.ts'; export const read = count;",
  'src/policy/index.ts': 'export const policy = 1;',
  'src/policy/rule.ts': "import type { fold } from '../affect/index.ts'; export type Rule = typeof fold;",
  'src/decision/index.ts': "import '../policy/index.ts'; export const decide = 1;",
  'src/api/server.ts': "import express from 'express'; import '../decision/index.ts'; export { express };",
  'src/main.ts': "import './decision/index.ts'; import './lib/clock.ts';",
};

const BROKEN: readonly [rule: string, file: string, text: string][] = [
  ['lib-knows-nobody', 'src/lib/x.ts', "import '../events/event.ts';"],
  [
    'affect-knows-only-what-lies-before-it',
    'src/affect/x.ts',
    "import type { policy } from '../policy/index.ts'; export type X = typeof policy;",
  ],
  ['ingest-knows-only-what-lies-before-it', 'src/ingest/x.ts', "import '../affect/index.ts';"],
  [
    'rooms-by-their-face',
    'src/policy/x.ts',
    "import type { fold } from '../affect/fold.ts'; export type X = typeof fold;",
  ],
  ['rooms-by-their-face-from-the-top', 'src/wire.ts', "import './affect/load-state.ts';"],
  ['counting-knows-no-road', 'src/ingest/hurry.ts', "import './kafka/read.ts';"],
  ['roads-know-not-each-other', 'src/ingest/http/x.ts', "import '../kafka/read.ts';"],
  ['nobody-knows-the-doors', 'src/notify/x.ts', "import '../main.ts';"],
  ['nobody-knows-the-doors', 'src/privacy/x.ts', "import '../api/server.ts';"],
  ['api-knows-no-cli', 'src/api/x.ts', "import '../main.ts';"],
  ['pg-in-db-only', 'src/ingest/save-x.ts', "import pg from 'pg'; export { pg };"],
  ['kafkajs-in-its-adapter-only', 'src/ingest/kafka-x.ts', "import { Kafka } from 'kafkajs'; export { Kafka };"],
  ['express-in-api-only', 'src/cli/x.ts', "import type { Express } from 'express'; export type X = Express;"],
  ['pure-files-do-no-io', 'src/policy/read.ts', "import { readFile } from 'node:fs/promises'; export { readFile };"],
  ['pure-files-do-no-io', 'src/decision/pick.ts', "import { randomUUID } from 'node:crypto'; export { randomUUID };"],
  ['pure-files-do-no-io', 'src/ledger/sum.ts', "import { pool } from '../db/index.ts'; export { pool };"],
  ['pure-files-call-no-io', 'src/affect/blend.ts', "import { load } from './load-state.ts'; export { load };"],
  ['no-circles', 'src/lib/a.ts', "import type { B } from './b.ts'; export type A = B;"],
  ['product-without-tests-and-tools', 'src/lib/t.ts', "import '../../test/help.ts';"],
  ['product-on-shipped-packages', 'src/lib/f.ts', "import fc from 'fast-check'; export { fc };"],
  ['no-unresolved', 'src/lib/u.ts', "import './absent.ts';"],
];

let house: string;

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'ecs-import-rules-'));
  for (const file of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json'])
    cpSync(join(ROOT, file), join(house, file));
  symlinkSync(join(ROOT, 'node_modules'), join(house, 'node_modules'));
  write('test/help.ts', 'export const help = 1;');
  for (const [file, text] of Object.entries(FINE)) write(file, text);
});

afterAll(() => rmSync(house, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(house, file)), { recursive: true });
  writeFileSync(join(house, file), `${text}\n`);
}

function cruise(): Violation[] {
  const cruiser = join(ROOT, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');
  const args = [cruiser, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'src'];
  try {
    return JSON.parse(execFileSync(process.execPath, args, { cwd: house, encoding: 'utf8' })).summary.violations;
  } catch (error) {
    // It ends with the number of violations.
    return JSON.parse((error as { stdout: string }).stdout).summary.violations;
  }
}

test('imports down the road are fine, and every rule catches what breaks it', () => {
  expect(cruise()).toEqual([]);
  for (const [, file, text] of BROKEN) write(file, text);
  write('src/lib/b.ts', "import type { A } from './a.ts'; export type B = A;");
  const caught = cruise().map(({ rule, from }) => `${rule.name}: ${from}`);
  const planted = BROKEN.map(([rule, file]) => `${rule}: ${file}`);
  expect(planted.filter((violation) => !caught.includes(violation))).toEqual([]);
  expect(Object.keys(FINE).filter((file) => caught.some((violation) => violation.endsWith(` ${file}`)))).toEqual([]);
}, 60_000);
