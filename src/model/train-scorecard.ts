// A training run, from rows to the finished artefact. Deterministic: the same rows, spec and seed give the same bytes
// on every machine and Node version (only + - * / exp log, and a generator of our own).
import { assert } from '../lib/assert.ts';
import { hashCanonical } from '../lib/canonical-json.ts';
import { EcsError } from '../lib/errors.ts';
import { sigmoid } from './base-rate.ts';
import { compileScorecard } from './compile-scorecard.ts';
import { EMOTION_BLOCK } from './emotion-block.ts';
import { evaluateScorecard } from './evaluate-scorecard.ts';
import { computeMetrics, roundTo } from './metrics.ts';
import { scoreLogOdds } from './score.ts';
import { LOG_ODDS_DECIMALS, METRIC_DECIMALS, type Scorecard } from './scorecard.ts';
import { type BinnedFeature, binFeature } from './train/bin-feature.ts';
import type { Direction } from './train/boost-bag.ts';
import { boostBags } from './train/boost-bags.ts';
import { finishTable } from './train/finish-table.ts';
import { selectRows, type TrainingTable } from './train/training-table.ts';
import type { TrainingSpec } from './training-spec.ts';

export interface TrainScorecardInput {
  readonly data: TrainingTable;
  readonly spec: TrainingSpec;
  /** Instead of the spec's own seed. */
  readonly seed?: number | undefined;
  readonly dataSha256: string;
  readonly splitsSha256: string | null;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

const DIRECTIONS: Readonly<Record<string, Direction>> = { up: 1, down: -1, free: 0 };
const SCALING = { score: 600, odds: 50, pointsToDoubleOdds: 20, minimum: 300, maximum: 850 };
const INTERCEPT_STEPS = 30;

export function trainScorecard(input: TrainScorecardInput): Scorecard {
  const { data, spec } = input;
  const seed = input.seed ?? spec.seed;
  const rows = selectRows(data, spec, 'training');
  const defaults = rows.target.reduce((sum, value) => sum + value, 0);
  requireEnoughOutcomes(defaults, rows.target.length - defaults, spec.settings.folds);
  const features = binAll(rows, spec);
  const boosted = boostBags({
    features,
    directions: spec.features.map((feature) => DIRECTIONS[feature.monotone] ?? 0),
    directedFrom: spec.features.map((feature) => feature.monotoneFrom ?? Number.NEGATIVE_INFINITY),
    target: rows.target,
    settings: spec.settings,
    seed,
    onProgress: input.onProgress,
  });
  const finished = spec.features.map((feature, index) => {
    const binned = features[index];
    const table = boosted.tables[index];
    assert(binned !== undefined && table !== undefined, 'every feature has a table');
    return finishTable(feature, binned, table, spec.settings.mergeBelowLogOdds);
  });
  const draft: Scorecard = {
    formatVersion: 1,
    name: spec.name,
    kind: spec.kind,
    target: spec.target.meaning,
    referenceUnitMinor: spec.referenceUnitMinor,
    referenceCurrency: spec.referenceCurrency,
    baseRate: roundTo(defaults / rows.target.length, METRIC_DECIMALS),
    interceptLogOdds: roundTo(
      finished.reduce((sum, table) => sum + table.meanLogOdds, boosted.startLogOdds),
      LOG_ODDS_DECIMALS,
    ),
    features: finished.map((one) => one.table),
    scaling: SCALING,
    emotionBlock: EMOTION_BLOCK,
    training: {
      source: spec.source,
      rows: rows.target.length,
      defaults,
      seed,
      specSha256: hashCanonical(spec),
      dataSha256: input.dataSha256,
      splitsSha256: input.splitsSha256,
      settings: spec.settings,
      rounds: boosted.rounds,
      outOfBag: computeMetrics(boosted.outOfBagLogOdds, rows.target),
      holdout: null,
    },
    attribution: spec.attribution,
  };
  const anchored = anchorIntercept(draft, rows);
  return { ...anchored, training: { ...anchored.training, holdout: measureHoldout(anchored, data, spec) } };
}

function requireEnoughOutcomes(defaults: number, others: number, folds: number): void {
  if (Math.min(defaults, others) >= 2 * folds) return;
  throw new EcsError('ECS_FILE_INVALID', `${defaults} defaults and ${others} others are too few for ${folds} folds`, {
    facts: { defaults, others, folds },
  });
}

function binAll(rows: TrainingTable, spec: TrainingSpec): BinnedFeature[] {
  const { binsMax, rowsPerBinMin } = spec.settings;
  return spec.features.map((_, index) => {
    const values = Float64Array.from(rows.features, (row) => row[index] ?? Number.NaN);
    return binFeature(values, binsMax, rowsPerBinMin);
  });
}

/** Averaging bags and rounding move the mean a little: the intercept makes the mean PD the default rate again. */
function anchorIntercept(draft: Scorecard, rows: TrainingTable): Scorecard {
  const model = compileScorecard(draft);
  const logOdds = Float64Array.from(rows.features, (row) => scoreLogOdds(model, row));
  let shift = 0;
  for (let step = 0; step < INTERCEPT_STEPS; step += 1) {
    let gradient = draft.training.defaults;
    let curvature = 0;
    for (const value of logOdds) {
      const p = sigmoid(value + shift);
      gradient -= p;
      curvature += p * (1 - p);
    }
    shift += gradient / curvature;
  }
  return { ...draft, interceptLogOdds: roundTo(draft.interceptLogOdds + shift, LOG_ODDS_DECIMALS) };
}

function measureHoldout(
  scorecard: Scorecard,
  data: TrainingTable,
  spec: TrainingSpec,
): Scorecard['training']['holdout'] {
  if (spec.holdoutColumn === null) return null;
  return evaluateScorecard(scorecard, selectRows(data, spec, spec.holdoutColumn));
}
