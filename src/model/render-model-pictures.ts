// A model in pictures (SVG), drawn from the artefact alone: every main table, the strongest pairs, calibration and lift.
import type { FeatureTable, PairTable, Scorecard } from './scorecard.ts';
import { drawPanels, line, type Panel, rectangle, text } from './svg.ts';

const PANEL = { width: 240, height: 130 };
const PAIRS_SHOWN = 9;

/** By the name of the file, without its ending. */
export function renderModelPictures(scorecard: Scorecard): Readonly<Record<string, string>> {
  const { pairs = [], features } = scorecard;
  return {
    mains: drawPanels(features.map(drawMain), PANEL, 4),
    ...(pairs.length === 0 ? {} : { pairs: drawPanels(strongest(pairs).map(drawPair), PANEL, 3) }),
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
    note: `log-odds ±${reach.toFixed(2)}; ${table.cuts.length === 0 ? '' : `${table.cuts[0]} to ${table.cuts.at(-1)}`}${table.missingRows > 0 ? '; last bar: missing' : ''}`,
    marks: [
      ...bars.map((value, bin) => {
        const height = (Math.abs(value) / reach) * middle;
        return rectangle(bin * width, value > 0 ? middle - height : middle, width - 1, height, colourOf(value / reach));
      }),
      line(0, middle, PANEL.width, middle),
    ],
  };
}

function strongest(pairs: readonly PairTable[]): PairTable[] {
  const span = ({ logOdds }: PairTable) => Math.max(...logOdds.flat()) - Math.min(...logOdds.flat());
  return [...pairs].sort((one, other) => span(other) - span(one)).slice(0, PAIRS_SHOWN);
}

function drawPair(pair: PairTable): Panel {
  const rows = pair.logOdds.slice(0, -1).map((row) => row.slice(0, -1));
  const reach = Math.max(0.01, ...rows.flat().map(Math.abs));
  const width = PANEL.width / (rows[0]?.length ?? 1);
  const height = PANEL.height / rows.length;
  return {
    title: `${pair.features[0]} × ${pair.features[1]}`,
    note: `log-odds ±${reach.toFixed(2)}; ${pair.features[0]} upwards, ${pair.features[1]} to the right`,
    marks: rows.flatMap((row, place) =>
      row.map((value, column) =>
        rectangle(column * width, PANEL.height - (place + 1) * height, width, height, colourOf(value / reach)),
      ),
    ),
  };
}

function drawCalibration({ training }: Scorecard): Panel {
  const tenths = training.tenths ?? [];
  const observed = tenths.map(({ rows, defaults }) => defaults / rows);
  const most = Math.max(0.01, ...observed, ...tenths.map((tenth) => tenth.meanProbability));
  const x = (value: number) => (value / most) * 420;
  const y = (value: number) => 320 - (value / most) * 320;
  return {
    title: 'Calibration, out of bag',
    note: `predicted to the right, observed upwards, both to ${(100 * most).toFixed(1)} %; a dot per tenth of the rows`,
    marks: [
      line(0, 320, 420, 0),
      ...tenths.map((tenth, place) =>
        rectangle(x(tenth.meanProbability) - 4, y(observed[place] ?? 0) - 4, 8, 8, colourOf(-1)),
      ),
    ],
  };
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
          rectangle(place * 42 + 2, 320 - found * 320, 38, found * 320, colourOf(-0.6)),
          text(place * 42 + 4, 320 - found * 320 - 4, `${(100 * found).toFixed(0)} %`),
        ];
      }),
      line(0, 320, 420, 0),
    ],
  };
}

/** From blue (safer) over white to red (riskier), -1 to 1. */
function colourOf(strength: number): string {
  const fade = Math.round(235 * (1 - Math.min(Math.abs(strength), 1)));
  return strength > 0 ? `rgb(200,${fade},${fade})` : `rgb(${fade},${Math.round(60 + fade * 0.75)},200)`;
}
