// What the growth bench has to say: flat figures for its last line, and its part of the page. Pure.

import { round } from './measure.mjs';

const MB = 2 ** 20;

export function summarizeGrowth({ cells, steps, processes, sizes }) {
  const largest = cells.at(-1);
  const figures = {
    microsPerReadingNode: round(largest.nodeMicros),
    microsPerReadingDatabase: round(largest.databaseMicros),
    bytesPerCustomer: Math.round(sizes.bytesPerCustomer),
    bytesPerReading: round(sizes.bytesPerReading),
    residentMbFirst: Math.round(steps[0].residentBytesMax / MB),
    residentMb: Math.round(steps.at(-1).residentBytesMax / MB),
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

const n = (value) => Math.round(value).toLocaleString('en-US');

export function renderGrowth({ cells, steps, processes, sizes }, figures) {
  return `${renderCells(cells)}

${renderSteps(steps, cells.at(-1).customers)}

${renderProcesses(processes)}

On disk: ${figures.bytesPerCustomer} bytes a customer (account, consent, state, day buckets of the run), ${round(sizes.bytesPerReading)} bytes a reading (its fingerprint; the
reading itself is not kept).`;
}

function renderCells(cells) {
  const rows = cells.map(
    ({ customers, skewed, events, rows: touched, rate, nodeMicros, databaseMicros, databaseMicrosPerRow }) =>
      `| ${n(customers)} | ${skewed ? 'skewed' : 'uniform'} | ${n(rate)} | ${round(events / touched)} | ${round(nodeMicros)} | ${round(databaseMicros)} | ${round(databaseMicrosPerRow)} |`,
  );
  return `### Customers

Through the ingest function alone, batches of 5,000, two in flight. A batch folds its events into one change for each customer, so what
PostgreSQL is asked for grows with the rows that a batch touches and not with its events. With few customers a row also bears its
share of what each batch costs anyway (offset, fingerprints, commit). With a million a row is dearer, and the next part shows why.

| customers | | events a second | events a row | µs an event, process | µs an event, PostgreSQL | µs a row, PostgreSQL |
| ---: | --- | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}`;
}

function renderSteps(steps, customers) {
  const rows = steps.map(
    ({ events, nodeMicros, databaseMicros, residentBytesMax }) =>
      `| ${n(events)} | ${round(nodeMicros)} | ${round(databaseMicros)} | ${n(residentBytesMax / MB)} MB |`,
  );
  return `### Events

${n(customers)} customers, skewed, over a real broker into a process of its own, sent while it counts (so the batches are smaller than
above). The process keeps at most 256 MB of fingerprints (\`fingerprintBytesMax\`); what does not fit is loaded again when it is needed.

| after events | µs an event, process | µs an event, PostgreSQL | largest process so far |
| ---: | ---: | ---: | ---: |
${rows.join('\n')}`;
}

function renderProcesses(processes) {
  const rows = processes.map(({ processes: count, rate }) => `| ${count} | ${n(rate)} |`);
  return `### Processes

The group shares the partitions out; a backlog is made, and all begin at once. Broker, PostgreSQL and all processes share the two cores of
this machine, so more processes cannot bring more here, and they bring less. Why was not taken apart; likely causes: each has compilers of its
own to warm up, four of them keep up to twelve transactions under way at once, and the counts run one after the other on tables that
grow older. What this shows is that the counts stay right: every reading was counted once. How far several
processes reach on several machines was not measured.

| processes | events a second |
| ---: | ---: |
${rows.join('\n')}`;
}
