// Documents about the shipped model that a training run does not write speak of the model that ships.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { sharedDataPath } from '../../test/support/shared-data.ts';
import { loadScorecard, shippedScorecardPath } from './load-scorecard.ts';
import { renderDataSheet } from './render-data-sheet.ts';
import { loadTrainingData, loadTrainingSpec, shippedSpecPath } from './train/load-training-data.ts';

const readDocument = (name: string) => readFile(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8');

test('the data sheet is that of the data', async () => {
  const { artefact } = await loadScorecard(shippedScorecardPath());
  const spec = await loadTrainingSpec(shippedSpecPath('flagship'));
  const files = [sharedDataPath('taiwan-credit-card-default.csv'), sharedDataPath('taiwan-splits.csv')] as const;
  const data = await loadTrainingData(...files, spec);
  expect(await readDocument('data-sheet.md')).toBe(renderDataSheet(data, artefact));
});

test.each(['fairness.md', 'fairness-report.md', 'model-card.md'])(
  '%s names the version that ships, and no other',
  async (name) => {
    const { modelVersion } = await loadScorecard(shippedScorecardPath());
    const named = (await readDocument(name)).match(/`[0-9a-f]{12}(?=[0-9a-f]{52}`|`)/g) ?? [];
    const versions = new Set(named.map((one) => one.slice(1)));
    expect(versions.has(modelVersion.slice(0, 12))).toBe(true);
    if (name.startsWith('fairness')) expect([...versions]).toEqual([modelVersion.slice(0, 12)]);
  },
);
