// Builds dist/: the sources through tsc, every file of src that is not TypeScript (model artefacts, policies, pages) as it
// is, and Swagger UI's files for the API page. A failed build leaves the old dist/ alone; an unchanged one costs nothing.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, 'dist');
const STAMP = '.built-from';
const SETTINGS = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'scripts/build.mjs'];
const SWAGGER_FILES = [
  'swagger-ui.css',
  'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt',
  'LICENSE',
  'NOTICE',
];

/** Does dist/ come from exactly these sources? */
export function isBuilt() {
  const stamp = join(DIST, STAMP);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashSources();
}

/** Builds; throws with the compiler's words when the sources do not compile. */
export function build() {
  const builtFrom = hashSources();
  const fresh = join(ROOT, '.cache', `dist-${process.pid}`);
  rmSync(fresh, { recursive: true, force: true });
  try {
    compile(fresh);
    copyAssets(fresh);
    copySwagger(join(fresh, 'api', 'docs'));
    writeFileSync(join(fresh, STAMP), builtFrom);
    rmSync(DIST, { recursive: true, force: true });
    renameSync(fresh, DIST);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  chmodSync(join(ROOT, 'bin', 'ecs.js'), 0o755);
}

function compile(outDir) {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const done = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', outDir], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (done.status !== 0) throw new Error(`The sources do not compile:\n${done.stdout}${done.stderr}`);
}

function copyAssets(outDir) {
  for (const file of listSources().filter((name) => !name.endsWith('.ts'))) {
    const target = join(outDir, relative('src', file));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(join(ROOT, file), target);
  }
}

function copySwagger(outDir) {
  mkdirSync(outDir, { recursive: true });
  for (const file of SWAGGER_FILES) cpSync(join(ROOT, 'node_modules', 'swagger-ui-dist', file), join(outDir, file));
}

function hashSources() {
  const hash = createHash('sha256');
  for (const file of [...SETTINGS, ...listSources()]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(ROOT, file)))
      .update('\0');
  }
  return hash.digest('hex');
}

function listSources() {
  return readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => relative(ROOT, join(entry.parentPath ?? entry.path, entry.name)))
    .sort();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    build();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
