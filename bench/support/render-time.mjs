// Where the time of one feeling goes, from its bytes at the broker to committed state, put together from two benches. Pure.

import { round } from './measure.mjs';

export function renderTime({ ingest, stream }) {
  const title = '## Where the time goes';
  if (ingest === undefined || stream === undefined)
    return `${title}\n\nNot calculated: ingest or stream is not recorded.`;
  const rest = ingest.microsNode - ingest.microsParse - ingest.microsCopies - ingest.microsFold - ingest.microsEncode;
  const steps = [
    ['fetch: read from the broker, unpack, hand over', stream.microsNode - ingest.microsNode],
    ['parse and validate, one pass over the bytes; check partition and times', ingest.microsParse],
    ['fingerprint, look for copies', ingest.microsCopies],
    ['read the figures, fold per customer', ingest.microsFold],
    ['encode: states and days as parameters of one statement', ingest.microsEncode],
    ['driver, transaction, garbage collection, the rest', rest],
    ['PostgreSQL: all statements of a batch and its commit', stream.microsDatabase],
  ];
  const all = stream.microsNode + stream.microsDatabase;
  const rows = steps.map(
    ([what, micros]) => `| ${what} | ${round(micros, 2)} | ${Math.round((100 * micros) / all)} % |`,
  );
  return `${title}

Processor time of one feeling on its way from the broker to committed state, 10,000 customers, skewed. The middle rows are those of the
ingest bench, the first is what the same function costs more behind a real broker, the last is measured there.

| step | µs an event | share |
| --- | ---: | ---: |
${rows.join('\n')}
| **all** | **${round(all)}** | |

Broker and producer come on top where they share the cores. The process is one thread: it is what fills up first, at
${Math.round(1e6 / stream.microsNode / 1000).toLocaleString('en-US')},000 events a second with a core of its own.`;
}
