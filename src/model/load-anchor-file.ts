// Outcomes for `ecs model anchor` from a file: the probabilities that `ecs model score` writes, and what became of each.
import { sha256 } from '../lib/canonical-json.ts';
import { EcsError } from '../lib/errors.ts';
import { logit } from './base-rate.ts';
import type { AnchorOutcomes } from './run-model-anchor.ts';
import type { CsvRecord } from './train/csv-record.ts';
import { readBytes } from './train/load-training-data.ts';
import { parseCsv } from './train/parse-csv.ts';

/** Columns `probability_of_default`, as the model itself says it, and `defaulted` (1 or 0). */
export async function loadAnchorFile(path: string): Promise<AnchorOutcomes> {
  const bytes = await readBytes(path);
  const records = parseCsv(bytes, path);
  return {
    logOdds: Float64Array.from(records, readLogOdds),
    target: Uint8Array.from(records, readOutcome),
    sha256: sha256(bytes).toString('hex'),
  };
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
