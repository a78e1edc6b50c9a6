import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { compileScorecard } from './compile-scorecard.ts';
import { parseScorecard, shippedScorecardPath } from './load-scorecard.ts';
import { scoreLogOdds } from './score.ts';
import { UNITS } from './units.ts';
import { applyChanges, CHANGEABLE, type Change, findNearestChange } from './what-would-change.ts';

const SHIPPED = parseScorecard(JSON.parse(readFileSync(shippedScorecardPath(), 'utf8')), 'shipped');
const MODEL = compileScorecard(SHIPPED);

const holders = fc
  .tuple(
    ...SHIPPED.features.map((table) =>
      fc.oneof(fc.constantFrom(0, ...table.cuts), fc.double({ min: 0, max: 2, noNaN: true }), fc.constant(Number.NaN)),
    ),
  )
  .map((values) => Float64Array.from(values));

/** In whole units, as the tables have it: the difference of two floats once stood 1e-18 above what was wanted. */
const gained = (features: Float64Array, done: Float64Array) =>
  Math.round((scoreLogOdds(MODEL, features) - scoreLogOdds(MODEL, done)) * UNITS) / UNITS;

/** Met by a run of CI: the bin before the one named gains 0.001 and the wish lies the last bit above it. */
const AT_THE_UNIT = new Float64Array(SHIPPED.features.length);
AT_THE_UNIT.set([0.5], 0);
AT_THE_UNIT.set([0.047515], MODEL.features.indexOf('payment_ratio_latest'));
for (const missing of [4, 6, 9, 11, 12, 15, 16]) AT_THE_UNIT[missing] = Number.NaN;

/** Does everybody get there who does at least these, from `start` on? */
function isSure(
  features: Float64Array,
  [change, ...others]: readonly Change[],
  wanted: number,
  start: Float64Array = features,
): boolean {
  if (change === undefined) return gained(features, start) >= wanted;
  const place = MODEL.features.indexOf(change.feature);
  const cuts = SHIPPED.features[place]?.cuts ?? [];
  const beyond =
    change.bound === 'at_least'
      ? cuts.filter((cut) => cut >= change.to)
      : cuts.filter((cut) => cut <= change.to).map((cut) => cut - 1e-9);
  return beyond.every((value) => {
    const done = Float64Array.from(start);
    done[place] = value;
    return isSure(features, others, wanted, done);
  });
}

/** Share of the training rows between where somebody stands and where the change leads, half of both ends. */
function distanceOf(features: Float64Array, { feature, to, bound }: Change): number {
  const place = MODEL.features.indexOf(feature);
  const { cuts = [], rows = [], missingRows = 0 } = SHIPPED.features[place] ?? {};
  const binOf = (value: number) => cuts.filter((cut) => cut <= value).length;
  const ends = [binOf(features[place] ?? 0), binOf(bound === 'at_least' ? to : to - 1e-9)].sort((a, b) => a - b);
  const [low = 0, high = 0] = ends;
  const between = rows.slice(low + 1, high).reduce((sum, one) => sum + one, 0);
  return (between + ((rows[low] ?? 0) + (rows[high] ?? 0)) / 2) / rows.reduce((sum, one) => sum + one, missingRows);
}

/** Every single change that could be named. */
function listSingles(features: Float64Array): Change[] {
  return Object.entries(CHANGEABLE).flatMap(([feature, direction]) => {
    const from = features[MODEL.features.indexOf(feature)] ?? Number.NaN;
    const { cuts = [] } = SHIPPED.features.find(({ name }) => name === feature) ?? {};
    const passed = cuts.filter((cut) => (direction > 0 ? cut > from : cut <= from));
    return passed.map((to): Change => ({ feature, from, to, bound: direction > 0 ? 'at_least' : 'below' }));
  });
}

