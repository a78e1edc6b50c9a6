// What the stream bench has to say: flat figures for its last line, and its part of the page. Pure.

import { median, round } from './measure.mjs';

export function summarizeStream({ rounds, peak, low, high, burstSeconds }) {
  return {
    ratioSeed: round(median(rounds.map(({ seed, ecs }) => ecs.rate / seed))),
    p50Ms20: low.p50,
    p99Ms20: low.p99,
    p50Ms80: high.p50,
    p99Ms80: high.p99,
    eventsPerSecond: Math.round(median(rounds.map(({ ecs }) => ecs.rate))),
    seedPerSecond: Math.round(median(rounds.map(({ seed }) => seed))),
    microsNode: round(median(rounds.map(({ ecs }) => ecs.nodeMicros))),
    microsDatabase: round(median(rounds.map(({ ecs }) => ecs.databaseMicros))),
    peakPerSecond: Math.round(peak),
    burstSeconds: round(burstSeconds),
    ...describeParts(low, 20),
    ...describeParts(high, 80),
  };
}

function describeParts({ waited, batch, eventsPerBatch }, load) {
  return {
    [`waitedP50Ms${load}`]: waited.p50,
    [`waitedP99Ms${load}`]: waited.p99,
    [`batchP50Ms${load}`]: batch.p50,
    [`batchP99Ms${load}`]: batch.p99,
    [`eventsPerBatch${load}`]: Math.round(eventsPerBatch),
  };
}

export function renderStream(f, { rounds, events, burst, seconds, customers, partitionsAtOnce }) {
  const n = (value) => value.toLocaleString('en-US');
  return `One real broker, PostgreSQL, one process with the production Kafka road, and the bench, all on the same cores; ${n(customers)} customers, events as
above. A backlog of ${n(events)} events is made while ECS holds back, then worked off; the seed's way reads its own topic on the same broker with
kafkajs \`eachMessage\`. ${rounds} rounds in turns.

| | events a second |
| --- | ---: |
| ECS | ${n(f.eventsPerSecond)} |
| the seed's way | ${n(f.seedPerSecond)} |
| **ratio** | **${f.ratioSeed}** |

While it works the backlog off an event takes ${f.microsNode} µs of processor time in the process and ${f.microsDatabase} µs in PostgreSQL. What the process
takes more than in the part above, where the same function gets the same events from memory, is the fetch: reading from the broker,
unpacking, handing over.

Latency from the moment at which an event was due to be sent to its committed state, ${seconds} s each. The peak is what producer, broker, ECS and
PostgreSQL carry together here, with the producer as a process of its own on the same cores: ${n(f.peakPerSecond)} events a second.

| load | p50 | p99 | before the ingest function, p50, p99 | in it, a batch, p50, p99 | events a batch |
| --- | ---: | ---: | ---: | ---: | ---: |
| 20 % of the peak | ${f.p50Ms20} ms | ${f.p99Ms20} ms | ${f.waitedP50Ms20}, ${f.waitedP99Ms20} ms | ${f.batchP50Ms20}, ${f.batchP99Ms20} ms | ${n(f.eventsPerBatch20)} |
| 80 % of the peak | ${f.p50Ms80} ms | ${f.p99Ms80} ms | ${f.waitedP50Ms80}, ${f.waitedP99Ms80} ms | ${f.batchP50Ms80}, ${f.batchP99Ms80} ms | ${n(f.eventsPerBatch80)} |

Before the ingest function an event waits for the producer to send it, for the fetch, and for its partition's turn: one batch of a
partition at a time, ${partitionsAtOnce} partitions at once.

A burst of ${n(burst)} events, sent as fast as they can be: no lag ${f.burstSeconds} s after the last one was acknowledged.`;
}
