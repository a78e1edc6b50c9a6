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

/** Panels side by side, `perRow` in a row. */
export function drawPanels(panels: readonly Panel[], size: PanelSize, perRow: number): string {
  const stepX = size.width + 2 * MARGIN;
  const stepY = size.height + HEAD + 2 * MARGIN;
  const width = stepX * Math.min(perRow, panels.length);
  const height = stepY * Math.ceil(panels.length / perRow);
  const drawn = panels.map(({ title, note, marks }, index) => {
    const x = (index % perRow) * stepX + MARGIN;
    const y = Math.floor(index / perRow) * stepY + MARGIN + HEAD;
    const frame = `<rect x="0" y="0" width="${size.width}" height="${size.height}" fill="none" stroke="#999"/>`;
    const words = [text(0, -8, title, 12), text(0, size.height + 14, note)].join('');
    return `<g transform="translate(${x} ${y})">${words}${marks.join('')}${frame}</g>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif">`,
    `<rect width="${width}" height="${height}" fill="white"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

export function rectangle(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(Math.max(width, 0))}" height="${at(height)}" fill="${fill}"/>`;
}

export function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" stroke="#555"/>`;
}

export function text(x: number, y: number, words: string, size = 8): string {
  const safe = words.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<text x="${at(x)}" y="${at(y)}" font-size="${size}">${safe}</text>`;
}

function at(value: number): string {
  return value.toFixed(1);
}
