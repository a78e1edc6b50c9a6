import fc from 'fast-check';
import {
  CALM,
  DISTRESSED,
  GLOOMY,
  HAPPY,
  type InputOverrides,
  makeInput,
  OPEN_VERDICT,
  policyOf,
} from '../../test/support/decision-inputs.ts';
import { POLICY_CASES } from '../../test/support/policy-cases.ts';
import { makeFacts, makeNewFacts } from '../../test/support/policy-facts.ts';
import { SETTLED_CASES } from '../../test/support/settled-cases.ts';
import type { EmotionFeatures } from '../affect/index.ts';
import { DAY_MS } from '../lib/clock.ts';
import { loadScorecard, shippedScorecardPath, type VerdictTerms } from '../model/index.ts';
import { loadPolicies, PACK_NAMES, type PackName, parsePolicy, REASONS } from '../policy/index.ts';
import { decide } from './decide.ts';
import { decideByHand, type HandInputs } from './decide-by-hand.ts';
import type { DecisionInput } from './decision-input.ts';
import { sealRecord } from './decision-record.ts';

const policies = await loadPolicies();
const run = (pack: PackName, over: InputOverrides) => decide(makeInput(policyOf(policies, pack), over));
const codes = (reasons: readonly { readonly code: string }[]) => reasons.map((reason) => reason.code);
const bytesOf = (result: ReturnType<typeof decide>) => sealRecord(result.record).text;

test('what points are lost against is for the policy to say', async () => {
  const { document } = policyOf(policies, 'generic');
  const shipped = await loadScorecard(shippedScorecardPath());
  // Four months late, more than the limit in use, hardly anything paid; but a quiet account otherwise.
  const features = [4, 3, 2, 4, 14, 6, 0, 0, 0, 1.1, 1.05, 1.2, 0.1, 0, 0.9, 0, 0, 0.01, 0.4, 1, 0.2, 0.6, 0.05];
  const against = (reasonReference: 'best' | 'average' | undefined) => {
    const policy = parsePolicy(reasonReference === undefined ? document : { ...document, reasonReference }, 'test');
    const input = makeInput(policy, { facts: makeFacts({ requestedLimitMinor: 400_000 }) });
    const { settled } = decide({
      ...input,
      model: shipped,
      financial: { ...input.financial, features, modelVersion: shipped.modelVersion },
    });
    return settled.reasons.map(({ code }) => code).filter((code) => code.startsWith('score_'));
  };
  expect(against('best')).toEqual(against(undefined));
  expect(against('average')[0]).toBe('score_status_latest');
  // Whoever is no worse than average there has lost nothing.
  expect(against('average').length).toBeLessThan(against('best').length);
});

describe('table of cases', () => {
  test.each(SETTLED_CASES)('$name', ({ input, pack = 'generic', outcome, limits, scheduled, reasons, lasting }) => {
    const { settled, lastingReasons } = run(pack, input);
    expect({
      outcome: settled.outcome,
      limits: [settled.limitMinor, settled.financialLimitMinor],
      scheduled: settled.scheduled === null ? undefined : [settled.scheduled.limitMinor, settled.scheduled.fromMs],
      reasons: codes(settled.reasons),
      lasting: codes(lastingReasons),
    }).toEqual({ outcome, limits, scheduled, reasons, lasting: lasting ?? reasons });
  });

  test('every reason has a row in a table', () => {
    const told = new Set<string>([
      ...POLICY_CASES.flatMap((row) => row.reasons),
      ...SETTLED_CASES.flatMap((row) => [...row.reasons, ...(row.lasting ?? [])]),
      ...HAND_CASES.flatMap(([, , , , reasons]) => reasons),
    ]);
    // Score reasons are one to one with the features, which the test of the reasons proves.
    const untold = REASONS.filter((row) => row.kind !== 'score' && !told.has(row.code)).map((row) => row.code);
    expect(untold).toEqual([]);
  });
});

