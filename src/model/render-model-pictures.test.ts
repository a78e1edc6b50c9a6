// The pictures of a model: every table is there, 0 is white, risk has its colour, and cells cover their panel exactly once.
import { colourOf } from './colour-scale.ts';
import { loadScorecard, shippedScorecardPath } from './load-scorecard.ts';
import { renderModelPictures } from './render-model-pictures.ts';
import { drawCells } from './svg.ts';

const { artefact } = await loadScorecard(shippedScorecardPath());
const pictures = renderModelPictures(artefact);
const count = (text: string, part: string) => text.split(part).length - 1;

test('every main table and every pair table is drawn under its name', () => {
  for (const { name } of artefact.features) expect(count(pictures.mains ?? '', `>${name}</text>`)).toBe(1);
  const pairs = artefact.pairs ?? [];
  expect(pairs.length).toBeGreaterThan(0);
  for (const { features } of pairs) expect(count(pictures.pairs ?? '', `>${features.join(' × ')}</text>`)).toBe(1);
});

test('0 is white, more risk is redder, less is bluer', () => {
  expect(colourOf(0)).toBe('rgb(255,255,255)');
  const [riskier, safer] = [0.7, -0.7].map((strength) => (colourOf(strength).match(/\d+/g) ?? []).map(Number));
  expect(riskier?.[0]).toBeGreaterThan(riskier?.[2] ?? 255);
  expect(safer?.[2]).toBeGreaterThan(safer?.[0] ?? 255);
  expect(colourOf(3)).toBe(colourOf(1));
});

test('cells of one colour are one path, and all together cover the panel once', () => {
  const [red, blue] = [colourOf(1), colourOf(-1)];
  const drawn = drawCells(
    [
      [red, red, blue, red],
      [blue, blue, blue, blue],
    ],
    { width: 40, height: 20 },
  );
  expect(drawn.map((path) => /fill="([^"]+)"/.exec(path)?.[1])).toEqual([red, blue]);
  const areas = [...drawn.join('').matchAll(/h([\d.]+)v([\d.]+)/g)].map(
    ([, wide, down]) => Number(wide) * Number(down),
  );
  expect(areas).toHaveLength(4);
  expect(areas.reduce((sum, area) => sum + area, 0)).toBe(40 * 20);
});

test('nothing that was measured is written beyond the picture: no NaN, no undefined', () => {
  for (const svg of Object.values(pictures)) expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
