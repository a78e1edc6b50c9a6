// The data sheet of a training run in Markdown: what the CSV holds, column by column, what of it was used, and what must
// be known before anybody relies on it.
import { escapeMarkdown } from './escape-markdown.ts';
import type { Scorecard } from './scorecard.ts';
import type { CsvRecord } from './train/csv-record.ts';
import type { LoadedTrainingData } from './train/load-training-data.ts';
import { missingTest, readNumber } from './train/read-cell.ts';

export function renderDataSheet({ spec, table }: LoadedTrainingData, scorecard: Scorecard): string {
  const { training } = scorecard;
  const defaults = table.target.reduce((sum, value) => sum + value, 0);
  const columns = Object.keys(table.columns[0] ?? {});
  return `${[
    `# Data sheet: ${scorecard.name}`,
    'Written by `ecs model train` from the data; do not edit by hand.',
    [
      `- Source: ${escapeMarkdown(training.source)}`,
      `- SHA-256 of the file: \`${training.dataSha256}\``,
      `- Rows: ${table.target.length}, of which ${defaults} with the bad outcome (${escapeMarkdown(describeTarget(spec.target))})`,
      `- Learned from: ${training.rows} rows, ${training.defaults} bad; ${training.holdout === null ? 'none set aside' : `${training.holdout.rows} set aside by ${escapeMarkdown(spec.holdoutColumn ?? '')}`}`,
      `- Never inputs: ${spec.neverInputs.length === 0 ? 'none named' : escapeMarkdown(spec.neverInputs.join(', '))}`,
      `- Read as "not known": ${spec.missingCodes.map((code) => (code === '' ? 'an empty cell' : `\`${code.replaceAll('`', "'")}\``)).join(', ')}`,
    ].join('\n'),
    '## Columns',
    [
      '| column | not known | distinct | least | most | mean |',
      '| --- | --- | --- | --- | --- | --- |',
      ...columns.map((column) => columnRow(column, table.columns, spec.missingCodes)),
    ].join('\n'),
    '## Limits of use',
    "What holds for these rows need not hold for a lender's own: one source, one period. The model made from them is a prior, to be re-anchored (`ecs model anchor`) and watched. Applicants who were turned away are not in the data.",
    '## Attribution',
    escapeMarkdown(scorecard.attribution),
  ].join('\n\n')}\n`;
}

function describeTarget({ column, bad, meaning }: LoadedTrainingData['spec']['target']): string {
  return `${column} = ${[bad].flat().join(' or ')}: ${meaning}`;
}

function columnRow(column: string, records: readonly CsvRecord[], missingCodes: readonly string[]): string {
  const isMissing = missingTest(missingCodes);
  const known = records.map((record) => record[column] ?? '').filter((text) => !isMissing(text));
  const distinct = new Set(known).size;
  const numbers = known.map(readNumber);
  if (numbers.length === 0 || numbers.some(Number.isNaN)) {
    return `| ${escapeMarkdown(column)} | ${records.length - known.length} | ${distinct} | | | |`;
  }
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const value of numbers) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
  }
  return `| ${escapeMarkdown(column)} | ${records.length - known.length} | ${distinct} | ${least} | ${most} | ${(sum / numbers.length).toFixed(4)} |`;
}
