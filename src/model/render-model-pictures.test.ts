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

test('cells that do not divide their panel evenly leave no stripe between them', () => {
  const rows = Array.from({ length: 7 }, (_, row) => Array.from({ length: 9 }, (_, column) => `c${row}-${column}`));
  const edges = drawCells(rows, { width: 330, height: 170 }).map((path) => {
    const [x = 0, y = 0, wide = 0, high = 0] = (/M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)/.exec(path) ?? [])
      .slice(1)
      .map(Number);
    return { x, y, right: x + wide, bottom: y + high };
  });
  edges.forEach(({ right, bottom }, place) => {
    const [column, row] = [place % 9, Math.floor(place / 9)];
    expect(right).toBeCloseTo(column === 8 ? 330 : (edges[place + 1]?.x ?? 0), 9);
    expect(bottom).toBeCloseTo(row === 6 ? 170 : (edges[place + 9]?.y ?? 0), 9);
  });
});

test('names fit above their panel', () => {
  const titles = [...(pictures.pairs ?? '').matchAll(/font-size="12">([^<]+)</g)]
    .map(([, title = '']) => title)
    .slice(1);
  // A letter of this size is at most some seven wide on average, and there is a margin of forty beside the panel.
  for (const title of titles) expect(7 * title.length).toBeLessThanOrEqual(330 + 40);
});

test.each([
  ['mains', 240],
  ['pairs', 330],
  ['calibration', 420],
  ['lift', 420],
])('notes of %s end within their panel and its margin', (picture, width) => {
  const notes = [...(pictures[picture as keyof typeof pictures] ?? '').matchAll(/font-size="9">([^<]+)</g)];
  expect(notes.length).toBeGreaterThan(0);
  // A letter of this size is half as wide as it is high, a little less on average.
  for (const [, note = ''] of notes) expect(4.5 * note.length).toBeLessThanOrEqual(width + 20);
});

test('nothing that was measured is written beyond the picture: no NaN, no undefined', () => {
  for (const svg of Object.values(pictures)) expect(svg).not.toMatch(/NaN|undefined|Infinity/);
});