const hand = (action: HandInputs['action'], before: number | null, after: number | null): HandInputs => ({
  decisionId: '0193f000-0000-7000-8000-000000000001',
  customerId: 'ana',
  sequence: 1,
  nowMs: 1_000,
  trigger: 'manual',
  requestedBy: 'officer',
  currency: 'EUR',
  action,
  newLimitMinor: after,
  note: 'because',
  account: { limitMinor: before, financialLimitMinor: before, lastIncreaseAtMs: null, lastDecreaseAtMs: null },
});

const HAND_CASES: readonly [HandInputs['action'], number | null, number | null, string, readonly string[]][] = [
  ['set_limit', null, 500, 'approve', ['limit_set_by_officer', 'limit_opened']],
  ['set_limit', 400, 500, 'increase', ['limit_set_by_officer', 'limit_raised']],
  ['set_limit', 500, 500, 'keep', ['limit_set_by_officer', 'limit_kept']],
  ['set_limit', 500, 0, 'decrease', ['limit_set_by_officer', 'limit_lowered']],
  ['bring_along', null, 500, 'approve', ['limit_brought_along', 'limit_opened']],
  ['freeze', 500, null, 'keep', ['account_frozen_by_officer', 'limit_kept']],
  ['freeze', null, null, 'keep', ['account_frozen_by_officer', 'limit_not_opened']],
  ['unfreeze', 500, null, 'keep', ['account_unfrozen_by_officer', 'limit_kept']],
];

describe('by hand', () => {
  test.each(HAND_CASES)('%s from %p to %p: %s', (action, before, after, outcome, reasons) => {
    const settled = decideByHand(hand(action, before, after));
    expect([settled.outcome, codes(settled.reasons)]).toEqual([outcome, reasons]);
    const limitMinor = after ?? before;
    expect([settled.limitMinor, settled.financialLimitMinor]).toEqual([limitMinor, limitMinor]);
    expect(settled.reasons[0]?.details).toEqual({ note: 'because' });
    expect(settled.lastIncreaseAtMs).toBe(outcome === 'increase' ? 1_000 : null);
    expect(settled.lastDecreaseAtMs).toBe(outcome === 'decrease' ? 1_000 : null);
  });
});

