// The outcomes of a lender as a CSV: `probability_of_default`, raw as `ecs model score` writes it, beside `defaulted`.
import { sha256 } from '../lib/canonical-json.ts';
import { EcsError } from '../lib/errors.ts';
import { logit } from './base-rate.ts';
import type { AnchorEvidence } from './refit-anchor.ts';
import { type CsvRecord, LINE } from './train/csv-record.ts';
import { namingFile, readBytes } from './train/load-training-data.ts';
import { parseCsv } from './train/parse-csv.ts';

export async function loadAnchorFile(path: string): Promise<AnchorEvidence> {
  const bytes = await readBytes(path);
  const records = parseCsv(bytes, path);
  return namingFile(path, () => ({
    logOdds: Float64Array.from(records, readLogOdds),
    target: Uint8Array.from(records, readOutcome),
    sha256: sha256(bytes).toString('hex'),
  }));
}

function readLogOdds(record: CsvRecord): number {
  const value = Number(record.probability_of_default ?? 'absent');
  if (value > 0 && value < 1) return logit(value);
  throw invalid(record, 'probability_of_default must lie between 0 and 1');
}

function readOutcome(record: CsvRecord): 0 | 1 {
  if (record.defaulted === '1') return 1;
  if (record.defaulted === '0') return 0;
  throw invalid(record, 'defaulted must be 1 or 0');
}

function invalid(record: CsvRecord, what: string): EcsError {
  return new EcsError('ECS_FILE_INVALID', `line ${record[LINE]}: ${what}`);
}
