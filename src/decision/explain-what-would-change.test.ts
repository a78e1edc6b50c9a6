import fc from 'fast-check';
import { FEATURE_NAMES } from '../ledger/index.ts';
import { findNearestChange, loadScorecard, score, shippedScorecardPath } from '../model/index.ts';
import { findBandIndex, loadPolicies } from '../policy/index.ts';
import { type BehaviourChange, explainWhatWouldChange, reachOf } from './explain-what-would-change.ts';

const { artefact, compiled } = await loadScorecard(shippedScorecardPath());
const policies = await loadPolicies();
const document = policies.byPack.get('generic')?.document;
if (document === undefined) throw new Error('there is a generic pack');
const { lenderBaseRate, bands } = document;
const unitMinor = document.amounts.EUR?.referenceUnitMinor ?? Number.NaN;

const holders = fc.tuple(
  ...artefact.features.map((table) =>
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(0, ...table.cuts) },
      { weight: 3, arbitrary: fc.double({ min: 0, max: 3, noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
  ),
);
const OWED = 100 * unitMinor;
const explain = (features: readonly (number | null)[], balanceMinor = OWED) =>
  explainWhatWouldChange({ features, currency: 'EUR', ledger: { balanceMinor } }, compiled, document);
const bandOf = (features: readonly (number | null)[]) =>
  findBandIndex(
    score(
      compiled,
      Float64Array.from(features, (value) => value ?? Number.NaN),
      null,
      { baseRate: lenderBaseRate },
    ).probabilityOfDefault,
    document,
  ) + 1;

/** The customer has done what the words say, with the figures that are in them. */
function obey(features: readonly (number | null)[], changes: readonly BehaviourChange[]): (number | null)[] {
  const then = [...features];
  for (const { feature, text, amountMinor } of changes) {
    const told = Number(/[\d.]+/.exec(text)?.[0]);
    const value =
      feature === 'payment_ratio_latest'
        ? told / 100
        : feature === 'utilisation_latest'
          ? text.includes('nothing')
            ? 0
            : told / 100 - 1e-9
          : feature === 'statements_since_late'
            ? told
            : Math.log(1 + (amountMinor ?? Number.NaN) / unitMinor);
    then[(FEATURE_NAMES as readonly string[]).indexOf(feature)] = value;
  }
  return then;
}

describe('explainWhatWouldChange', () => {
  it('keeps its word: who does what the text says is in the next band', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(holders, (features) => {
        const told = explain(features);
        seen.set(told.state, (seen.get(told.state) ?? 0) + 1);
        expect(told.band).toBe(bandOf(features));
        if (told.state !== 'reachable') return expect(told.changes).toEqual([]);
        expect(bandOf(obey(features, told.changes))).toBeLessThan(told.band ?? 0);
        expect(told.probabilityOfDefaultAfter).toBeLessThanOrEqual(told.wantedProbabilityOfDefault ?? 0);
        for (const { feature } of told.changes) seen.set(feature, (seen.get(feature) ?? 0) + 1);
      }),
      { numRuns: 600, seed: 7 },
    );
    // A property that never met a case says nothing about it.
    for (const met of ['reachable', 'out_of_reach', 'payment_ratio_latest', 'utilisation_latest', 'log_payment_latest'])
      expect([met, (seen.get(met) ?? 0) > 0]).toEqual([met, true]);
  });

  it('says that there is no safer band to the safest customers only', () => {
    fc.assert(
      fc.property(holders, (features) => {
        expect(explain(features).state === 'safest_band').toBe(bandOf(features) === 1);
      }),
    );
  });

  it('wants the upper end of the band above, beyond the last band that of the last', () => {
    fc.assert(
      fc.property(holders, (features) => {
        const { band, wantedProbabilityOfDefault } = explain(features);
        expect(wantedProbabilityOfDefault).toBe(bands[(band ?? 0) - 2]?.probabilityOfDefaultMax ?? null);
      }),
    );
  });

  it('asks nobody to pay more than is owed, or to have a credit', () => {
    let asked = 0;
    fc.assert(
      fc.property(holders, fc.integer({ min: 0, max: 3 * unitMinor }), (features, owedMinor) => {
        for (const { feature, text, to, amountMinor } of explain(features, owedMinor).changes) {
          if (feature === 'utilisation_latest') expect(to).toBeGreaterThan(0);
          if (!feature.includes('payment')) continue;
          asked += 1;
          expect(owedMinor).toBeGreaterThan(0);
          expect(amountMinor ?? 0).toBeLessThanOrEqual(owedMinor);
          if (feature === 'payment_ratio_latest') expect(Number(/[\d.]+/.exec(text)?.[0])).toBeLessThanOrEqual(100);
        }
      }),
      { numRuns: 600, seed: 7 },
    );
    expect(asked).toBeGreaterThan(5);
  });

  it('calls out of reach only what no change reaches', () => {
    fc.assert(
      fc.property(holders, (features) => {
        const told = explain(features);
        if (told.state !== 'out_of_reach') return;
        const values = Float64Array.from(features, (value) => value ?? Number.NaN);
        const odds = (share: number | null) => Math.log((share ?? 0) / (1 - (share ?? 0)));
        const gap = odds(told.probabilityOfDefault) - odds(told.wantedProbabilityOfDefault);
        expect(findNearestChange(compiled, values, gap + 1e-9, reachOf(OWED, unitMinor))).toBe(null);
      }),
    );
  });
});
