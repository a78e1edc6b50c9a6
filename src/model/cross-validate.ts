// The honest measure of a way of training: on every fold in turn the model is trained without it, exactly as `ecs model
// train` does, and measured on it, beside a logistic regression of the raw columns on the same rows.
import { compileScorecard } from './compile-scorecard.ts';
import { computeMetrics } from './metrics.ts';
import { scoreLogOdds } from './score.ts';
import type { Metrics } from './scorecard.ts';
import type { RunBags } from './train/bag-inputs.ts';
import { fitLogisticRegression } from './train/logistic-regression.ts';
import { type TrainingTable, takeRows } from './train/training-table.ts';
import { trainScorecard } from './train-scorecard.ts';
import type { ResolvedSpec } from './training-spec.ts';

export interface CrossValidationInput {
  readonly data: TrainingTable;
  readonly specs: Readonly<Record<string, ResolvedSpec>>;
  /** Columns of the baseline, demographics included: it is there to be beaten. */
  readonly rawColumns: readonly string[];
  /** Columns that hold the number of a row's fold. */
  readonly foldColumns: readonly string[];
  readonly dataSha256: string;
  readonly splitsSha256: string | null;
  readonly runBags?: RunBags | undefined;
  readonly onFold?: ((measured: FoldMeasure) => void) | undefined;
}

export interface FoldMeasure {
  readonly model: string;
  readonly foldColumn: string;
  readonly fold: string;
  readonly metrics: Metrics;
}

export const BASELINE = 'logistic';

export async function crossValidate(input: CrossValidationInput): Promise<readonly FoldMeasure[]> {
  const measured: FoldMeasure[] = [];
  const note = (one: FoldMeasure) => {
    measured.push(one);
    input.onFold?.(one);
  };
  for (const foldColumn of input.foldColumns) {
    const foldOf = input.data.columns.map((record) => record[foldColumn] ?? '');
    for (const fold of [...new Set(foldOf)].sort()) {
      const training = takeRows(
        input.data,
        placesWhere(foldOf, (own) => own !== fold),
      );
      const left = takeRows(
        input.data,
        placesWhere(foldOf, (own) => own === fold),
      );
      for (const [model, spec] of Object.entries(input.specs)) {
        note({ model, foldColumn, fold, metrics: await measureModel(input, spec, training, left) });
      }
      note({ model: BASELINE, foldColumn, fold, metrics: measureBaseline(input.rawColumns, training, left) });
    }
  }
  return measured;
}

function placesWhere(values: readonly string[], test: (value: string) => boolean): number[] {
  return [...values.keys()].filter((place) => test(values[place] ?? ''));
}

async function measureModel(
  input: CrossValidationInput,
  spec: ResolvedSpec,
  training: TrainingTable,
  left: TrainingTable,
): Promise<Metrics> {
  const { dataSha256, splitsSha256, runBags } = input;
  const trained = await trainScorecard({
    data: training,
    spec: { ...spec, holdoutColumn: null },
    dataSha256,
    splitsSha256,
    runBags,
  });
  const model = compileScorecard(trained);
  return computeMetrics(
    Float64Array.from(left.features, (features) => scoreLogOdds(model, features)),
    left.target,
  );
}

function measureBaseline(columns: readonly string[], training: TrainingTable, left: TrainingTable): Metrics {
  const read = (table: TrainingTable) =>
    table.columns.map((record) => Float64Array.from(columns, (column) => Number(record[column])));
  const predict = fitLogisticRegression(read(training), training.target);
  return computeMetrics(Float64Array.from(read(left), predict), left.target);
}