describe('what mood may not touch', () => {
  const moods: readonly EmotionFeatures[] = [CALM, HAPPY, GLOOMY, DISTRESSED];

  test.each([...PACK_NAMES])('%s: the record, approval, price and type are the same bytes under every mood', (pack) => {
    for (const facts of [makeFacts(), makeNewFacts(), makeFacts({ requestedLimitMinor: 300_000 })]) {
      for (const probabilityOfDefault of [0.005, 0.0191, 0.0211, 0.06, 0.118, 0.125, 0.4]) {
        const plain = bytesOf(run(pack, { facts, probabilityOfDefault }));
        for (const emotions of moods) {
          for (const thoughts of [null, GLOOMY, DISTRESSED]) {
            expect(bytesOf(run(pack, { facts, probabilityOfDefault, emotions, thoughts }))).toBe(plain);
          }
        }
      }
    }
  });

  test('nothing emotional is in the record: no name, no figure', () => {
    const marked = { ...GLOOMY, valence30: -0.123456789, stress3: 0.987654321 };
    const result = run('generic', { emotions: marked, thoughts: marked });
    expect(bytesOf(result)).not.toMatch(
      /valence|arousal|stress|"emotions"|thoughts|nonce|0\.1234|0\.9876|care_|emotion_[a-z]+_/,
    );
    const felt = result.emotionalRecord;
    expect(felt === null ? '' : sealRecord(felt).text).toMatch(/0\.123456789.*0\.987654321/);
  });

  test('eu: not even a second record is made', () => {
    expect(run('eu', { emotions: DISTRESSED, thoughts: DISTRESSED }).emotionalRecord).toBeNull();
  });

  test('emotional data where the pack forbids it is a bug, not an input', () => {
    const input = makeInput(policyOf(policies, 'eu'));
    const emotional = { nonce: '', emotions: HAPPY, thoughts: null };
    expect(() => decide({ ...input, emotional })).toThrow('forbids');
  });

  test('only bounded lets the score move', () => {
    const logOdds = (pack: PackName) => run(pack, { emotions: GLOOMY }).emotionalRecord?.result.emotionLogOdds;
    expect(logOdds('generic')).toBeGreaterThan(0.1);
    expect([logOdds('br'), logOdds('us'), logOdds('uk')]).toEqual([0, 0, 0]);
  });

  test.each<[string, Partial<VerdictTerms> | null]>([
    ['there is none', null],
    ['it is shut', { state: 'shut' }],
    ['it has run out', { validUntil: new Date(makeFacts().nowMs).toISOString() }],
    ['it is about another block', { blockSha256: 'ab'.repeat(32) }],
  ])('without an open verdict emotion adds exactly 0 and protects all the same: %s', (_, change) => {
    const verdict = change === null ? null : { ...OPEN_VERDICT, ...change };
    const felt = run('generic', { emotions: GLOOMY, verdict });
    expect(felt.emotionalRecord?.result.emotionLogOdds).toBe(0);
    expect(felt.settled).toEqual(run('generic', { verdict }).settled);
    expect(felt.record).toMatchObject({ result: { emotionMode: 'protective' } });
    expect(run('generic', { emotions: DISTRESSED, verdict }).emotionalRecord?.result.acuteDistress).toBe(true);
  });

  test('the record names the verdict it stood under, and another one is a bug', () => {
    const input = makeInput(policyOf(policies, 'generic'), { emotions: GLOOMY });
    expect(input.financial.emotionVerdict).toBe(OPEN_VERDICT.verdictSha256);
    expect(bytesOf(decide(input))).toContain(OPEN_VERDICT.verdictSha256);
    expect(() => decide({ ...input, verdict: null })).toThrow('another verdict');
  });

  test('a record from before there were verdicts still replays as it was made', () => {
    const { emotionVerdict: _verdict, ...financial } = makeInput(policyOf(policies, 'generic')).financial;
    const older = { ...makeInput(policyOf(policies, 'generic'), { emotions: GLOOMY }), financial, verdict: null };
    expect(decide(older, 1).emotionalRecord).toMatchObject({ format: 1 });
    expect(decide(older, 1).emotionalRecord?.result.emotionLogOdds).toBeGreaterThan(0.1);
    expect(decide(older).emotionalRecord?.result.emotionLogOdds).toBe(0);
  });
});

/** A year and more of decisions: what each leaves behind is what the next one starts from. */
function live(pack: PackName, months: readonly Month[]): { limits: (number | null)[]; wants: number[] } {
  const limits: (number | null)[] = [];
  const wants: number[] = [];
  const history: { fromMs: number; limitMinor: number }[] = [{ fromMs: 0, limitMinor: 200_000 }];
  let account = { ...makeFacts().account };
  months.forEach((month, index) => {
    const nowMs = makeFacts().nowMs + index * 31 * DAY_MS;
    const facts = makeFacts({
      nowMs,
      account: {
        ...account,
        lowestInStepMinor: lowestSince(history, nowMs - 90 * DAY_MS),
        lowestInYearMinor: lowestSince(history, nowMs - 365 * DAY_MS),
      },
      income: { declaredIncomeMinor: month.incomeMinor },
    });
    const result = run(pack, { facts, probabilityOfDefault: month.pd, emotions: month.mood, thoughts: month.thought });
    const { settled } = result;
    account = { ...account, ...settled, lowestInStepMinor: null, lowestInYearMinor: null };
    const before = history.at(-1)?.limitMinor;
    if (settled.limitMinor !== null && settled.limitMinor !== before) {
      history.push({ fromMs: nowMs, limitMinor: settled.limitMinor });
    }
    limits.push(settled.limitMinor);
    // What waits for the end of notice has not taken effect: the finances stand where they stood.
    const wanted = result.record.kind === 'policy' ? result.record.result.limitMinor : 0;
    wants.push(settled.scheduled === null ? wanted : (wants.at(-1) ?? 200_000));
  });
  return { limits, wants };
}

