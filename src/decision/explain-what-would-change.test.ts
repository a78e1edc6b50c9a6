import fc from 'fast-check';
import { computeFeatures, FEATURE_NAMES, type Statement } from '../ledger/index.ts';
import { findNearestChange, loadScorecard, score, shippedScorecardPath } from '../model/index.ts';
import { findBandIndex, loadPolicies } from '../policy/index.ts';
import { explainWhatWouldChange, reachOf } from './explain-what-would-change.ts';
import type { BehaviourChange } from './tell-change.ts';

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
  explainWhatWouldChange({ features, currency: 'EUR', ledger: { balanceMinor } }, [], compiled, document);
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

describe('on the tables, where statements are not what they were', () => {
  it('keeps its word: who does what the text says is in the next band', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(holders, (features) => {
        const told = explain(features);
        seen.set(told.state, (seen.get(told.state) ?? 0) + 1);
        expect(told.band).toBe(bandOf(features));
        if (told.state !== 'reachable') return expect(told.changes).toEqual([]);
        expect(told.checkedOn).toBe('tables');
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

/** Amounts of the size of the reference unit; half of the customers use most of their limit, a third was late. */
const ledgers = fc
  .record({
    limitMinor: fc.integer({ min: unitMinor / 10, max: 3 * unitMinor }),
    isLate: fc.boolean(),
    months: fc.array(
      fc.record({
        use: fc.double({ min: 0, max: 1.1, noNaN: true }),
        paid: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1.2, noNaN: true })),
        late: fc.constantFrom(0, 0, 0, 0, 1, 2, 3),
      }),
      { minLength: 2, maxLength: 6 },
    ),
  })
  .map(({ limitMinor, isLate, months }) =>
    months.map(({ use, paid, late }, place): Statement => {
      const before = place === 0 ? limitMinor / 2 : (months[place - 1]?.use ?? 0) * limitMinor;
      return {
        closedAtMs: Date.UTC(2026, place, 1),
        balanceMinor: Math.round(use * limitMinor),
        minimumDueMinor: 0,
        paidMinor: Math.round(paid * before),
        monthsPastDue: isLate ? late : 0,
        standing: isLate && late > 0 ? 'past_due' : 'revolving',
        limitMinor,
      };
    }),
  );

const featuresOf = (statements: readonly Statement[]) =>
  Array.from(computeFeatures(statements, unitMinor), (value) => (Number.isNaN(value) ? null : value));
const explainLedger = (statements: readonly Statement[]) =>
  explainWhatWouldChange(
    {
      features: featuresOf(statements),
      currency: 'EUR',
      ledger: { balanceMinor: statements.at(-1)?.balanceMinor ?? 0 },
    },
    statements,
    compiled,
    document,
  );

/** The month again, as somebody would who had read the words; `spendLess`: rather than pay what has to go. */
function liveAgain(
  statements: readonly Statement[],
  changes: readonly BehaviourChange[],
  spendLess: boolean,
): Statement[] {
  const lived = statements.map((statement) => ({ ...statement }));
  const latest = lived[lived.length - 1] as { -readonly [K in keyof Statement]: Statement[K] };
  const before = lived[lived.length - 2]?.balanceMinor ?? 0;
  const figures = changes.map(({ feature, text, amountMinor }) => ({
    feature,
    amountMinor,
    told: Number(/[\d.]+/.exec(text)?.[0] ?? 0),
  }));
  for (const { feature, told } of figures) {
    if (feature !== 'statements_since_late') continue;
    for (const statement of lived.slice(-told))
      Object.assign(statement, statement.monthsPastDue > 0 && { monthsPastDue: 0, standing: 'revolving' });
  }
  for (const { feature, told, amountMinor } of figures) {
    if (!feature.includes('payment')) continue;
    const wanted = amountMinor ?? Math.ceil((Math.round(told * 10) * before) / 1_000);
    const more = Math.max(0, wanted - latest.paidMinor);
    latest.paidMinor += more;
    latest.balanceMinor -= more;
  }
  for (const { feature, told } of figures) {
    if (feature !== 'utilisation_latest') continue;
    let aim = Math.floor(((latest.limitMinor ?? 0) * Math.round(told * 10)) / 1_000);
    while (aim > 0 && aim * 1_000 >= (latest.limitMinor ?? 0) * Math.round(told * 10)) aim -= 1;
    while (latest.balanceMinor > aim) {
      const spent = latest.balanceMinor - before + latest.paidMinor;
      const step = spendLess && spent > 0 ? Math.min(spent, latest.balanceMinor - aim) : latest.balanceMinor - aim;
      if (!(spendLess && spent > 0)) latest.paidMinor += step;
      latest.balanceMinor -= step;
    }
  }
  return lived;
}

describe('on the statements of a customer', () => {
  it('keeps its word when it is lived, in either way, and asks for no credit', () => {
    const seen = new Map<string, number>();
    let missedOnTables = 0;
    fc.assert(
      fc.property(ledgers, (statements) => {
        const told = explainLedger(statements);
        seen.set(told.state, (seen.get(told.state) ?? 0) + 1);
        const place = (told.band ?? 0) - 1;
        const lives = (changes: readonly BehaviourChange[]) =>
          [true, false].map((spendLess) => liveAgain(statements, changes, spendLess));
        if (told.state === 'reachable') {
          expect(told.checkedOn).toBe('statements');
          for (const lived of lives(told.changes)) {
            expect(bandOf(featuresOf(lived)) - 1).toBeLessThan(place);
            expect(lived.at(-1)?.balanceMinor).toBeGreaterThanOrEqual(
              Math.min(0, statements.at(-1)?.balanceMinor ?? 0),
            );
          }
          for (const { feature } of told.changes) seen.set(feature, (seen.get(feature) ?? 0) + 1);
        }
        const before = explain(featuresOf(statements), statements.at(-1)?.balanceMinor);
        // The tables alone, as it was done once: asked with statements that are not those of the features.
        if (before.state !== 'reachable') return;
        if (lives(before.changes).some((lived) => bandOf(featuresOf(lived)) - 1 >= place)) missedOnTables += 1;
      }),
      { numRuns: 800, seed: 11 },
    );
    for (const met of [
      'reachable',
      'out_of_reach',
      'utilisation_latest',
      'log_payment_latest',
      'statements_since_late',
    ])
      expect([met, (seen.get(met) ?? 0) > 0]).toEqual([met, true]);
    // What this is for: the tables alone would break their word (3 times of 229; of a model before it, one in ten).
    expect(missedOnTables).toBeGreaterThan(0);
  });
});
