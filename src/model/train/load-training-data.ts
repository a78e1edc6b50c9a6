// Reads what a training run needs from disk: the spec, the CSV, the splits; with the hashes that name their content.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../../lib/canonical-json.ts';
import { EcsError, isEcsError } from '../../lib/errors.ts';
import { parseTrainingSpec, type ResolvedSpec, type TrainingSpec } from '../training-spec.ts';
import { parseCsv } from './parse-csv.ts';
import { resolveSpec } from './resolve-spec.ts';
import { buildTrainingTable, type TrainingTable } from './training-table.ts';

export interface LoadedTrainingData {
  readonly spec: ResolvedSpec;
  readonly table: TrainingTable;
  readonly dataSha256: string;
  readonly splitsSha256: string | null;
}

/** The models that come with ECS: mains and pairs, and one additive card per standing of the latest statement. */
export type ShippedModel = 'flagship' | 'readable';

/** The spec a shipped model was trained by. */
export function shippedSpecPath(model: ShippedModel = 'flagship'): string {
  return fileURLToPath(new URL(`../specs/${model}.json`, import.meta.url));
}

export async function loadTrainingSpec(path: string): Promise<TrainingSpec> {
  const text = (await readBytes(path)).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EcsError('ECS_FILE_INVALID', `${path} is not JSON: ${why}`, { cause, facts: { path } });
  }
  return parseTrainingSpec(value, path);
}

export async function loadTrainingData(
  dataPath: string,
  splitsPath: string | null,
  spec: TrainingSpec,
): Promise<LoadedTrainingData> {
  const data = await readBytes(dataPath);
  const splits = splitsPath === null ? null : await readBytes(splitsPath);
  const records = parseCsv(data, dataPath);
  const splitRecords = splits === null || splitsPath === null ? null : parseCsv(splits, splitsPath);
  const [resolved, table] = namingFile(dataPath, () => {
    const known = resolveSpec(spec, records);
    return [known, buildTrainingTable(records, splitRecords, known)];
  });
  return {
    spec: resolved,
    table,
    dataSha256: sha256(data).toString('hex'),
    splitsSha256: splits === null ? null : sha256(splits).toString('hex'),
  };
}

/** Whatever is refused while reading is refused by the name of the file too. */
export function namingFile<Read>(path: string, read: () => Read): Read {
  try {
    return read();
  } catch (error) {
    if (!isEcsError(error, 'ECS_FILE_INVALID') || error.message.includes(path)) throw error;
    throw new EcsError('ECS_FILE_INVALID', `${path}: ${error.message}`, {
      cause: error,
      facts: { ...error.facts, path },
    });
  }
}

export async function readBytes(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new EcsError('ECS_FILE_INVALID', `the file ${path} cannot be read`, { cause, facts: { path } });
  }
}
