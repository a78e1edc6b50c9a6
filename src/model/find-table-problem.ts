// What is wrong with the tables of an artefact taken together: names, the shape of pairs, and directions. A direction is a
// promise of the whole sum, so it is checked there, exactly: the worst case over every value of every partner.

/** What is looked at of a table; its full shape is the artefact's schema. */
interface FeatureTable {
  readonly name: string;
  readonly monotone: 'up' | 'down' | 'free';
  readonly monotoneFrom: number | null;
  readonly cuts: readonly number[];
  readonly logOdds: readonly number[];
  readonly specialValues?: readonly number[] | undefined;
}

interface PairTable {
  readonly features: readonly [string, string];
  readonly logOdds: readonly (readonly number[])[];
}

export interface TableProblem {
  readonly path: (string | number)[];
  readonly message: string;
}

interface Tables {
  readonly features: readonly FeatureTable[];
  readonly pairs: readonly PairTable[];
}

const UNITS = 10_000;

export function findTableProblem({ features, pairs }: Tables): TableProblem | null {
  const placeOf = new Map(features.map((table, index) => [table.name, index]));
  if (placeOf.size !== features.length) return { path: ['features'], message: 'a feature is named twice' };
  const misshapen = pairs.findIndex((pair) => !fits(pair, features, placeOf));
  if (misshapen !== -1)
    return {
      path: ['pairs', misshapen],
      message: 'a pair has a row per bin of its first feature, a column per bin of its second, and missing last',
    };
  const keys = new Set(pairs.map((pair) => [...pair.features].sort().join(' ')));
  if (keys.size !== pairs.length) return { path: ['pairs'], message: 'a pair stands there twice' };
  const broken = features.findIndex((table) => !keepsDirection(table, pairs));
  if (broken === -1) return null;
  const { monotone } = features[broken] as FeatureTable;
  return { path: ['features', broken, 'logOdds'], message: `the tables are not monotone ${monotone}` };
}

function fits(pair: PairTable, features: readonly FeatureTable[], placeOf: ReadonlyMap<string, number>): boolean {
  const [one, other] = pair.features.map((name) => features[placeOf.get(name) ?? -1]);
  if (one === undefined || other === undefined || one === other) return false;
  return (
    pair.logOdds.length === one.logOdds.length + 1 &&
    pair.logOdds.every((row) => row.length === other.logOdds.length + 1)
  );
}

/** From each directed bin to the next: the step of the main table plus the least step of every pair must not go back. */
function keepsDirection(table: FeatureTable, pairs: readonly PairTable[]): boolean {
  if (table.monotone === 'free') return true;
  const sign = table.monotone === 'up' ? 1 : -1;
  const bins = directedBins(table);
  const slices = pairs.flatMap((pair) => slicesOf(pair, table.name));
  return bins.every((bin, place) => {
    const before = bins[place - 1];
    if (before === undefined) return true;
    const own = units(table.logOdds[bin]) - units(table.logOdds[before]);
    const least = slices.map((slice) => leastStep(slice(before), slice(bin), sign));
    return least.reduce((sum, step) => sum + step, sign * own) >= 0;
  });
}

/** Bins in the order that the direction speaks of: from its start on, and without those of special codes. */
function directedBins({ cuts, logOdds, monotoneFrom, specialValues }: FeatureTable): number[] {
  const binOf = (value: number) => cuts.filter((cut) => cut <= value).length;
  const first = monotoneFrom === null ? 0 : binOf(monotoneFrom);
  const special = new Set((specialValues ?? []).map(binOf));
  return [...logOdds.keys()].filter((bin) => bin >= first && !special.has(bin));
}

/** A pair's table along one feature: for each of its bins, the values over all bins of the other. */
function slicesOf(pair: PairTable, name: string): ((bin: number) => readonly number[])[] {
  if (pair.features[0] === name) return [(bin) => pair.logOdds[bin] ?? []];
  if (pair.features[1] === name) return [(bin) => pair.logOdds.map((row) => row[bin] ?? 0)];
  return [];
}

function leastStep(before: readonly number[], after: readonly number[], sign: number): number {
  return before.reduce(
    (least, value, index) => Math.min(least, sign * (units(after[index]) - units(value))),
    Number.POSITIVE_INFINITY,
  );
}

function units(logOdds: number | undefined): number {
  return Math.round((logOdds ?? 0) * UNITS);
}
