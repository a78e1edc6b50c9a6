// The page of measured figures: rendered from what is stored, and refused where a figure is not there, was renamed or is
// no number.
import { readdirSync, readFileSync } from 'node:fs';
import { type BenchResult, renderPerformancePage } from '../../bench/support/render-performance-page.mjs';
import { PARTITIONS_AT_ONCE } from '../../src/ingest/kafka/kafka-reader.ts';

type Figures = BenchResult['figures'];

const ROOT = new URL('../../', import.meta.url);
const RESULTS = new URL('bench/results/', ROOT);
const results = readdirSync(RESULTS)
  .filter((file) => file.endsWith('.json'))
  .map((file): BenchResult => JSON.parse(readFileSync(new URL(file, RESULTS), 'utf8')));

/** What the page calculates with, beside the words that each bench wrote itself. */
const READ: Readonly<Record<string, readonly string[]>> = {
  ingest: [
    ...['ratioSeed', 'ratioCopyBinary', 'keyedRatioSeed', 'keyedMicrosNode', 'keyedMicrosDatabase', 'keyedBytes'],
    ...['microsNode', 'microsParse', 'microsCopies', 'microsFold', 'microsEncode'],
  ],
  stream: ['ratioSeed', 'microsNode', 'microsDatabase'],
  decide: ['ratioSeed', 'p99Ms', 'seedP99Ms', 'queueDecisionsPerSecond'],
  growth: [
    ...['microsPerReadingNode', 'microsPerReadingDatabase', 'bytesPerCustomer', 'bytesPerReading'],
    ...['uniform10000MicrosPerRow', 'uniform100000MicrosPerRow', 'uniform1000000MicrosPerRow'],
    ...['residentMbFirst', 'residentMb'],
  ],
  score: ['nsWithReasons'],
  gate: ['null', 'reverse', 'biasedSensor', 'moderate', 'driftClosedWithin3Months'],
};
const EACH = Object.entries(READ).flatMap(([bench, figures]) => figures.map((figure) => [bench, figure] as const));

/** The page with the figures of one bench changed, as `name: value` pairs. */
const renderWith = (bench: string, change: (pairs: [string, number | null][]) => [string, number | null][]) =>
  renderPerformancePage(
    results.map((result) =>
      result.name === bench ? { ...result, figures: toFigures(change(Object.entries(result.figures))) } : result,
    ),
  );
const toFigures = (pairs: readonly [string, number | null][]): Figures => Object.fromEntries(pairs);

test('the page in the repository is rendered from the stored results, and has no gaps', () => {
  const page = renderPerformancePage(results);
  expect(readFileSync(new URL('docs/performance.md', ROOT), 'utf8')).toBe(page);
  expect(page).not.toMatch(/undefined|NaN|Infinity|not recorded|Not calculated/);
});

describe.each(EACH)('%s.%s', (bench, figure) => {
  const refusal = `the bench ${bench} has no figure ${figure}: run it again with --record`;

  it('is refused by name where it is missing, has another name or is no number', () => {
    expect(() => renderWith(bench, (pairs) => pairs.filter(([name]) => name !== figure))).toThrow(refusal);
    const renamed = (name: string) => (name === figure ? `${name}s` : name);
    expect(() => renderWith(bench, (pairs) => pairs.map(([name, value]) => [renamed(name), value]))).toThrow(refusal);
    const emptied = (name: string, value: number | null) => (name === figure ? null : value);
    expect(() => renderWith(bench, (pairs) => pairs.map(([name, value]) => [name, emptied(name, value)]))).toThrow(
      refusal,
    );
  });

  it('is what the page shows, larger or smaller', () => {
    const render = (own: (value: number) => number) =>
      renderWith(bench, (pairs) => pairs.map(([name, value]) => [name, name === figure ? own(value ?? 0) : value]));
    const others = [render((value) => value * 8 + 1), render((value) => value / 8)];
    expect(others.some((page) => page !== renderPerformancePage(results))).toBe(true);
  });
});

test('the bound of memory is worked out for as many partitions as the reader counts at once', () => {
  expect(renderPerformancePage(results)).toContain(`| ${PARTITIONS_AT_ONCE} sets that double`);
});

test('a figure that only the bench itself speaks of may be new or gone', () => {
  const others = (pairs: [string, number | null][]) => pairs.filter(([name]) => name !== 'copyTextPerSecond');
  expect(() => renderWith('ingest', (pairs) => [...others(pairs), ['news', 1]])).not.toThrow();
});

test.each(Object.keys(READ))('a bench that was never recorded is said not to be: %s', (bench) => {
  const page = renderPerformancePage(results.filter(({ name }) => name !== bench));
  expect(page).toMatch(/not recorded/);
  expect(page).not.toMatch(/undefined|NaN|Infinity/);
});