function lowestSince(history: readonly { fromMs: number; limitMinor: number }[], sinceMs: number): number {
  const counted = history.filter((_, index) => (history[index + 1]?.fromMs ?? Number.POSITIVE_INFINITY) > sinceMs);
  return Math.min(...counted.map((entry) => entry.limitMinor));
}

interface Month {
  readonly pd: number;
  readonly incomeMinor: number;
  readonly mood: EmotionFeatures | null;
  readonly thought: EmotionFeatures | null;
}

const moodArbitrary: fc.Arbitrary<EmotionFeatures | null> = fc.option(
  fc.record({
    valence30: fc.double({ min: -1, max: 1, noNaN: true }),
    stress30: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    valenceVariability30: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    effectiveSamples30: fc.constantFrom(0, 4, 6, 40),
    lastEventAgeMs: fc.constantFrom(0, DAY_MS, 8 * DAY_MS, 40 * DAY_MS),
    valence3: fc.option(fc.double({ min: -1, max: 1, noNaN: true })),
    stress3: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    effectiveSamples3: fc.constantFrom(0, 2, 5, 20),
  }),
);
const monthArbitrary = fc.record({
  pd: fc.constantFrom(0.005, 0.0191, 0.0211, 0.035, 0.045, 0.065, 0.075, 0.115, 0.3),
  incomeMinor: fc.integer({ min: 50_000, max: 400_000 }),
  mood: moodArbitrary,
  thought: moodArbitrary,
});
const lifeArbitrary = fc.array(monthArbitrary, { minLength: 1, maxLength: 24 });

