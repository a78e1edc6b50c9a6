// `ecs model score`: a PD for every row of a CSV, in its order, by a model artefact. No outcome is needed or looked at.
import { sigmoid } from './base-rate.ts';
import { loadScorecard } from './load-scorecard.ts';
import { readColumnRows } from './read-column-rows.ts';
import { saveText } from './save-scorecard.ts';
import { scoreLogOdds } from './score.ts';
import type { Scorecard } from './scorecard.ts';
import type { CsvRecord } from './train/csv-record.ts';
import { namingFile, readBytes } from './train/load-training-data.ts';
import { parseCsv } from './train/parse-csv.ts';
import { cardLedgerRowToFeatures } from './train/read-ledger-row.ts';

export interface ModelScoreArgs {
  readonly modelPath: string;
  readonly dataPath: string;
  readonly outPath: string;
}

export interface ModelScoreResult {
  readonly name: string;
  readonly modelVersion: string;
  readonly rows: number;
  readonly meanProbabilityOfDefault: number;
  readonly outPath: string;
}

export async function runModelScore(args: ModelScoreArgs): Promise<ModelScoreResult> {
  const { artefact, modelVersion, compiled } = await loadScorecard(args.modelPath);
  const records = parseCsv(await readBytes(args.dataPath), args.dataPath);
  const rows = namingFile(args.dataPath, () =>
    artefact.kind === 'card_ledger' ? readLedgerRows(records, artefact) : readColumnRows(records, artefact),
  );
  const pds = rows.map((features) => sigmoid(scoreLogOdds(compiled, features)));
  await saveText(args.outPath, `probability_of_default\n${pds.map((pd) => `${pd}\n`).join('')}`);
  return {
    name: artefact.name,
    modelVersion,
    rows: pds.length,
    meanProbabilityOfDefault: pds.reduce((sum, pd) => sum + pd, 0) / Math.max(pds.length, 1),
    outPath: args.outPath,
  };
}

function readLedgerRows(records: readonly CsvRecord[], artefact: Scorecard): Float64Array[] {
  return records.map((record, row) =>
    cardLedgerRowToFeatures(record, artefact.referenceUnitMinor, `number ${row + 1}`),
  );
}
