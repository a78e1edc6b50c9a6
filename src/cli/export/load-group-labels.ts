// Reads the group of each customer from the evaluation file: no database holds protected attributes, so they come from here.
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { EcsError } from '../../lib/errors.ts';
import { toFileError } from '../import/load-card-ledger.ts';

const ID = 'customer_id';

/** Customer id -> label. ECS_FILE_INVALID by line and column. */
export async function loadGroupLabels(path: string, column: string): Promise<Map<string, string>> {
  const records = parseRecords(path, await readText(path));
  const labels = new Map<string, string>();
  records.forEach((record, index) => {
    const customerId = record[ID] ?? '';
    const label = record[column] ?? '';
    // The header is line 1.
    const place = `${path}: line ${index + 2}`;
    if (customerId === '') throw invalid(`${place}: column ${ID} is missing or empty`);
    if (label === '') throw invalid(`${place}: column ${column} is missing or empty`);
    if (labels.has(customerId)) throw invalid(`${place}: customer ${customerId} stands there twice`);
    labels.set(customerId, label);
  });
  return labels;
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw toFileError(error, path);
  }
}

function parseRecords(path: string, text: string): Record<string, string>[] {
  try {
    return parse(text, { columns: true, bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw toFileError(error, path);
  }
}

function invalid(message: string): EcsError {
  return new EcsError('ECS_FILE_INVALID', message);
}
