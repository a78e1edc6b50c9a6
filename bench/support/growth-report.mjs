// What the growth bench has to say: flat figures for its last line, tables for the page. Pure.

import { round } from './measure.mjs';

export function summarizeGrowth({ cells, steps, processes, sizes }) {
  const largest = cells.at(-1);
  const figures = {
    microsPerReadingNode: round(largest.nodeMicros),
    microsPerReadingDatabase: round(largest.databaseMicros),
    bytesPerCustomer: Math.round(sizes.bytesPerCustomer),
    bytesPerReading: round(sizes.bytesPerReading),
    residentMb: Math.round(steps.at(-1).residentBytesMax / 2 ** 20),
  };
  for (const { customers, skewed, ...cell } of cells) {
    const name = `${skewed ? 'skewed' : 'uniform'}${customers}`;
    figures[`${name}MicrosPerEvent`] = round(cell.nodeMicros + cell.databaseMicros);
    figures[`${name}MicrosPerRow`] = round(cell.databaseMicrosPerRow);
  }
  for (const { events, nodeMicros, databaseMicros } of steps) {
    figures[`after${events}MicrosPerEvent`] = round(nodeMicros + databaseMicros);
  }
  for (const { processes: count, rate } of processes) figures[`processes${count}PerSecond`] = Math.round(rate);
  return figures;
}

export function renderGrowth({ cells, steps, processes }) {
  return JSON.stringify({ cells, steps, processes });
}
