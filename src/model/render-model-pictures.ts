// A model in pictures (SVG), drawn from the artefact alone: every main table, every pair table, calibration and lift.
import { colourOf } from './colour-scale.ts';
import type { FeatureTable, PairTable, Scorecard } from './scorecard.ts';
import { drawCells, drawPanels, line, type Panel, rectangle, text } from './svg.ts';

const PANEL = { width: 240, height: 130 };
/** Two names have to fit above it. */
const PAIR_PANEL = { width: 330, height: 170 };
const LEGEND = 'What each table adds to the log-odds of default: red raises the risk, blue lowers it, white is 0';
const PAIR_LEGEND = `${LEGEND}; the first feature grows upwards, the second to the right, missing is not drawn`;

/** By the name of the file, without its ending. */
export function renderModelPictures(scorecard: Scorecard): Readonly<Record<string, string>> {
  const { pairs = [], features } = scorecard;
  return {
    mains: drawPanels(features.map(drawMain), PANEL, 4, LEGEND),
    ...(pairs.length === 0
      ? {}
      : { pairs: drawPanels(strongestFirst(pairs).map(drawPair), PAIR_PANEL, 3, PAIR_LEGEND) }),
    calibration: drawPanels([drawCalibration(scorecard)], { width: 420, height: 320 }, 1),
    lift: drawPanels([drawLift(scorecard)], { width: 420, height: 320 }, 1),
  };
}

/** Bars from 0, red where risk is raised, blue where it is lowered; missing stands apart, if training met it. */
function drawMain(table: FeatureTable): Panel {
  const bars = [...table.logOdds, ...(table.missingRows > 0 ? [table.missingLogOdds] : [])];
  const reach = Math.max(0.05, ...bars.map(Math.abs));
  const width = PANEL.width / bars.length;
  const middle = PANEL.height / 2;
  return {
    title: table.name,
    note: `height ±${reach.toFixed(2)}${describeCuts(table.cuts)}${table.missingRows > 0 ? '; last: missing' : ''}`,
    marks: [
      ...bars.map((value, bin) => {
        const height = (Math.abs(value) / reach) * middle;
        return rectangle(bin * width, value > 0 ? middle - height : middle, width - 1, height, colourOf(value / reach));
      }),
      line(0, middle, PANEL.width, middle),
    ],
  };
}

/** The bars at both ends reach beyond the outermost cuts. */
function describeCuts(cuts: readonly number[]): string {
  const [first, last] = [cuts[0], cuts.at(-1)];
  return first === undefined || last === undefined ? '' : `; cuts from ${short(first)} to ${short(last)}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(2)));
}

function strongestFirst(pairs: readonly PairTable[]): PairTable[] {
  const span = ({ logOdds }: PairTable) => Math.max(...logOdds.flat()) - Math.min(...logOdds.flat());
  return [...pairs].sort((one, other) => span(other) - span(one));
}

function drawPair(pair: PairTable): Panel {
  const rows = pair.logOdds.slice(0, -1).map((row) => row.slice(0, -1));
  const reach = Math.max(0.01, ...rows.flat().map(Math.abs));
  // The first row lies at the bottom: the first feature grows upwards.
  const colours = rows.map((row) => row.map((value) => colourOf(value / reach))).reverse();
  return {
    title: `${pair.features[0]} × ${pair.features[1]}`,
    note: `full colour ±${reach.toFixed(2)}`,
    marks: drawCells(colours, PAIR_PANEL),
  };
}

function drawCalibration({ training }: Scorecard): Panel {
  const tenths = training.tenths ?? [];
  const observed = tenths.map(({ rows, defaults }) => defaults / rows);
  // A little more than the most, so that its mark lies inside the frame.
  const most = 1.04 * Math.max(0.01, ...observed, ...tenths.map((tenth) => tenth.meanProbability));
  const x = (value: number) => (value / most) * 420;
  const y = (value: number) => 320 - (value / most) * 320;
  return {
    title: 'Calibration, out of bag',
    note: 'each tenth of the rows: probability of default, predicted to the right, observed upwards',
    marks: [
      line(0, 320, 420, 0),
      ...listShares(most).flatMap((share) => [
        line(x(share), 320, x(share), 315),
        text(x(share) + 3, 317, `${Math.round(100 * share)} %`),
        line(0, y(share), 5, y(share)),
        text(7, y(share) + 3, `${Math.round(100 * share)} %`),
      ]),
      ...tenths.map((tenth, place) =>
        rectangle(x(tenth.meanProbability) - 4, y(observed[place] ?? 0) - 4, 8, 8, colourOf(-1)),
      ),
    ],
  };
}

/** Round shares between 0 and the most, for the ticks of both axes. */
function listShares(most: number): number[] {
  const step = [0.01, 0.02, 0.05, 0.1, 0.2].find((wide) => most / wide < 6) ?? 0.2;
  return Array.from({ length: Math.ceil(most / step) - 1 }, (_, place) => (place + 1) * step);
}

function drawLift({ training }: Scorecard): Panel {
  const riskiest = [...(training.tenths ?? [])].reverse();
  let found = 0;
  return {
    title: 'Lift, out of bag',
    note: 'defaults found among the riskiest tenth, two tenths, ...; the line is chance',
    marks: [
      ...riskiest.flatMap(({ defaults }, place) => {
        found += defaults / training.defaults;
        return [
          rectangle(place * 42 + 2, 320 - found * 320, 38, found * 320, colourOf(-0.4)),
          text(place * 42 + 8, 320 - found * 320 + 12, `${(100 * found).toFixed(0)} %`),
        ];
      }),
      line(0, 320, 420, 0),
    ],
  };
}
