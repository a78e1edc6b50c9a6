// The one JSON file that is a risk model: a table of log-odds of default per feature, readable by anyone, with the
// facts of the training run that made it. Its version is the hash of its content.
import { z } from 'zod';
import { hashCanonical } from '../lib/canonical-json.ts';

/** Decimals kept in the file, so that the same training run writes the same bytes. */
export const CUT_DECIMALS = 6;
export const LOG_ODDS_DECIMALS = 4;
export const METRIC_DECIMALS = 6;

const finite = z.number().finite();
const count = z.number().int().nonnegative();
const share = finite.min(0).max(1);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const name = z.string().regex(/^[a-z][a-z0-9_]{0,63}$/);

/** `up`: risk never falls as the feature rises; `down`: it never rises; `free`: the data decided. */
export const monotoneSchema = z.enum(['up', 'down', 'free']);
export type Monotone = z.infer<typeof monotoneSchema>;

/** Bin i holds cuts[i-1] <= x < cuts[i]; a missing value (NaN) has its own entry. */
const featureTableSchema = z
  .strictObject({
    name,
    monotone: monotoneSchema,
    /** The direction holds from this value on; null: everywhere. */
    monotoneFrom: finite.nullable(),
    cuts: z.array(finite).max(255),
    logOdds: z.array(finite).min(1).max(256),
    /** Training rows in each bin: what the table rests on. */
    rows: z.array(count).min(1).max(256),
    missingLogOdds: finite,
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
    if (!keepsDirection(table)) {
      context.addIssue({ code: 'custom', path: ['logOdds'], message: `the table is not monotone ${table.monotone}` });
    }
  });
export type FeatureTable = z.infer<typeof featureTableSchema>;

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
  /** Expected calibration error over ten bins of equal count. */
  calibrationError: share,
  calibrationSlope: finite,
  calibrationIntercept: finite,
});
export type Metrics = z.infer<typeof metricsSchema>;

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
  /** Rows set aside before training; null when the spec sets none aside. */
  holdout: metricsSchema.nullable(),
});

export const scorecardSchema = z
  .strictObject({
    formatVersion: z.literal(1),
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
    /** Where features come from: the last six statements, or named numeric columns. */
    kind: z.enum(['card_ledger', 'numeric']),
    target: z.string().min(1),
    referenceUnitMinor: z.number().int().positive(),
    referenceCurrency: z.string().regex(/^[A-Z]{3}$/),
    /** Share of defaults among the training rows: the odds the intercept is anchored to. */
    baseRate: share.gt(0).lt(1),
    interceptLogOdds: finite,
    features: z.array(featureTableSchema).min(1).max(256),
    scaling: scalingSchema,
    emotionBlock: emotionBlockSchema,
    training: trainingSchema,
    attribution: z.string(),
  })
  .superRefine((scorecard, context) => {
    if (new Set(scorecard.features.map((table) => table.name)).size !== scorecard.features.length) {
      context.addIssue({ code: 'custom', path: ['features'], message: 'a feature is named twice' });
    }
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

/** Bins that lie wholly below `monotoneFrom` may stand in any order. */
function keepsDirection(table: {
  cuts: number[];
  logOdds: number[];
  monotone: Monotone;
  monotoneFrom: number | null;
}): boolean {
  const { monotone, monotoneFrom } = table;
  if (monotone === 'free') return true;
  const first = monotoneFrom === null ? 0 : table.cuts.filter((cut) => cut <= monotoneFrom).length;
  const directed = table.logOdds.slice(first).map((value) => (monotone === 'up' ? value : -value));
  return isRising(directed, false);
}