describe.each([...PACK_NAMES])('%s: over any life of finances and moods', (pack) => {
  test('the limit in force falls only when the finances fell, and no further', () => {
    fc.assert(
      fc.property(lifeArbitrary, (months) => {
        const { limits, wants } = live(pack, months);
        limits.forEach((limit, index) => {
          const before = limits[index - 1] ?? 200_000;
          const wantedBefore = wants[index - 1] ?? 200_000;
          const fallen = Math.max(0, wantedBefore - (wants[index] ?? 0));
          expect(before - (limit ?? 0)).toBeLessThanOrEqual(fallen);
        });
      }),
      { numRuns: 150 },
    );
  });

  test('with finances that stay as they are, no mood ever costs a cent of the limit', () => {
    fc.assert(
      fc.property(lifeArbitrary, monthArbitrary, (months, { pd, incomeMinor }) => {
        const felt = live(
          pack,
          months.map((month) => ({ ...month, pd: Math.min(pd, 0.035), incomeMinor: 200_000 + incomeMinor })),
        );
        felt.limits.forEach((limit, index) => {
          expect(limit).toBeGreaterThanOrEqual(felt.limits[index - 1] ?? 200_000);
        });
      }),
      { numRuns: 150 },
    );
  });

  test('one decision, any mood: never above the request, never under the floor, the money side untouched', () => {
    fc.assert(
      fc.property(
        monthArbitrary,
        fc.option(fc.integer({ min: 0, max: 900_000 })),
        fc.integer({ min: 0, max: 100_000 }),
        fc.boolean(),
        (month, requestedLimitMinor, felt, isNew) => {
          const facts = isNew
            ? makeNewFacts({ requestedLimitMinor, income: { declaredIncomeMinor: month.incomeMinor } })
            : makeFacts({
                requestedLimitMinor,
                account: { limitMinor: 200_000 + felt },
                income: { declaredIncomeMinor: month.incomeMinor },
              });
          const base = { facts, probabilityOfDefault: month.pd, trigger: 'api' } as const;
          const plain = run(pack, base);
          const { settled, record } = run(pack, { ...base, emotions: month.mood, thoughts: month.thought });
          expect(sealRecord(record).text).toBe(bytesOf(plain));
          if (requestedLimitMinor !== null) {
            expect(settled.limitMinor ?? 0).toBeLessThanOrEqual(
              Math.max(requestedLimitMinor, facts.account.limitMinor ?? 0),
            );
          }
          if (isNew) expect(settled.outcome).toBe(plain.settled.outcome);
          const l0 = record.kind === 'policy' ? record.result.limitMinor : 0;
          const { limitMinor } = facts.account;
          if (limitMinor === null)
            expect(settled.limitMinor ?? 0).toBeGreaterThanOrEqual(plain.settled.limitMinor ?? 0);
          else expect(settled.limitMinor ?? 0).toBeGreaterThanOrEqual(Math.min(limitMinor, l0));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a pack that lets mood into the score and asks for notice and assent', () => {
  const br = policyOf(policies, 'br');
  const document = { ...br.document, pack: { ...br.document.pack, emotionMode: 'bounded' as const } };
  const strict = parsePolicy(document, 'a test');

  test('mood never makes a decrease come sooner, and never spares the customer being asked', () => {
    fc.assert(
      fc.property(monthArbitrary, fc.constantFrom(null, 0.005, 0.0191, 0.035), (month, probabilityOfDefaultWhenSet) => {
        const facts = makeFacts({
          account: { limitMinor: 230_000, probabilityOfDefaultWhenSet },
          income: { declaredIncomeMinor: month.incomeMinor },
        });
        const base = { facts, probabilityOfDefault: month.pd };
        const plain = decide(makeInput(strict, base)).settled;
        const felt = decide(makeInput(strict, { ...base, emotions: month.mood })).settled;
        expect(felt.limitMinor).toBeLessThanOrEqual(230_000);
        if (plain.limitMinor === 230_000) expect(felt.limitMinor).toBe(230_000);
        if (plain.scheduled !== null && felt.scheduled !== null && felt.outcome === 'decrease') {
          expect(felt.scheduled.fromMs).toBe(plain.scheduled.fromMs);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the turn of an increase', () => {
  const raised = (over: InputOverrides) => run('generic', over).settled.lastIncreaseAtMs;
  const nowMs = makeFacts().nowMs;

  test('used up by what the finances gave', () => {
    expect(raised({})).toBe(nowMs);
  });

  test('not by what mood gave', () => {
    const facts = makeFacts({ income: { declaredIncomeMinor: 130_000 } });
    expect(raised({ facts, probabilityOfDefault: 0.0211, emotions: HAPPY })).toBeNull();
  });

  test('not by half a rise, of which mood withheld the other half', () => {
    const facts = makeFacts({ income: { declaredIncomeMinor: 150_000 } });
    const { settled } = run('generic', { facts, probabilityOfDefault: 0.0191, emotions: GLOOMY });
    expect([settled.limitMinor, settled.financialLimitMinor, settled.lastIncreaseAtMs]).toEqual([
      225_000,
      250_000,
      null,
    ]);
  });
});

test('the same input gives the same bytes, and another decision other ones', () => {
  const input: DecisionInput = makeInput(policyOf(policies, 'generic'), { emotions: GLOOMY });
  expect(sealRecord(decide(input).record)).toEqual(sealRecord(decide(structuredClone(input)).record));
  const next = makeInput(policyOf(policies, 'generic'), { emotions: GLOOMY, sequence: 2 });
  expect(bytesOf(decide(next))).not.toBe(bytesOf(decide(input)));
});

test('contributions add up to the score’s log-odds', () => {
  const { record } = run('generic', { probabilityOfDefault: 0.06 });
  if (record.kind !== 'policy') throw new Error('judged by hand?');
  const sum = Object.values(record.result.contributions).reduce((total, logOdds) => total + logOdds, 0);
  expect(1 / (1 + Math.exp(-sum))).toBeCloseTo(record.result.probabilityOfDefault, 12);
});
