// `ecs model train`: reads the files, trains, writes the artefact and, if asked, its model card. Hands back plain facts.
import { availableParallelism } from 'node:os';
import { EcsError } from '../lib/errors.ts';
import { parseScorecard } from './load-scorecard.ts';
import { renderDataSheet } from './render-data-sheet.ts';
import { saveModelCard } from './save-model-card.ts';
import { saveScorecard, saveText } from './save-scorecard.ts';
import { type FeatureTable, type Metrics, modelVersionOf } from './scorecard.ts';
import { loadTrainingData, loadTrainingSpec } from './train/load-training-data.ts';
import { boostInThreads } from './train/run-boost-worker.ts';
import { selectRows } from './train/training-table.ts';
import { trainScorecard } from './train-scorecard.ts';

export interface ModelTrainArgs {
  readonly dataPath: string;
  readonly specPath: string;
  /** A CSV joined to the data by the id column, for the rows to set aside. */
  readonly splitsPath?: string | undefined;
  readonly outPath: string;
  /** Pictures go beside it, into `model/NAME/`. */
  readonly cardPath?: string | undefined;
  readonly dataSheetPath?: string | undefined;
  /** Instead of the spec's own seed. */
  readonly seed?: number | undefined;
  /** Absent: as many as the machine runs at once. The result is the same. */
  readonly threads?: number | undefined;
  readonly onProgress?: ((bagsDone: number, bags: number) => void) | undefined;
}

/** How a column was read; what a spec leaves open is read off the data, so people should see it. */
export interface TrainedFeature {
  readonly name: string;
  readonly type: 'number' | 'category';
  /** False where all rows fall into one bin: the column is constant, or all its levels are too rare. */
  readonly differs: boolean;
}

export interface ModelTrainResult {
  readonly name: string;
  readonly modelVersion: string;
  readonly outPath: string;
  readonly cardPath: string | null;
  readonly rows: number;
  readonly defaults: number;
  readonly rounds: number;
  readonly features: readonly TrainedFeature[];
  readonly outOfBag: Metrics;
  readonly holdout: Metrics | null;
}

export async function runModelTrain(args: ModelTrainArgs): Promise<ModelTrainResult> {
  if (args.seed !== undefined && !(Number.isInteger(args.seed) && args.seed >= 0 && args.seed < 4_294_967_296)) {
    throw new EcsError('ECS_REQUEST_INVALID', 'the seed must be a whole number from 0 to 4294967295');
  }
  const spec = await loadTrainingSpec(args.specPath);
  const data = await loadTrainingData(args.dataPath, args.splitsPath ?? null, spec);
  // Before the work: the rows set aside are measured after it.
  if (data.spec.holdoutColumn !== null) selectRows(data.table, data.spec, data.spec.holdoutColumn);
  const trained = await trainScorecard({
    data: data.table,
    dataSha256: data.dataSha256,
    splitsSha256: data.splitsSha256,
    spec: data.spec,
    seed: args.seed,
    runBags: args.threads === 1 ? undefined : boostInThreads(args.threads ?? availableParallelism(), args.onProgress),
  });
  // What is written is what a reader would accept: the trainer's output goes through the door like any file.
  const scorecard = parseScorecard(trained, args.outPath);
  await saveScorecard(args.outPath, scorecard);
  if (args.cardPath !== undefined) await saveModelCard(args.cardPath, scorecard);
  if (args.dataSheetPath !== undefined) await saveText(args.dataSheetPath, renderDataSheet(data, scorecard));
  const { rows, defaults, rounds, outOfBag, holdout } = scorecard.training;
  return {
    name: scorecard.name,
    modelVersion: modelVersionOf(scorecard),
    outPath: args.outPath,
    cardPath: args.cardPath ?? null,
    rows,
    defaults,
    rounds,
    features: scorecard.features.map(describeFeature),
    outOfBag,
    holdout,
  };
}

function describeFeature({ name, column, levels, rows, missingRows }: FeatureTable): TrainedFeature {
  return {
    name: column ?? name,
    type: levels === undefined ? 'number' : 'category',
    differs: [...rows, missingRows].filter((count) => count > 0).length > 1,
  };
}
