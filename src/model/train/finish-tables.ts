// From boosted sums to tables a person reads: an honest entry for what training never met, whole units, pairs purified,
// mains centred on the training rows, neighbours that say the same merged. Every direction survives: each table keeps it
// by itself until it is rounded, and from then on whole units only move from one table to another.

import type { FeatureTable, PairTable } from '../scorecard.ts';
import type { ResolvedSpec } from '../training-spec.ts';
import { UNITS } from '../units.ts';
import { type BinnedFeature, binOf } from './bin-feature.ts';
import { mergeNeighbours } from './merge-neighbours.ts';
import { countCells, findMarginals, shift } from './purify.ts';
import { OTHER_LEVELS } from './read-columns.ts';
import type { PairSums, TableSums } from './sum-trees.ts';

export interface FinishedTables {
  readonly interceptUnits: number;
  readonly features: readonly FeatureTable[];
  readonly pairs: readonly PairTable[];
}

type FeatureSpecs = ResolvedSpec['features'];

export interface FinishInput {
  readonly spec: Pick<ResolvedSpec, 'features' | 'settings' | 'kind'>;
  readonly features: readonly BinnedFeature[];
  readonly levels: readonly (readonly string[] | null)[];
  readonly sums: TableSums;
}

export function finishTables({ spec, features, levels, sums }: FinishInput): FinishedTables {
  const rows = features.map(countRows);
  const mains = sums.mains.map((main, index) => toUnits(fillMissing(main, spec.features, features, rows, index)));
  const pairs = [...sums.pairs.values()]
    .sort((a, b) => a.one - b.one || a.other - b.other)
    .map((pair) => ({ ...pair, logOdds: toUnits(fillMissingPair(pair, spec.features, features, rows)) }));
  for (const pair of pairs) purify(pair, mains, features);
  const kept = pairs.filter((pair) => pair.logOdds.some((units) => units !== 0));
  const paired = new Set(kept.flatMap((pair) => [pair.one, pair.other]));
  let interceptUnits = Math.round(sums.constant * UNITS);
  const tables = features.map((feature, index) => {
    const main = mains[index] as Float64Array;
    const mean = Math.round(meanOf(main, rows[index] as Uint32Array));
    interceptUnits += mean;
    shift(main, 0, 1, main.length, -mean);
    const below = paired.has(index) || feature.isCategory ? 0 : spec.settings.mergeBelowLogOdds;
    return toTable(spec, index, feature, {
      main,
      rows: rows[index] as Uint32Array,
      below,
      levels: levels[index] ?? null,
    });
  });
  return { interceptUnits, features: tables, pairs: kept.map((pair) => toPairTable(pair, spec.features)) };
}

function countRows(feature: BinnedFeature): Uint32Array {
  const rows = new Uint32Array(feature.cuts.length + 2);
  for (const bin of feature.bins) rows[bin] = (rows[bin] ?? 0) + 1;
  return rows;
}

function toUnits(logOdds: Float64Array): Float64Array {
  return logOdds.map((value) => Math.round(value * UNITS) + 0);
}

/**
 * Training had no row without this value, or with this level: it counts as the average customer, never as a good one. Where the ledger
 * gives a value as soon as something bad was seen, missing means that nothing was, and must not cost more than the
 * first bad value.
 */
function fillMissing(
  main: Float64Array,
  specs: FeatureSpecs,
  features: readonly BinnedFeature[],
  rows: readonly Uint32Array[],
  index: number,
): Float64Array {
  const seen = rows[index] as Uint32Array;
  const filled = Float64Array.from(main);
  const ceiling = ceilingBin(specs, features, index);
  const mean = meanOf(main, seen);
  for (const bin of listUnseen(features[index], seen)) {
    filled[bin] = ceiling === null ? mean : Math.min(mean, main[ceiling] as number);
  }
  return filled;
}