describe('findNearestChange', () => {
  it('names the nearest: no single change that is sure to get there is nearer', () => {
    let met = 0;
    fc.assert(
      fc.property(holders, fc.double({ min: 0.001, max: 0.8, noNaN: true }), (features, wanted) => {
        const found = findNearestChange(MODEL, features, wanted);
        const sure = listSingles(features).filter((change) => isSure(features, [change], wanted));
        if (sure.length > 1) met += 1;
        const named = found?.changes.reduce((sum, change) => sum + distanceOf(features, change), 0);
        for (const change of sure) expect(named).toBeLessThanOrEqual(distanceOf(features, change) + 1e-12);
      }),
      { numRuns: 300 },
    );
    expect(met).toBeGreaterThan(5);
  });

  it('names none of what cannot be asked', () => {
    fc.assert(
      fc.property(holders, (features) => {
        const allowed = findNearestChange(MODEL, features, 0.05, ({ feature }) => feature === 'utilisation_latest');
        for (const { feature } of allowed?.changes ?? []) expect(feature).toBe('utilisation_latest');
      }),
    );
  });

  it('keeps its word to the unit: after the change the risk has fallen by what was said, and by as much as wanted', () => {
    let found = 0;
    fc.assert(
      fc.property(holders, fc.double({ min: 0.001, max: 0.8, noNaN: true }), (features, wanted) => {
        const change = findNearestChange(MODEL, features, wanted);
        if (change === null) return;
        found += 1;
        const gained =
          scoreLogOdds(MODEL, features) - scoreLogOdds(MODEL, applyChanges(MODEL, features, change.changes));
        expect(gained).toBeCloseTo(change.logOddsGained, 9);
        expect(gained).toBeGreaterThanOrEqual(wanted - 1e-9);
      }),
    );
    expect(found).toBeGreaterThan(5);
  });

  it('asks for nothing that is not needed: with a hair less, or one of two left out, it is not sure to get there', () => {
    let pairsMet = 0;
    fc.assert(
      fc.property(holders, fc.double({ min: 0.001, max: 0.8, noNaN: true }), (features, wanted) => {
        const changes = findNearestChange(MODEL, features, wanted)?.changes ?? [];
        if (changes.length === 2) pairsMet += 1;
        changes.forEach((change, place) => {
          const others = changes.filter((_, other) => other !== place);
          if (others.length > 0) expect(isSure(features, others, wanted)).toBe(false);
          const short = Float64Array.from(features);
          short[MODEL.features.indexOf(change.feature)] = change.bound === 'at_least' ? change.to - 1e-9 : change.to;
          expect(isSure(features, others, wanted, short)).toBe(false);
        });
      }),
      { numRuns: 500, examples: [[AT_THE_UNIT, 0.0010000000000000002]] },
    );
    expect(pairsMet).toBeGreaterThan(5);
  });

  it('names only own behaviour, known values, and the direction that can be gone', () => {
    fc.assert(
      fc.property(holders, (features) => {
        for (const { feature, from, to } of findNearestChange(MODEL, features, 0.01)?.changes ?? []) {
          const direction = CHANGEABLE[feature];
          expect(direction).toBeDefined();
          expect(Number.isNaN(from)).toBe(false);
          expect((to - from) * (direction ?? 0)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  it('keeps it for whoever does more than was said, too', () => {
    fc.assert(
      fc.property(
        holders,
        fc.double({ min: 0.001, max: 0.8, noNaN: true }),
        fc.double({ min: 0, max: 1 }),
        (features, wanted, more) => {
          const change = findNearestChange(MODEL, features, wanted);
          if (change === null || Number.isNaN(more)) return;
          const beyond = change.changes.map((one) =>
            one.bound === 'below' ? { ...one, to: one.to - more } : { ...one, to: one.to + 6 * more },
          );
          const gained = scoreLogOdds(MODEL, features) - scoreLogOdds(MODEL, applyChanges(MODEL, features, beyond));
          expect(gained).toBeGreaterThanOrEqual(wanted - 1e-9);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('says nothing where nothing reaches that far', () => {
    fc.assert(
      fc.property(holders, (features) => {
        expect(findNearestChange(MODEL, features, 50)).toBe(null);
      }),
      { numRuns: 20 },
    );
  });
});
