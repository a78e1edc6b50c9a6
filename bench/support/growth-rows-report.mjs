// What the bench of the rows has to say: flat figures for its last line, and its part of the page. Pure.

import { median, round } from './measure.mjs';

/** The turns of one number of customers and one way of running PostgreSQL together. */
function groupTurns(measured) {
  const groups = new Map();
  for (const row of measured) {
    const key = `${row.customers} ${row.settings}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((turns) => {
    const of = (name) => median(turns.map((turn) => turn[name]));
    const { customers, settings } = turns[0];
    return {
      customers,
      settings,
      micros: of('databaseMicrosPerRow'),
      log: of('logBytesPerRow'),
      images: of('imagesPerRow'),
      reads: of('readsPerRow'),
      newDays: of('newDaysPerRow'),
      rate: of('rate'),
    };
  });
}

export function summarizeRows(measured) {
  const figures = {};
  for (const { customers, settings, micros, images } of groupTurns(measured)) {
    const name = `${settings
      .split(' ', 2)
      .join('-')
      .replace(/-(.)/g, (_, letter) => letter.toUpperCase())}${customers}`;
    figures[`${name}MicrosPerRow`] = round(micros);
    figures[`${name}ImagesPerRow`] = round(images);
  }
  return figures;
}

const n = (value) => Math.round(value).toLocaleString('en-US');

export function renderRows(measured) {
  const rows = groupTurns(measured).map(
    ({ customers, settings, micros, log, images, reads, newDays, rate }) =>
      `| ${n(customers)} | ${settings} | ${n(rate)} | ${round(micros)} | ${n(log)} | ${round(images)} | ${round(reads)} | ${round(newDays)} |`,
  );
  return `Uniform readings, so that nearly every event is a row of its own with a million customers; through the ingest function alone. For each row:
processor time of PostgreSQL, bytes of its write-ahead log, images of whole pages in it, pages read from outside its buffers, and day
buckets that were new. The three ways take turns; medians.

| customers | PostgreSQL | events a second | µs a row | log, bytes | page images | pages read | new day buckets |
| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}

What this shows: with a million customers the rows no longer fit the 128 MB of buffers that the embedded PostgreSQL has, so each row reads two
pages from the operating system; and many touch a page for the first time since a checkpoint, so that its image goes to the log. Tried once by
hand on 2026-11-26 with \`shared_buffers\` at 4 GB: no page was read, and in the first turn a row took 54.8, 45.9 and 44.7 µs in the three ways,
where the first turn of the run in the table took 66.7, 56.2 and 57.2. So about 12 µs are pages that do not fit, and 7 to 10 are images; both are
settings of a server and no property of the design. What is left over ten thousand customers, some 15 µs, was not taken apart: likely the first
bucket of a day, which is an insert with an index entry and a foreign key to check, and colder caches. The machine was busy with other work, and
the turns differ by a tenth. A server for a million customers wants buffers that hold the states and the newest day buckets, and room for log.`;
}
