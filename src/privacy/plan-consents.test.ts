import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ConsentChange,
  type ConsentPlan,
  type KnownWords,
  keyOf,
  planConsents,
  type StandingWord,
  wordOf,
} from './plan-consents.ts';

const word = (granted: boolean, changedAtMs: number, fields: Partial<ConsentChange> = {}): ConsentChange => ({
  customerId: 'a',
  purpose: 'emotions',
  granted,
  changedAtMs,
  recordedBy: 'test',
  ...fields,
});
const grant = (at: number, fields?: Partial<ConsentChange>) => word(true, at, fields);
const withdraw = (at: number, fields?: Partial<ConsentChange>) => word(false, at, fields);

const NOTHING_KNOWN: KnownWords = { customers: new Set(['a', 'b']), standing: new Map(), words: new Set() };

/** What is known when the plan was carried out as save-consents does it. */
function carryOut(plan: ConsentPlan, before: KnownWords): KnownWords {
  const consentedFrom = new Map([...before.standing].map(([key, word]) => [key, word.consentedFromMs]));
  for (const flip of plan.flips) consentedFrom.set(keyOf(flip), flip.granted ? flip.changedAtMs : null);
  const latest = new Map<string, Omit<StandingWord, 'consentedFromMs'>>(before.standing);
  for (const one of plan.latest) latest.set(keyOf(one), one);
  const standing = new Map(
    [...latest].map(([key, word]) => [key, { ...word, consentedFromMs: consentedFrom.get(key) ?? null }]),
  );
  return { ...before, standing, words: new Set([...before.words, ...plan.words.map(wordOf)]) };
}

/** Said one after the other, in this order. */
const known = (words: readonly ConsentChange[] = []): KnownWords =>
  words.reduce((state, one) => carryOut(planConsents([one], state), state), NOTHING_KNOWN);

describe('planConsents', () => {
  test.each<[string, ConsentChange[], ConsentChange[], ConsentPlan['outcomes'], boolean[]]>([
    ['a first grant', [], [grant(1)], ['changed'], [true]],
    ['a first word that withdraws changes nothing', [], [withdraw(1)], ['unchanged'], []],
    ['a withdrawal', [grant(1)], [withdraw(2)], ['changed'], [false]],
    ['the same word again', [grant(1)], [grant(1)], ['unchanged'], []],
    ['the same consent said again later', [grant(1)], [grant(2)], ['unchanged'], []],
    ['a withdrawal older than the grant', [grant(5)], [withdraw(4)], ['stale'], []],
    ['a grant older than the withdrawal', [grant(1), withdraw(5)], [grant(4)], ['stale'], []],
    ['at the same time the withdrawal wins', [grant(5)], [withdraw(5)], ['changed'], [false]],
    ['at the same time the grant does not', [withdraw(5)], [grant(5)], ['stale'], []],
    ['granted and withdrawn in one batch', [], [grant(1), withdraw(2)], ['changed', 'changed'], [true, false]],
    ['in one batch at the same time', [], [withdraw(3), grant(3)], ['changed', 'changed'], [true, false]],
    ['the same word twice in one batch', [], [grant(1), grant(1)], ['changed', 'unchanged'], [true]],
    ['withdrawn and granted again', [grant(1)], [grant(3), withdraw(2)], ['changed', 'changed'], [false, true]],
    ['a withdrawal between two grants, late', [grant(1), grant(5)], [withdraw(3)], ['restarted'], [false, true]],
    [
      'a withdrawal at the first of two grants, late',
      [grant(1), grant(5)],
      [withdraw(1)],
      ['restarted'],
      [false, true],
    ],
    [
      'two withdrawals between, late',
      [grant(1), grant(5)],
      [withdraw(3), withdraw(2)],
      ['stale', 'restarted'],
      [false, true],
    ],
    ['the same late withdrawal again', [grant(1), grant(5), withdraw(3)], [withdraw(3)], ['unchanged'], []],
    ['a withdrawal from before what counts, late', [grant(5), grant(1)], [withdraw(3)], ['stale'], []],
    [
      'late, and then a newer one',
      [grant(1), grant(5)],
      [withdraw(3), withdraw(6)],
      ['restarted', 'changed'],
      [false, true, false],
    ],
    ['a customer that is not known', [], [grant(1, { customerId: 'x' })], ['unknown_customer'], []],
  ])('%s', (_, before, changes, outcomes, flips) => {
    const plan = planConsents(changes, known(before));
    expect(plan.outcomes).toEqual(outcomes);
    expect(plan.flips.map((flip) => flip.granted)).toEqual(flips);
  });

  test('a consent said again outlives a withdrawal from in between, but begins with the last grant', () => {
    const state = known([grant(1), grant(3)]);
    expect(state.standing.get(keyOf(grant(1)))).toMatchObject({ changedAtMs: 3, consentedFromMs: 1 });
    const plan = planConsents([withdraw(2)], state);
    expect(plan.flips.map(({ granted, changedAtMs }) => [granted, changedAtMs])).toEqual([
      [false, 2],
      [true, 3],
    ]);
    expect(plan.latest).toEqual([]);
    expect(carryOut(plan, state).standing.get(keyOf(grant(1)))).toMatchObject({ granted: true, consentedFromMs: 3 });
  });

  test('keeps every word once for the proof, stale ones too', () => {
    const changes = [withdraw(4), grant(5), grant(6), grant(6), grant(1, { customerId: 'x' })];
    expect(planConsents(changes, known([grant(5)])).words).toEqual([withdraw(4), grant(6)]);
  });

  test('customers and purposes do not touch each other', () => {
    const changes = [withdraw(2, { purpose: 'thoughts' }), withdraw(2, { customerId: 'b' })];
    const plan = planConsents(
      changes,
      known([grant(1), grant(1, { purpose: 'thoughts' }), grant(1, { customerId: 'b' })]),
    );
    expect(plan.outcomes).toEqual(['changed', 'changed']);
    expect(plan.latest).toEqual(changes);
  });

  test('in any order and any split the newest word stands', () => {
    const anyWord = fc.tuple(fc.boolean(), fc.nat(6)).map(([granted, at]) => word(granted, at));
    const words = fc.array(anyWord, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(words, fc.nat(8), (given, split) => {
        let state = known();
        for (const batch of [given.slice(0, split), given.slice(split)]) {
          state = carryOut(planConsents(batch, state), state);
        }
        const newest = Math.max(...given.map((one) => one.changedAtMs));
        const said = given.filter((one) => one.changedAtMs === newest);
        const granted = said.every((one) => one.granted);
        const standing = state.standing.get(keyOf(word(true, 0)));
        expect(standing).toMatchObject({ granted, changedAtMs: newest });
        const lastWithdrawal = Math.max(...given.filter((one) => !one.granted).map((one) => one.changedAtMs));
        if (!granted) expect(standing?.consentedFromMs).toBeNull();
        else expect(standing?.consentedFromMs).toBeGreaterThan(lastWithdrawal);
        expect(state.words.size).toBe(new Set(given.map(wordOf)).size);
      }),
    );
  });
});
