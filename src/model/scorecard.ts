// The one JSON file that is a risk model: a table of log-odds of default per feature, readable by anyone, with the
// facts of the training run that made it. Its version is the hash of its content.
import { z } from 'zod';
import { hashCanonical } from '../lib/canonical-json.ts';
import { findTableProblem } from './find-table-problem.ts';
import { roundTo } from './round-to.ts';

/** Decimals kept in the file, so that the same training run writes the same bytes. */
export const CUT_DECIMALS = 6;
export const LOG_ODDS_DECIMALS = 4;
export const METRIC_DECIMALS = 6;
/** More could not be read by anybody. */
export const PAIRS_MAX = 80;

const finite = z.number().finite();
const count = z.number().int().nonnegative();
const share = finite.min(0).max(1);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/);

/** `up`: risk never falls as the feature rises; `down`: it never rises; `free`: the data decided. */
export const monotoneSchema = z.enum(['up', 'down', 'free']);
export type Monotone = z.infer<typeof monotoneSchema>;

/** In whole units of the last decimal, so that sums are exact and their order does not matter. */
const logOddsValue = finite.refine((value) => roundTo(value, LOG_ODDS_DECIMALS) === value, {
  message: `log-odds have at most ${LOG_ODDS_DECIMALS} decimals`,
});

/** Bin i holds cuts[i-1] <= x < cuts[i]; a missing value (NaN) has its own entry. */
const featureTableSchema = z
  .strictObject({
    name,
    /** The column of a CSV it is read from; a card ledger names none. */
    column: z.string().min(1).max(200).optional(),
    /** Codes among the values (-9: no record): the bins that hold them stand outside the direction. */
    specialValues: z.array(finite).max(32).optional(),
    /** For categories: which levels each bin holds, value i standing for bin i; an empty list takes every other level. */
    levels: z.array(z.array(z.string())).max(256).optional(),
    monotone: monotoneSchema,
    /** The direction holds from this value on; null: everywhere. */
    monotoneFrom: finite.nullable(),
    cuts: z.array(finite).max(255),
    logOdds: z.array(logOddsValue).min(1).max(256),
    /** Training rows in each bin: what the table rests on. */
    rows: z.array(count).min(1).max(256),
    missingLogOdds: logOddsValue,
    missingRows: count,
  })
  .superRefine((table, context) => {
    const bins = table.cuts.length + 1;
    if (table.logOdds.length !== bins || table.rows.length !== bins) {
      context.addIssue({ code: 'custom', path: ['logOdds'], message: 'cuts make one bin more than there are cuts' });
    }
    if (!isRising(table.cuts, true)) {
      context.addIssue({ code: 'custom', path: ['cuts'], message: 'cuts must rise' });
    }
    if (table.levels !== undefined && table.levels.length !== bins) {
      context.addIssue({ code: 'custom', path: ['levels'], message: 'every bin lists its levels' });
    }
  });
export type FeatureTable = z.infer<typeof featureTableSchema>;

/** What two features say together beyond what each says alone: rows by bins of the first, columns by bins of the second, missing last. */
const pairTableSchema = z.strictObject({
  features: z.tuple([name, name]),
  logOdds: z.array(z.array(logOddsValue).min(2).max(257)).min(2).max(257),
});
export type PairTable = z.infer<typeof pairTableSchema>;

const scalingSchema = z.strictObject({
  score: finite,
  odds: finite.positive(),
  pointsToDoubleOdds: finite.positive(),
  minimum: z.number().int(),
  maximum: z.number().int(),
});
export type ScoreScaling = z.infer<typeof scalingSchema>;

/** Fixed before any outcome was seen; never trained. See `emotion-block.ts` for what each number means. */
const emotionBlockSchema = z.strictObject({
  maximumLogOdds: finite.min(0).max(0.22314355131420976),
  valenceWeight: finite.nonnegative(),
  stressWeight: finite.nonnegative(),
  stressNeutral: share,
  variabilityWeight: finite.nonnegative(),
  variabilityNeutral: share,
  shrinkage: finite.nonnegative(),
  minimumSamples: finite.nonnegative(),
  staleAfterMs: count,
});
export type EmotionBlock = z.infer<typeof emotionBlockSchema>;

