// One line per case: an ordinary customer, a mood, a pack; what happens and every reason for it, in order. With the
// policy cases it covers every reason there is.
import type { EmotionFeatures } from '../../src/affect/index.ts';
import type { DecisionOutcome } from '../../src/decision/index.ts';
import { DAY_MS } from '../../src/lib/clock.ts';
import type { PackName, ReasonCode } from '../../src/policy/index.ts';
import { CALM, DISTRESSED, GLOOMY, HAPPY, type InputOverrides } from './decision-inputs.ts';
import { makeFacts, makeNewFacts, NOW_MS } from './policy-facts.ts';

export interface SettledCase {
  readonly name: string;
  readonly input: InputOverrides;
  /** `generic` where absent. */
  readonly pack?: PackName;
  readonly outcome: DecisionOutcome;
  /** In force afterwards, and F. */
  readonly limits: readonly [number | null, number | null];
  readonly scheduled?: readonly [limitMinor: number, fromMs: number];
  readonly reasons: readonly ReasonCode[];
  /** Of the row, where they are others. */
  readonly lasting?: readonly ReasonCode[];
}

/** The income multiple is what holds: 2 x beyond 1 %, 1.5 x beyond 2 %, 1 x beyond 4 %. */
const earning = (declaredIncomeMinor: number, over: Parameters<typeof makeFacts>[0] = {}) =>
  makeFacts({ ...over, income: { declaredIncomeMinor } });
const asked = (requestedLimitMinor: number) => makeFacts({ requestedLimitMinor });
const raisedByMood = { account: { limitMinor: 240_000, lowestInStepMinor: 200_000 } };

/** Just beyond 2 %, so that good spirits reach the better band; and just below, so that a low mood leaves it. */
const BEYOND_2 = 0.0211;
const BELOW_2 = 0.0191;

const afraid: EmotionFeatures = { ...CALM, valence3: -0.9 };

