// Reads a lender's outcomes from a CSV file.
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { EcsError } from '../../lib/errors.ts';
import type { EmotionBlock } from '../scorecard.ts';
import type { GateOutcomes } from './gate-outcomes.ts';
import { type OutcomeRecord, parseOutcomes } from './parse-outcomes.ts';

export async function loadOutcomes(
  path: string,
  groupColumn: string | null,
  block: EmotionBlock,
): Promise<GateOutcomes> {
  const lines = parseCsv(await readText(path), path);
  const [columns = [], ...cells] = lines;
  const records = cells.map(
    (line): OutcomeRecord => Object.fromEntries(columns.map((name, place) => [name, line[place] ?? ''])),
  );
  return parseOutcomes(records, { name: path, columns, groupColumn }, block);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new EcsError('ECS_FILE_INVALID', `The outcomes file ${path} cannot be read.`, { cause, facts: { path } });
  }
}

function parseCsv(text: string, path: string): string[][] {
  try {
    return parse(text, { bom: true, skip_empty_lines: true, trim: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EcsError('ECS_FILE_INVALID', `${path} is not a CSV with a header line: ${why}`, {
      cause,
      facts: { path },
    });
  }
}