/** The same for a pair, line by line: a mean of lines, and the lower of two lines, keep every direction along them. */
function fillMissingPair(
  pair: PairSums,
  specs: FeatureSpecs,
  features: readonly BinnedFeature[],
  rows: readonly Uint32Array[],
): Float64Array {
  const filled = Float64Array.from(pair.logOdds);
  const fill = (index: number, lines: number, cell: (line: number, place: number) => number, places: number) => {
    const seen = rows[index] as Uint32Array;
    const ceiling = ceilingBin(specs, features, index);
    for (let place = 0; place < places; place += 1) {
      const along = Float64Array.from({ length: lines }, (_, line) => filled[cell(line, place)] as number);
      const mean = meanOf(along, seen);
      for (const line of listUnseen(features[index], seen)) {
        filled[cell(line, place)] = ceiling === null ? mean : Math.min(mean, along[ceiling] as number);
      }
    }
  };
  fill(pair.one, pair.rows, (line, place) => line * pair.columns + place, pair.columns);
  fill(pair.other, pair.columns, (line, place) => place * pair.columns + line, pair.rows);
  return filled;
}

/** Missing, where no row was; of a category also levels without a row, whose neighbours in the order are no kin of theirs. */
function listUnseen(feature: BinnedFeature | undefined, seen: Uint32Array): number[] {
  const missing = seen.length - 1;
  const first = feature?.isCategory === true ? 0 : missing;
  return [...seen.keys()].filter((bin) => bin >= first && seen[bin] === 0);
}

function ceilingBin(specs: FeatureSpecs, features: readonly BinnedFeature[], index: number): number | null {
  const ceiling = specs[index]?.missingAtMostLike;
  return ceiling === undefined ? null : binOf(features[index]?.cuts ?? [], ceiling);
}

function meanOf(values: Float64Array, rows: Uint32Array): number {
  let sum = 0;
  let all = 0;
  values.forEach((value, bin) => {
    sum += value * (rows[bin] ?? 0);
    all += rows[bin] ?? 0;
  });
  return sum / all;
}

function purify(pair: PairSums, mains: readonly Float64Array[], features: readonly BinnedFeature[]): void {
  const moved = findMarginals(pair, countCells(pair, features));
  const take = (feature: number, bins: Float64Array, from: (bin: number) => number, step: number, length: number) => {
    const main = mains[feature] as Float64Array;
    bins.forEach((value, bin) => {
      const units = Math.round(value) + 0;
      main[bin] = (main[bin] as number) + units;
      shift(pair.logOdds, from(bin), step, length, -units);
    });
  };
  take(pair.one, moved.rows, (row) => row * pair.columns, 1, pair.columns);
  take(pair.other, moved.columns, (column) => column, pair.columns, pair.rows);
}

interface Main {
  readonly main: Float64Array;
  readonly rows: Uint32Array;
  readonly below: number;
  readonly levels: readonly string[] | null;
}

function toTable(spec: FinishInput['spec'], index: number, feature: BinnedFeature, own: Main): FeatureTable {
  const { name, monotone, monotoneFrom, column, specialValues } = spec.features[index] as FeatureSpecs[number];
  const missing = feature.cuts.length + 1;
  const bins = Array.from({ length: missing }, (_, bin) => ({
    logOdds: own.main[bin] ?? 0,
    rows: own.rows[bin] ?? 0,
    cut: feature.cuts[bin] ?? null,
    isFixed: feature.outside[bin] === 1,
  }));
  mergeNeighbours(bins, own.below * UNITS);
  return {
    name,
    ...(column === undefined ? {} : { column }),
    ...(specialValues === undefined ? {} : { specialValues }),
    ...(own.levels === null ? {} : { levels: levelsOf(own.levels) }),
    monotone,
    monotoneFrom: monotoneFrom ?? null,
    cuts: bins.flatMap((bin) => (bin.cut === null ? [] : [bin.cut])),
    logOdds: bins.map((bin) => Math.round(bin.logOdds) / UNITS + 0),
    rows: bins.map((bin) => bin.rows),
    missingLogOdds: (own.main[missing] ?? 0) / UNITS + 0,
    missingRows: own.rows[missing] ?? 0,
  };
}

function levelsOf(levels: readonly string[]): string[][] {
  return levels.map((level) => (level === OTHER_LEVELS ? [] : [level]));
}

function toPairTable(pair: PairSums, specs: FeatureSpecs): PairTable {
  return {
    features: [specs[pair.one]?.name ?? '', specs[pair.other]?.name ?? ''],
    logOdds: Array.from({ length: pair.rows }, (_, row) =>
      Array.from(pair.logOdds.subarray(row * pair.columns, (row + 1) * pair.columns), (units) => units / UNITS + 0),
    ),
  };
}