export const SETTLED_CASES: readonly SettledCase[] = [
  {
    name: 'a step up',
    input: {},
    outcome: 'increase',
    limits: [250_000, 250_000],
    reasons: ['increase_step', 'limit_raised'],
  },
  {
    name: 'a step down',
    input: { probabilityOfDefault: 0.11 },
    outcome: 'decrease',
    limits: [160_000, 160_000],
    reasons: ['income_multiple', 'score_spend_rate_mean', 'decrease_step', 'limit_lowered'],
  },
  {
    name: 'nothing to change is a decision, too',
    input: { facts: makeFacts({ ledger: { lateStatements: 1 } }) },
    outcome: 'keep',
    limits: [200_000, 200_000],
    reasons: ['late_payment', 'limit_kept'],
  },
  {
    name: 'frozen: nothing moves, up or down',
    input: { probabilityOfDefault: 0.11, frozen: true },
    outcome: 'keep',
    limits: [200_000, 200_000],
    reasons: ['account_frozen', 'limit_kept'],
  },
  {
    name: 'frozen before the first limit: an application goes to a person',
    input: { facts: makeNewFacts(), frozen: true, trigger: 'api' },
    outcome: 'review',
    limits: [null, null],
    reasons: ['account_frozen', 'limit_not_opened'],
  },
  {
    name: 'an application the rules cannot judge goes to a person',
    input: { facts: makeNewFacts({ currency: 'JPY' }), trigger: 'api' },
    outcome: 'review',
    limits: [null, null],
    reasons: ['currency_not_covered', 'limit_not_opened'],
  },
  {
    name: 'where nobody asked, what cannot be judged stays as it is',
    input: { facts: makeFacts({ currency: 'JPY' }) },
    outcome: 'keep',
    limits: [200_000, 200_000],
    reasons: ['currency_not_covered', 'limit_kept'],
  },
  {
    name: 'an application granted',
    input: { facts: makeNewFacts(), trigger: 'api' },
    outcome: 'approve',
    limits: [600_000, 600_000],
    reasons: ['income_multiple', 'limit_opened'],
  },
  {
    name: 'an application refused',
    input: { facts: makeNewFacts(), trigger: 'api', probabilityOfDefault: 0.2 },
    outcome: 'decline',
    limits: [null, null],
    reasons: ['risk_above_cutoff', 'score_spend_rate_mean', 'limit_not_opened'],
  },
  {
    name: 'where nobody applied, nobody is refused',
    input: { facts: makeNewFacts(), probabilityOfDefault: 0.2 },
    outcome: 'keep',
    limits: [null, null],
    reasons: ['risk_above_cutoff', 'score_spend_rate_mean', 'limit_not_opened'],
  },
  // Mood.
  {
    name: 'good spirits raise',
    input: { facts: earning(130_000), probabilityOfDefault: BEYOND_2, emotions: HAPPY },
    outcome: 'increase',
    limits: [250_000, 200_000],
    reasons: ['emotion_raised_limit', 'increase_step', 'limit_raised'],
    lasting: ['consented_data', 'limit_raised'],
  },
  {
    name: 'a low mood withholds an increase, and no more',
    input: { facts: earning(140_000), probabilityOfDefault: BELOW_2, emotions: GLOOMY },
    outcome: 'keep',
    limits: [200_000, 200_000],
    reasons: ['emotion_held_increase', 'small_change', 'limit_kept'],
    lasting: ['consented_data', 'limit_kept'],
  },
  {
    name: 'a low mood lowers nothing',
    input: { facts: earning(100_000), probabilityOfDefault: BELOW_2, emotions: GLOOMY },
    outcome: 'keep',
    limits: [200_000, 200_000],
    reasons: ['emotion_did_not_lower', 'income_multiple', 'score_spend_rate_mean', 'limit_kept'],
    lasting: ['income_multiple', 'score_spend_rate_mean', 'limit_kept'],
  },
  {
    name: 'mood gone: what it gave stays',
    input: { facts: earning(100_000, raisedByMood), probabilityOfDefault: BELOW_2, emotions: CALM },
    outcome: 'keep',
    limits: [240_000, 200_000],
    reasons: ['income_multiple', 'score_spend_rate_mean', 'limit_kept'],
  },
  {
    name: 'mood gone and finances down: it falls as far as they',
    input: { facts: earning(170_000, raisedByMood), probabilityOfDefault: 0.06 },
    outcome: 'decrease',
    limits: [210_000, 170_000],
    reasons: ['income_multiple', 'score_spend_rate_mean', 'limit_lowered'],
  },
  {
    name: 'an application: mood gives',
    input: { facts: makeNewFacts(), trigger: 'api', probabilityOfDefault: BEYOND_2, emotions: HAPPY },
    outcome: 'approve',
    limits: [600_000, 450_000],
    reasons: ['emotion_raised_limit', 'income_multiple', 'limit_opened'],
    lasting: ['consented_data', 'limit_opened'],
  },
  {
    name: 'an application: mood takes nothing',
    input: { facts: makeNewFacts(), trigger: 'api', probabilityOfDefault: BELOW_2, emotions: GLOOMY },
    outcome: 'approve',
    limits: [600_000, 600_000],
    reasons: ['emotion_did_not_lower', 'income_multiple', 'limit_opened'],
    lasting: ['income_multiple', 'limit_opened'],
  },
  {
    name: 'an application: mood refuses nobody',
    input: { facts: makeNewFacts(), trigger: 'api', probabilityOfDefault: 0.115, emotions: GLOOMY },
    outcome: 'approve',
    limits: [150_000, 150_000],
    reasons: ['emotion_did_not_lower', 'income_multiple', 'limit_opened'],
    lasting: ['income_multiple', 'limit_opened'],
  },
  {
    name: 'an application: mood saves nobody the finances refuse',
    input: { facts: makeNewFacts(), trigger: 'api', probabilityOfDefault: 0.13, emotions: HAPPY },
    outcome: 'decline',
    limits: [null, null],
    reasons: ['risk_above_cutoff', 'score_spend_rate_mean', 'limit_not_opened'],
  },
  // Care.
  {
    name: 'acute distress pauses an increase nobody asked for',
    input: { emotions: DISTRESSED },
    outcome: 'keep',
    limits: [200_000, 200_000],
    reasons: ['care_pause', 'limit_kept'],
    lasting: ['consented_data', 'limit_kept'],
  },
  {
    name: 'so do worried thoughts about money',
    input: { thoughts: afraid },
    outcome: 'keep',
    limits: [200_000, 200_000],
    reasons: ['care_pause', 'limit_kept'],
    lasting: ['consented_data', 'limit_kept'],
  },
  {
    name: 'worried thoughts never enter the score',
    input: { facts: asked(400_000), thoughts: { ...GLOOMY, ...afraid } },
    outcome: 'increase',
    limits: [250_000, 250_000],
    reasons: ['increase_step', 'limit_raised'],
  },
  {
    name: 'who asks in distress is not treated as a child',
    input: { facts: asked(240_000), emotions: DISTRESSED },
    outcome: 'increase',
    limits: [240_000, 240_000],
    reasons: ['requested_amount', 'limit_raised'],
  },
  {
    name: 'distress lowers nothing, and a decrease is no matter of care',
    input: { probabilityOfDefault: 0.11, emotions: { ...CALM, stress3: 1 } },
    outcome: 'decrease',
    limits: [160_000, 160_000],
    reasons: ['income_multiple', 'score_spend_rate_mean', 'decrease_step', 'limit_lowered'],
  },
  {
    name: 'protective: care pauses',
    input: { emotions: DISTRESSED },
    pack: 'us',
    outcome: 'keep',
    limits: [200_000, 200_000],
    reasons: ['care_pause', 'limit_kept'],
    lasting: ['consented_data', 'limit_kept'],
  },
  {
    name: 'protective: good spirits raise nothing',
    input: { facts: earning(130_000), probabilityOfDefault: BEYOND_2, emotions: HAPPY },
    pack: 'us',
    outcome: 'keep',
    limits: [200_000, 200_000],
    reasons: ['small_change', 'limit_kept'],
  },
  {
    name: 'off: nothing is even looked at',
    input: { facts: asked(400_000), emotions: DISTRESSED },
    pack: 'eu',
    outcome: 'increase',
    limits: [250_000, 250_000],
    reasons: ['increase_step', 'limit_raised'],
  },
  // Assent and notice.
  {
    name: 'an increase waits for assent',
    input: {},
    pack: 'br',
    outcome: 'increase',
    limits: [200_000, 200_000],
    scheduled: [250_000, NOW_MS],
    reasons: ['increase_step', 'assent_needed'],
  },
  {
    name: 'asking is assent',
    input: { facts: asked(240_000) },
    pack: 'br',
    outcome: 'increase',
    limits: [240_000, 240_000],
    reasons: ['requested_amount', 'limit_raised'],
  },
  {
    name: 'an opening nobody applied for waits for assent',
    input: { facts: makeNewFacts() },
    pack: 'uk',
    outcome: 'approve',
    limits: [null, null],
    scheduled: [600_000, NOW_MS],
    reasons: ['income_multiple', 'assent_needed'],
  },
  {
    name: 'an application is assent',
    input: { facts: makeNewFacts(), trigger: 'api' },
    pack: 'uk',
    outcome: 'approve',
    limits: [600_000, 600_000],
    reasons: ['income_multiple', 'limit_opened'],
  },
  {
    name: 'a decrease because income fell waits for the end of notice',
    input: { facts: earning(60_000), probabilityOfDefault: 0.015 },
    pack: 'br',
    outcome: 'decrease',
    limits: [200_000, 200_000],
    scheduled: [160_000, NOW_MS + 30 * DAY_MS],
    reasons: ['income_multiple', 'score_spend_rate_mean', 'decrease_step', 'notice_running'],
  },
  {
    name: 'a decrease because risk worsened does not',
    input: { probabilityOfDefault: 0.11 },
    pack: 'br',
    outcome: 'decrease',
    limits: [160_000, 160_000],
    reasons: ['income_multiple', 'score_spend_rate_mean', 'decrease_step', 'limit_lowered'],
  },
  {
    name: 'care pauses what would wait for assent',
    input: { emotions: DISTRESSED },
    pack: 'br',
    outcome: 'keep',
    limits: [200_000, 200_000],
    reasons: ['care_pause', 'limit_kept'],
    lasting: ['consented_data', 'limit_kept'],
  },
];
