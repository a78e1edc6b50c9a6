// A verdict as a picture: the evidence of each claim month by month, the boundary it had to reach, and when the gate was
// open. Plain SVG, readable without colour.
import type { GateVerdict } from './gate-verdict.ts';

const WIDTH = 860;
const HEIGHT = 380;
const FRAME = { left: 56, right: 24, top: 56, bottom: 56 };

interface Scale {
  readonly x: (look: number) => number;
  readonly y: (nats: number) => number;
  readonly low: number;
  readonly high: number;
}

type Look = GateVerdict['looks'][number];

export function renderGatePicture(verdict: GateVerdict): string {
  const { looks } = verdict;
  const scale = makeScale(looks);
  const parts = [
    ...drawTitle(verdict),
    ...looks.flatMap((look, index) => drawOpenMonth(look, index, scale)),
    ...drawAxes(looks, scale),
    ...drawSteps(looks, scale),
    ...drawEvidence(looks, scale),
    ...looks.flatMap((look, index) => drawChange(look, index, scale)),
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Evidence gate: ${verdict.state}">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function makeScale(looks: readonly Look[]): Scale {
  const values = looks.flatMap((look) => [look.evidence, look.boundary]);
  const low = Math.floor(Math.min(0, ...values));
  const high = Math.ceil(Math.max(1, ...values) + 0.5);
  const across = WIDTH - FRAME.left - FRAME.right;
  const down = HEIGHT - FRAME.top - FRAME.bottom;
  return {
    x: (look) => FRAME.left + ((look + 0.5) * across) / Math.max(looks.length, 1),
    y: (nats) => FRAME.top + ((high - nats) * down) / (high - low),
    low,
    high,
  };
}

function drawTitle({ state, openedMonth, validUntil, looks }: GateVerdict): string[] {
  const open = `open since ${openedMonth ?? ''}, valid until ${validUntil?.slice(0, 10) ?? ''}`;
  return [
    text(FRAME.left, 22, `Evidence gate: ${state === 'open' ? open : 'shut'}`, 'font-size="16" font-weight="600"'),
    text(
      FRAME.left,
      42,
      `Evidence in nats over ${looks.length} monthly looks (line), what it has to reach (dashes), months open (shaded)`,
      'fill="#555555"',
    ),
  ];
}

function drawOpenMonth(look: Look, index: number, { x }: Scale): string[] {
  if (look.state !== 'open') return [];
  const half = (x(1) - x(0)) / 2;
  const height = HEIGHT - FRAME.top - FRAME.bottom;
  return [
    `<rect x="${digits(x(index) - half)}" y="${FRAME.top}" width="${digits(2 * half)}" height="${height}" fill="#e3f1e6"/>`,
  ];
}

function drawAxes(looks: readonly Look[], { x, y, low, high }: Scale): string[] {
  const step = Math.max(1, Math.ceil((high - low) / 8));
  const levels = Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, index) => low + index * step);
  const every = Math.max(1, Math.ceil(looks.length / 12));
  return [
    ...levels.flatMap((level) => [
      `<line x1="${FRAME.left}" x2="${WIDTH - FRAME.right}" y1="${digits(y(level))}" y2="${digits(y(level))}" stroke="${level === 0 ? '#888888' : '#e6e6e6'}"/>`,
      text(FRAME.left - 8, y(level) + 4, String(level), 'text-anchor="end" fill="#555555"'),
    ]),
    ...looks.flatMap((look, index) =>
      index % every === 0
        ? [text(x(index), HEIGHT - FRAME.bottom + 20, look.month, 'text-anchor="middle" fill="#555555"')]
        : [],
    ),
  ];
}

/** A claim is a line of its own: what one used up says nothing about the next. */
function drawEvidence(looks: readonly Look[], { x, y }: Scale): string[] {
  return listClaims(looks).map((places) => {
    const points = places.map((place) => `${digits(x(place))},${digits(y(looks[place]?.evidence ?? 0))}`);
    return `<polyline points="${points.join(' ')}" fill="none" stroke="#1b5e8c" stroke-width="2.5"/>`;
  });
}

function drawSteps(looks: readonly Look[], { x, y }: Scale): string[] {
  const half = (x(1) - x(0)) / 2;
  return listClaims(looks).map((places) => {
    const boundary = digits(y(looks[places[0] ?? 0]?.boundary ?? 0));
    const from = digits(x(places[0] ?? 0) - half);
    const to = digits(x(places.at(-1) ?? 0) + half);
    return `<line x1="${from}" x2="${to}" y1="${boundary}" y2="${boundary}" stroke="#b3401f" stroke-width="2" stroke-dasharray="6 4"/>`;
  });
}

function listClaims(looks: readonly Look[]): number[][] {
  const claims = [...new Set(looks.map((look) => look.claim))];
  return claims.map((claim) => looks.flatMap((look, index) => (look.claim === claim ? [index] : [])));
}

function drawChange(look: Look, index: number, { x, y }: Scale): string[] {
  if (look.change === null) return [];
  const place = y(look.evidence);
  return [
    `<circle cx="${digits(x(index))}" cy="${digits(place)}" r="4.5" fill="#ffffff" stroke="#1b5e8c" stroke-width="2.5"/>`,
    text(x(index), place - 10, look.change, 'text-anchor="middle" font-weight="600"'),
  ];
}

/** Only words of our own and months enter the picture, never a label from the file. */
function text(x: number, y: number, words: string, attributes = ''): string {
  return `<text x="${digits(x)}" y="${digits(y)}" ${attributes}>${words}</text>`;
}

function digits(value: number): string {
  return String(Math.round(value * 10) / 10);
}
