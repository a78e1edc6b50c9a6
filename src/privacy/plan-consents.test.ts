import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type ConsentChange, type ConsentPlan, type KnownWords, keyOf, planConsents, wordOf } from './plan-consents.ts';

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

const known = (words: readonly ConsentChange[] = []): KnownWords => {
  const plan = words.length === 0 ? null : planConsents(words, known());
  return {
    customers: new Set(['a', 'b']),
    latest: new Map((plan?.latest ?? []).map((one) => [keyOf(one), one])),
    words: new Set(words.map(wordOf)),
  };
};

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
    ['a customer that is not known', [], [grant(1, { customerId: 'x' })], ['unknown_customer'], []],
  ])('%s', (_, before, changes, outcomes, flips) => {
    const plan = planConsents(changes, known(before));
    expect(plan.outcomes).toEqual(outcomes);
    expect(plan.flips.map((flip) => flip.granted)).toEqual(flips);
  });

  test('a consent said again later outlives a withdrawal from in between', () => {
    expect(planConsents([withdraw(2)], known([grant(1), grant(3)])).outcomes).toEqual(['stale']);
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
          const plan = planConsents(batch, state);
          const latest = new Map(state.latest);
          for (const one of plan.latest) latest.set(keyOf(one), one);
          state = { ...state, latest, words: new Set([...state.words, ...plan.words.map(wordOf)]) };
        }
        const newest = Math.max(...given.map((one) => one.changedAtMs));
        const said = given.filter((one) => one.changedAtMs === newest);
        const granted = said.every((one) => one.granted);
        expect(state.latest.get(keyOf(word(true, 0)))).toMatchObject({ granted, changedAtMs: newest });
        expect(state.words.size).toBe(new Set(given.map(wordOf)).size);
      }),
    );
  });
});
