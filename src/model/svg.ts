// The few shapes that a model's pictures are made of, as SVG text with one decimal, so that files differ only where the
// model does.

export interface Panel {
  readonly title: string;
  readonly note: string;
  readonly marks: readonly string[];
}

export interface PanelSize {
  readonly width: number;
  readonly height: number;
}

const MARGIN = 20;
const HEAD = 20;
const LEGEND_HEIGHT = 24;

/** Panels side by side, `perRow` in a row, under a legend where one is given. */
export function drawPanels(panels: readonly Panel[], size: PanelSize, perRow: number, legend?: string): string {
  const stepX = size.width + 2 * MARGIN;
  const stepY = size.height + HEAD + 2 * MARGIN;
  const width = stepX * Math.min(perRow, panels.length);
  const top = legend === undefined ? 0 : LEGEND_HEIGHT;
  const height = top + stepY * Math.ceil(panels.length / perRow);
  const drawn = panels.map(({ title, note, marks }, index) => {
    const x = (index % perRow) * stepX + MARGIN;
    const y = Math.floor(index / perRow) * stepY + top + MARGIN + HEAD;
    const frame = `<rect x="0" y="0" width="${size.width}" height="${size.height}" fill="none" stroke="#999"/>`;
    const words = [text(0, -8, title, 12), text(0, size.height + 14, note, 9)].join('');
    return `<g transform="translate(${x} ${y})">${words}${marks.join('')}${frame}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...(legend === undefined ? [] : [text(MARGIN, LEGEND_HEIGHT, legend, 12)]),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

/** A grid of colours, the first row on top: neighbours of one colour are one shape, shapes of one colour one path. */
export function drawCells(colours: readonly (readonly string[])[], { width, height }: PanelSize): string[] {
  const down = height / colours.length;
  const paths = new Map<string, string>();
  for (const [place, row] of colours.entries()) {
    const across = width / row.length;
    const [top, bottom] = [edge(place * down), edge((place + 1) * down)];
    for (const { colour, from, to } of findRuns(row)) {
      const [left, right] = [edge(from * across), edge(to * across)];
      const shape = `M${at(left)} ${at(top)}h${at(right - left)}v${at(bottom - top)}h-${at(right - left)}z`;
      paths.set(colour, (paths.get(colour) ?? '') + shape);
    }
  }
  return [...paths].map(([colour, shapes]) => `<path fill="${colour}" shape-rendering="crispEdges" d="${shapes}"/>`);
}

/** Edges are rounded, not widths: a cell ends where its neighbour begins, and no white stripe says 0 between them. */
function edge(value: number): number {
  return Math.round(value * 10) / 10;
}

function findRuns(row: readonly string[]): { readonly colour: string; readonly from: number; readonly to: number }[] {
  const starts = row.flatMap((colour, place) => (colour === row[place - 1] ? [] : [place]));
  return starts.map((from, run) => ({ colour: row[from] ?? '', from, to: starts[run + 1] ?? row.length }));
}

export function rectangle(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(Math.max(width, 0))}" height="${at(height)}" fill="${fill}"/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="#555"/>`;
}

export function text(x: number, y: number, words: string, size = 9): string {
  const safe = words.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<text x="${at(x)}" y="${at(y)}" font-size="${size}">${safe}</text>`;
}

function at(value: number): string {
  return value.toFixed(1);
}
