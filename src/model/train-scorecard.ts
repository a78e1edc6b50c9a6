// A training run, from rows to the finished artefact. Deterministic: the same rows, spec and seed give the same bytes
// on every machine and Node version (only + - * / exp log, and a generator of our own).
import { hashCanonical } from '../lib/canonical-json.ts';
import { EcsError } from '../lib/errors.ts';
import { sigmoid } from './base-rate.ts';
import { compileScorecard } from './compile-scorecard.ts';
import { cutIntoScoreBins } from './cut-into-score-bins.ts';
import { cutIntoTenths } from './cut-into-tenths.ts';
import { EMOTION_BLOCK } from './emotion-block.ts';
import { evaluateScorecard } from './evaluate-scorecard.ts';
import { computeMetrics } from './metrics.ts';
import { roundTo } from './round-to.ts';
import { scoreLogOdds } from './score.ts';
import { LOG_ODDS_DECIMALS, METRIC_DECIMALS, type Scorecard } from './scorecard.ts';
import type { RunBags } from './train/bag-inputs.ts';
import { type BinnedFeature, binFeature } from './train/bin-feature.ts';
import { type BoostSettings, boostBags } from './train/boost-bags.ts';
import type { Direction } from './train/direction.ts';
import { finishTables } from './train/finish-tables.ts';
import { selectRows, type TrainingTable } from './train/training-table.ts';
import type { ResolvedSpec, TrainingSettings } from './training-spec.ts';
import { UNITS } from './units.ts';

export interface TrainScorecardInput {
  readonly data: TrainingTable;
  readonly spec: ResolvedSpec;
  /** Instead of the spec's own seed. */
  readonly seed?: number | undefined;
  readonly dataSha256: string;
  readonly splitsSha256: string | null;
  /** Threads of the caller; without them bags are boosted one after the other, with the same result. */
  readonly runBags?: RunBags | undefined;
}

const DIRECTIONS: Readonly<Record<string, Direction>> = { up: 1, down: -1, free: 0 };
const SCALING = { score: 600, odds: 50, pointsToDoubleOdds: 20, minimum: 300, maximum: 850 };
const INTERCEPT_STEPS = 30;

export async function trainScorecard(input: TrainScorecardInput): Promise<Scorecard> {
  const { data, spec } = input;
  const seed = input.seed ?? spec.seed;
  const rows = selectRows(data, spec, 'training');
  const defaults = rows.target.reduce((sum, value) => sum + value, 0);
  const settings = settle(spec.settings, rows.target.length);
  requireEnoughOutcomes(defaults, rows.target.length - defaults, settings.folds);
  const features = binAll(rows, spec, settings);
  const boosted = await boostBags({
    features,
    target: rows.target,
    settings,
    seed,
    segment: segmentOf(spec),
    runBags: input.runBags,
  });
  const finished = finishTables({ spec, features, levels: rows.levels, sums: boosted.sums });
  const draft: Scorecard = {
    formatVersion: 2,
    name: spec.name,
    kind: spec.kind,
    target: spec.target.meaning,
    referenceUnitMinor: spec.referenceUnitMinor,
    referenceCurrency: spec.referenceCurrency,
    baseRate: roundTo(defaults / rows.target.length, METRIC_DECIMALS),
    interceptLogOdds: finished.interceptUnits / UNITS,
    features: [...finished.features],
    pairs: [...finished.pairs],
    ...(spec.kind === 'columns' ? { missingCodes: spec.missingCodes } : {}),
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
      settings: recordSettings(settings),
      rounds: boosted.rounds,
      outOfBag: computeMetrics(boosted.outOfBagLogOdds, rows.target),
      tenths: cutIntoTenths(boosted.outOfBagLogOdds, rows.target),
      holdout: null,
    },
    attribution: spec.attribution,
  };
  const anchored = anchorIntercept(draft, rows);
  const scoreBins = cutIntoScoreBins(scoreRows(anchored, rows));
  return { ...anchored, training: { ...anchored.training, scoreBins, holdout: measureHoldout(anchored, data, spec) } };
}

/** Flat, as the artefact keeps them. */
function recordSettings({ segmentBy, teacher, ...numbers }: BoostSettings): Record<string, number | string> {
  return {
    ...numbers,
    ...(teacher === undefined
      ? {}
      : {
          teacherDepth: teacher.depth,
          teacherShare: teacher.share,
          teacherRepeats: teacher.repeats,
          teacherLearningRate: teacher.learningRate,
        }),
    ...(segmentBy === undefined ? {} : { segmentBy }),
  };
}

function segmentOf({ features, settings }: ResolvedSpec): number | undefined {
  const place = features.findIndex(({ name }) => name === settings.segmentBy);
  return place === -1 ? undefined : place;
}

/** Few rows make single bags unsteady, so more of them are averaged; many rows can fill finer bins. */
function settle(settings: TrainingSettings, rows: number): BoostSettings {
  const repeats = rows < 20_000 ? (rows < 5_000 ? 4 : 2) : 1;
  return {
    ...settings,
    binsMax: settings.binsMax ?? (rows < 20_000 ? 32 : 64),
    repeats: settings.repeats ?? repeats,
  };
}

function requireEnoughOutcomes(defaults: number, others: number, folds: number): void {
  if (Math.min(defaults, others) >= 2 * folds) return;
  throw new EcsError('ECS_FILE_INVALID', `${defaults} defaults and ${others} others are too few for ${folds} folds`, {
    facts: { defaults, others, folds },
  });
}

function binAll(rows: TrainingTable, spec: ResolvedSpec, { binsMax, rowsPerBinMin }: BoostSettings): BinnedFeature[] {
  return spec.features.map((feature, index) => {
    const values = Float64Array.from(rows.features, (row) => row[index] ?? Number.NaN);
    return binFeature(values, {
      binsMax,
      rowsMin: rowsPerBinMin,
      specialValues: feature.specialValues,
      levelCount: feature.type === 'category' ? (rows.levels[index]?.length ?? 0) : undefined,
      direction: DIRECTIONS[feature.monotone] ?? 0,
      directedFrom: feature.monotoneFrom,
    });
  });
}

/** Averaging bags and rounding move the mean a little: the intercept makes the mean PD the default rate again. */
function anchorIntercept(draft: Scorecard, rows: TrainingTable): Scorecard {
  const logOdds = scoreRows(draft, rows);
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

function scoreRows(scorecard: Scorecard, rows: TrainingTable): Float64Array {
  const model = compileScorecard(scorecard);
  return Float64Array.from(rows.features, (row) => scoreLogOdds(model, row));
}

function measureHoldout(
  scorecard: Scorecard,
  data: TrainingTable,
  spec: ResolvedSpec,
): Scorecard['training']['holdout'] {
  if (spec.holdoutColumn === null) return null;
  return evaluateScorecard(scorecard, selectRows(data, spec, spec.holdoutColumn));
}
