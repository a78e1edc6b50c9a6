// What the ingest bench has to say: flat figures for its last line, and its part of the page. Pure.

import { median, round } from './measure.mjs';

/** Ratios are taken inside each round, where all were measured within seconds of each other; then their median. */
export function summarizeIngest(rounds, stages, keyedBytes) {
  const of = (pick) => median(rounds.map(pick));
  const ratio = (above, below) => round(of((r) => r[above].rate / r[below].rate));
  const rate = (name) => Math.round(of((r) => r[name].rate));
  const micros = (name, where) => round(of((r) => r[name][where] ?? 0));
  return {
    ratioSeed: ratio('ecs', 'seed'),
    ratioCopyBinary: ratio('ecs', 'copyBinary'),
    ratioCopyText: ratio('ecs', 'copyText'),
    keyedRatioSeed: ratio('keyed', 'keyedSeed'),
    keyedRatioCopyBinary: ratio('keyed', 'keyedCopy'),
    eventsPerSecond: rate('ecs'),
    seedPerSecond: rate('seed'),
    copyBinaryPerSecond: rate('copyBinary'),
    copyTextPerSecond: rate('copyText'),
    keyedPerSecond: rate('keyed'),
    keyedSeedPerSecond: rate('keyedSeed'),
    keyedCopyPerSecond: rate('keyedCopy'),
    microsNode: micros('ecs', 'nodeMicros'),
    microsDatabase: micros('ecs', 'databaseMicros'),
    keyedMicrosNode: micros('keyed', 'nodeMicros'),
    keyedMicrosDatabase: micros('keyed', 'databaseMicros'),
    microsParse: round(stages.parse),
    microsCopies: round(stages.copies),
    microsFold: round(stages.read + stages.fold),
    microsEncode: round(stages.encode),
    keyedBytes: Math.round(keyedBytes),
  };
}

export function renderIngest(f, { inFlight, customers, partitions, batch, events, rounds }) {
  const n = (value) => value.toLocaleString('en-US');
  const rest = round(Math.max(0, f.microsNode - f.microsParse - f.microsCopies - f.microsFold - f.microsEncode));
  return `Structured CloudEvents of about 290 bytes, ${n(customers)} customers with live consents, skewed (the r-th is chosen with a weight of 1/r),
one in a hundred a copy, ${partitions} partitions, batches of up to ${n(batch)}, ${inFlight} in flight; from the bytes in memory to the commit. ${rounds} rounds of
${n(events)} events after a warm-up; in each round everything below runs once, in turns. The states begin as a decision left them.

| | events a second | ECS is |
| --- | ---: | ---: |
| ECS, feelings | ${n(f.eventsPerSecond)} | |
| the seed's way | ${n(f.seedPerSecond)} | ${f.ratioSeed} times as fast |
| COPY binary, a row for each event | ${n(f.copyBinaryPerSecond)} | ${f.ratioCopyBinary} times |
| COPY text | ${n(f.copyTextPerSecond)} | ${f.ratioCopyText} times |
| ECS, transactions: a keyed row each | ${n(f.keyedPerSecond)} | |
| the seed's way with transactions | ${n(f.keyedSeedPerSecond)} | ${f.keyedRatioSeed} times as fast |
| COPY binary into a table with the same two keys | ${n(f.keyedCopyPerSecond)} | ${f.keyedRatioCopyBinary} times |

The row that COPY writes holds the event's id (a UUID in time order, the primary key), customer, time, valence, arousal, stress and
confidence: what an installation would keep that keeps raw readings. Its bytes are made before the clock starts, it checks
nothing, and it commits as often and on as many connections as ECS does, into a table that was just emptied.

Where the time of a feeling goes, in microseconds of processor time an event; the two columns run at the same time:

| in the ingest process | µs | in PostgreSQL | µs |
| --- | ---: | --- | ---: |
| parse and validate (one pass over the bytes), check partition and times | ${f.microsParse} | all statements of a batch | ${f.microsDatabase} |
| fingerprint, look for copies | ${f.microsCopies} | | |
| read the figures, fold per customer | ${f.microsFold} | | |
| encode: states and days as parameters of one statement | ${f.microsEncode} | | |
| driver, transaction, garbage collection, the rest | ${rest} | | |
| **all** | **${f.microsNode}** | **all** | **${f.microsDatabase}** |

The first four are measured alone, over the same kind of batches. A transaction costs ${f.keyedMicrosNode} µs in the process and ${f.keyedMicrosDatabase} µs in PostgreSQL,
which keeps two indexes of them. COPY into such a table is what PostgreSQL itself can do here, so ${round(f.keyedCopyPerSecond / f.keyedSeedPerSecond)} times the seed's way is the end of that road.`;
}
