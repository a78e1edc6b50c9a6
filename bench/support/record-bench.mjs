// Keeps what a bench measured: `bench/results/NAME.json`, and from all of them `docs/performance.md`. Only with `--record`,
// so that a plain run never changes a committed file.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { guardFigures } from './guard-figures.mjs';
import { renderPerformancePage } from './render-performance-page.mjs';
import { ROOT } from './start-world.mjs';

const RESULTS = join(ROOT, 'bench', 'results');
const PAGE = join(ROOT, 'docs', 'performance.md');

/**
 * `figures`: flat numbers, those of the last line and whatever the page calculates with. `markdown`: what the page says of
 * this bench, without a title. `postgres`: version of the server it ran on, where it had one.
 */
export function recordBench({ name, command, figures, markdown, postgres = null }) {
  if (!process.argv.includes('--record')) return;
  if (!/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(`${name} cannot be the name of a file`);
  guardFigures({ name, figures });
  const result = { name, command, recordedAt: today(), machine: describeMachine(postgres), figures, markdown };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  writePerformancePage();
  console.log(`recorded in bench/results/${name}.json and docs/performance.md`);
}

export function writePerformancePage() {
  writeFileSync(PAGE, renderPerformancePage(readResults()));
}

function readResults() {
  const files = readdirSync(RESULTS).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => JSON.parse(readFileSync(join(RESULTS, file), 'utf8')));
}

function today() {
  return new Date().toISOString().slice(0, 10);
}

function describeMachine(postgres) {
  const all = cpus();
  return {
    processor: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    postgres,
  };
}
