// The data sheet against columns that can be counted by hand.
import { loadScorecard, shippedScorecardPath } from './load-scorecard.ts';
import { renderDataSheet } from './render-data-sheet.ts';
import { resolveSpec } from './train/resolve-spec.ts';
import { buildTrainingTable } from './train/training-table.ts';
import { parseTrainingSpec } from './training-spec.ts';

test('counts what is known, distinct, least, most and the mean, words by their number alone', async () => {
  const records = [
    { sex: 'f', debt: '10', region: 'north', bad: '1' },
    { sex: 'm', debt: 'NA', region: 'south', bad: '0' },
    { sex: 'f', debt: '-2.5', region: '', bad: '0' },
    { sex: 'f', debt: '10', region: 'north', bad: '0' },
  ];
  const spec = resolveSpec(parseTrainingSpec({ target: 'bad', neverInputs: ['sex'] }, 'spec.json'), records);
  const table = buildTrainingTable(records, null, spec);
  const { artefact } = await loadScorecard(shippedScorecardPath());
  const training = { ...artefact.training, rows: 4, defaults: 1, holdout: null };
  const hashes = { dataSha256: '0'.repeat(64), splitsSha256: null };
  const sheet = renderDataSheet({ spec, table, ...hashes }, { ...artefact, training });
  for (const line of [
    '- Rows: 4, of which 1 with the bad outcome (bad = 1: the bad outcome)',
    '- Learned from: 4 rows, 1 bad; none set aside',
    '- Never inputs: sex',
    '| debt | 1 | 2 | -2.5 | 10 | 5.8333 |',
    '| region | 1 | 2 | | | |',
    '| bad | 0 | 2 | 0 | 1 | 0.2500 |',
  ]) {
    expect(sheet.split('\n')).toContain(line);
  }
});
