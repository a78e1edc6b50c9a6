// The shape of a policy: everything a lender may turn, and nothing that code decides. A document is validated once, at
// the door, and named by the hash of its canonical form; money is exact, so shares of money are whole basis points.
import { z } from 'zod';
import { AMOUNT_MINOR_MAX } from '../lib/money.ts';

export const PACK_NAMES = ['generic', 'br', 'us', 'eu', 'uk'] as const;
export type PackName = (typeof PACK_NAMES)[number];

/**
 * What emotion may do: nothing; protect only (care rules); move the score within the model's bound as well, as soon as
 * the lender's evidence gate is open.
 */
export const EMOTION_MODES = ['off', 'protective', 'bounded'] as const;
export type EmotionMode = (typeof EMOTION_MODES)[number];

export const CREDIT_TYPES = ['revolving', 'short_term', 'long_term'] as const;
export type CreditType = (typeof CREDIT_TYPES)[number];

const probability = z.number().gt(0).max(1);
const share = z.number().min(0).max(1);
const bps = z.int().min(0).max(1_000_000);
const days = z.int().min(0).max(3_660);
const minor = z.int().min(0).max(AMOUNT_MINOR_MAX);

const bandSchema = z.strictObject({
  probabilityOfDefaultMax: probability.describe('The band holds PDs up to here, this one included.'),
  incomeMultipleBps: bps.describe('Limit as a multiple of monthly income; 10 000 is once.'),
  limitMaxUnitsBps: bps.describe("Limit at most, as a share of the currency's reference unit; 10 000 is one unit."),
});
export type RiskBand = z.infer<typeof bandSchema>;

const amountsSchema = z.strictObject({
  referenceUnitMinor: z.int().min(1).max(AMOUNT_MINOR_MAX).describe("The lender's median limit in this currency."),
  roundingStepMinor: z.int().min(1).max(AMOUNT_MINOR_MAX),
  limitMinMinor: minor.describe('The smallest limit that is opened.'),
});
export type CurrencyAmounts = z.infer<typeof amountsSchema>;

const creditTypeSchema = z.strictObject({
  type: z.enum(CREDIT_TYPES),
  probabilityOfDefaultMax: probability,
  statementsMin: z.int().min(0).max(6),
});

const noteSchema = z.strictObject({
  rule: z.string().min(1).max(400),
  source: z.string().min(1).max(400),
  /** Was the source's text read, or does counsel have to check it before anyone relies on it? */
  checked: z.enum(['read', 'to_be_checked']),
});

const packSchema = z.strictObject({
  name: z.enum(PACK_NAMES),
  emotionMode: z.enum(EMOTION_MODES),
  increaseNeedsAssent: z.boolean().describe('An increase nobody asked for waits for the customer.'),
  decreaseNoticeDays: days.describe('0: none. A decrease because risk worsened takes effect at once.'),
  affordabilityRequiredForIncrease: z.boolean().describe('No higher limit without a known income.'),
  notes: z.array(noteSchema).min(1),
});

export const policyDocumentSchema = z
  .strictObject({
    formatVersion: z.literal(1),
    name: z.string().min(1).max(100),
    lenderBaseRate: probability.lt(1).describe("Share of the lender's own customers that default."),
    lossGivenDefault: share,
    probabilityOfDefaultFloor: share,
    reasonReference: z
      .enum(['best', 'average'])
      .optional()
      .describe('What points are lost against: the best bin of each feature (where absent), or the average customer.'),
    approval: z.strictObject({
      probabilityOfDefaultMax: probability,
      statementsMinForIncrease: z.int().min(0).max(6).describe('For an increase nobody asked for.'),
      startingLimitMaxUnitsBps: bps.describe('For a new account with fewer statements than that.'),
    }),
    bands: z.array(bandSchema).min(1).max(50),
    affordability: z.strictObject({
      repaymentBps: bps.min(1).describe('Share of the limit to be repaid a month; 380 is 3.8 %.'),
      freeIncomeBps: bps.describe('Share of income that may go into it.'),
    }),
    steps: z.strictObject({
      increaseStepBps: bps,
      increaseEveryDays: days,
      increaseYearBps: bps,
      decreaseStepBps: bps.max(10_000),
      decreaseEveryDays: days,
      deadBandBps: bps.max(10_000),
    }),
    increaseBlocks: z.strictObject({
      lateStatementsMax: z.int().min(0).max(6).describe('More late statements than this among the last six.'),
      persistentDebt: z.strictObject({
        statementsMin: z.int().min(2).max(6),
        paidShareMaxBps: bps.describe('Carried on every statement, and paid no more than this share of it.'),
      }),
    }),
    pricing: z.strictObject({
      fundingBps: bps,
      operatingBps: bps,
      capitalBps: bps,
      rateMaxBps: bps,
    }),
    creditTypes: z.array(creditTypeSchema).min(1).max(10).describe('The first whose conditions hold is offered.'),
    triggers: z.strictObject({
      valenceChange: z.number().gt(0).max(2),
      stressChange: z.number().gt(0).max(1),
      transactionShareOfLimit: z.number().gt(0).max(100),
    }),
    care: z.strictObject({
      effectiveSamplesMin: z.number().min(0),
      staleAfterDays: days.min(1),
      stressMin: share,
      valenceMax: z.number().min(-1).max(0),
      thoughtValenceMax: z.number().min(-1).max(0),
    }),
    amounts: z.record(z.string().regex(/^[A-Z]{3}$/), amountsSchema),
    pack: packSchema,
  })
  .superRefine((document, context) => {
    const issue = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    document.bands.forEach((band, index) => {
      const before = document.bands[index - 1];
      if (before === undefined) return;
      const path = ['bands', index];
      if (band.probabilityOfDefaultMax <= before.probabilityOfDefaultMax) issue(path, 'bands must rise in PD');
      if (band.incomeMultipleBps > before.incomeMultipleBps) issue(path, 'a riskier band must not allow more');
      if (band.limitMaxUnitsBps > before.limitMaxUnitsBps) issue(path, 'a riskier band must not allow more');
    });
    const riskiest = document.bands.at(-1);
    if (riskiest !== undefined && document.approval.probabilityOfDefaultMax > riskiest.probabilityOfDefaultMax) {
      issue(['approval', 'probabilityOfDefaultMax'], 'nothing can be approved beyond the last band');
    }
  });
export type PolicyDocument = z.infer<typeof policyDocumentSchema>;

/** A document with its name: what evaluation is given. */
export interface Policy {
  readonly pack: PackName;
  readonly policyVersion: string;
  readonly document: PolicyDocument;
  readonly triggers: PolicyDocument['triggers'];
}

/** One policy per pack: the base document with the pack's own sections laid over it. */
export interface Policies {
  readonly byPack: ReadonlyMap<PackName, Policy>;
  readonly defaultPack: PackName;
  /** Of the default pack: folding events does not know a customer's jurisdiction. */
  readonly triggers: PolicyDocument['triggers'];
}
