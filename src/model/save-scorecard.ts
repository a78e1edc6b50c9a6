// Writes an artefact as JSON that people can read and diff: one member a line, but a table's numbers side by side.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EcsError } from '../lib/errors.ts';
import type { Scorecard } from './scorecard.ts';

export async function saveScorecard(path: string, scorecard: Scorecard): Promise<void> {
  await saveText(path, formatScorecard(scorecard));
}

export function formatScorecard(scorecard: Scorecard): string {
  const text = JSON.stringify(scorecard, null, 2);
  const oneLine = text.replace(/\[[\s\d.,eE+-]*\]/g, (numbers) =>
    numbers.replace(/\s+/g, ' ').replace(/\[ | \]/g, (edge) => edge.trim()),
  );
  return `${oneLine}\n`;
}

/** Makes the folder where there is none. */
export async function saveText(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (cause) {
    throw new EcsError('ECS_FILE_INVALID', `the file ${path} cannot be written`, { cause, facts: { path } });
  }
}