const metricsSchema = z.strictObject({
  rows: count,
  defaults: count,
  auc: share,
  ks: share,
  brier: share,
  logLoss: finite.nonnegative(),
  /** Hand's H with cost weights Beta(1 + share of bads, 1 + share of goods). */
  hMeasure: finite.max(1).optional(),
  /** Expected calibration error over ten bins of equal count. */
  calibrationError: share,
  calibrationSlope: finite,
  calibrationIntercept: finite,
});
export type Metrics = z.infer<typeof metricsSchema>;

export const recalibrationSchema = z.strictObject({
  slope: finite.positive(),
  intercept: finite,
  outcomes: count.describe('Windows that it rests on.'),
  defaults: count,
  outcomesSha256: hash,
});
export type Recalibration = z.infer<typeof recalibrationSchema>;

const trainingSchema = z.strictObject({
  source: z.string().min(1),
  rows: count,
  defaults: count,
  seed: z.number().int().nonnegative(),
  specSha256: hash,
  dataSha256: hash,
  splitsSha256: hash.nullable(),
  settings: z.record(z.string(), z.union([finite, z.string()])),
  rounds: count,
  /** Each training row scored only by those bags that did not see it. */
  outOfBag: metricsSchema,
  /** The out-of-bag rows in ten parts of equal count, the safest first. */
  tenths: z
    .array(z.strictObject({ rows: count, defaults: count, meanProbability: share }))
    .length(10)
    .optional(),
  /** The training rows by the log-odds of this artefact, before a lender's base rate: bin i holds cuts[i-1] <= x < cuts[i]. */
  scoreBins: z
    .strictObject({ cuts: z.array(finite).max(255), rows: z.array(count).min(1).max(256) })
    .refine(({ cuts, rows }) => rows.length === cuts.length + 1 && isRising(cuts, true), {
      message: 'cuts rise and make one bin more than there are cuts',
    })
    .optional(),
  /** Rows set aside before training; null when the spec sets none aside. */
  holdout: metricsSchema.nullable(),
});

/** As people name things; it also names the folder of the model's pictures. */
export const modelNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$/,
    'letters, digits, space, dot, _ and -, at most 64, a letter or digit first',
  );

export const scorecardSchema = z
  .strictObject({
    /** 1: mains only, added up one after the other; 2: with pairs, added up in whole units. */
    formatVersion: z.union([z.literal(1), z.literal(2)]),
    name: modelNameSchema,
    /** Where features come from: the last six statements, or named columns of a CSV. */
    kind: z.enum(['card_ledger', 'columns']),
    target: z.string().min(1),
    referenceUnitMinor: z.number().int().positive(),
    referenceCurrency: z.string().regex(/^[A-Z]{3}$/),
    /** Share of defaults among the training rows: the odds the intercept is anchored to. */
    baseRate: share.gt(0).lt(1),
    interceptLogOdds: logOddsValue,
    features: z.array(featureTableSchema).min(1).max(256),
    pairs: z.array(pairTableSchema).max(PAIRS_MAX).optional(),
    /** Cells of a CSV that mean "not known". */
    missingCodes: z.array(z.string()).optional(),
    /** Slope and intercept refitted on a lender's own outcomes; absent: the odds are those of the training data. */
    recalibration: recalibrationSchema.optional(),
    scaling: scalingSchema,
    emotionBlock: emotionBlockSchema,
    training: trainingSchema,
    attribution: z.string(),
  })
  .superRefine((scorecard, context) => {
    const problem = findTableProblem({ features: scorecard.features, pairs: scorecard.pairs ?? [] });
    if (problem !== null) context.addIssue({ code: 'custom', ...problem });
  });
export type Scorecard = z.infer<typeof scorecardSchema>;

/** Models are named by their content: one changed digit is another model. */
export function modelVersionOf(scorecard: Scorecard): string {
  return hashCanonical(scorecard);
}

function isRising(values: readonly number[], strictly: boolean): boolean {
  return values.every((value, index) => {
    const before = values[index - 1];
    return before === undefined || (strictly ? value > before : value >= before);
  });
}
