// `ecs model anchor`: refits slope and intercept of a model on a lender's own outcomes and writes the new artefact, which
// is a new version.
import { sha256 } from '../lib/canonical-json.ts';
import { EcsError } from '../lib/errors.ts';
import { logit } from './base-rate.ts';
import { loadScorecard } from './load-scorecard.ts';
import { OWN_DEFAULTS_MIN, refitAnchor } from './refit-anchor.ts';
import { saveScorecard } from './save-scorecard.ts';
import { modelVersionOf, type Recalibration } from './scorecard.ts';
import type { CsvRecord } from './train/csv-record.ts';
import { readBytes } from './train/load-training-data.ts';
import { parseCsv } from './train/parse-csv.ts';

export interface ModelAnchorArgs {
  readonly modelPath: string;
  /** Columns `probability_of_default` (as `ecs model score` writes it) and `defaulted` (1 or 0). */
  readonly outcomesPath: string;
  readonly outPath: string;
}

export interface ModelAnchorResult {
  readonly from: string;
  readonly modelVersion: string;
  readonly recalibration: Recalibration;
  readonly outPath: string;
}

export async function runModelAnchor(args: ModelAnchorArgs): Promise<ModelAnchorResult> {
  const { artefact, modelVersion } = await loadScorecard(args.modelPath);
  if (artefact.recalibration !== undefined) {
    throw new EcsError('ECS_MODEL_INVALID', `${args.modelPath} is anchored already: anchor the model it came from`);
  }
  const bytes = await readBytes(args.outcomesPath);
  const records = parseCsv(bytes, args.outcomesPath);
  const logOdds = Float64Array.from(records, readLogOdds);
  const target = Uint8Array.from(records, readOutcome);
  const refit = refitAnchor(artefact, logOdds, target, sha256(bytes).toString('hex'));
  if (refit.outcome === 'too_few') {
    const { defaults, others } = refit;
    const message = `${defaults} defaults and ${others} others: ${OWN_DEFAULTS_MIN} of each are needed; until then the policy's lenderBaseRate moves the base rate`;
    throw new EcsError('ECS_FILE_INVALID', message, { facts: { defaults, others } });
  }
  if (refit.outcome === 'not_rising') {
    throw new EcsError('ECS_FILE_INVALID', `these outcomes do not rise with the score (slope ${refit.slope})`);
  }
  await saveScorecard(args.outPath, refit.scorecard);
  const { recalibration } = refit.scorecard;
  return { from: modelVersion, modelVersion: modelVersionOf(refit.scorecard), recalibration, outPath: args.outPath };
}

function readLogOdds(record: CsvRecord, row: number): number {
  const value = Number(record.probability_of_default ?? 'absent');
  if (value > 0 && value < 1) return logit(value);
  throw new EcsError('ECS_FILE_INVALID', `row number ${row + 1}: probability_of_default must lie between 0 and 1`);
}

function readOutcome(record: CsvRecord, row: number): 0 | 1 {
  if (record.defaulted === '1') return 1;
  if (record.defaulted === '0') return 0;
  throw new EcsError('ECS_FILE_INVALID', `row number ${row + 1}: defaulted must be 1 or 0`);
}
