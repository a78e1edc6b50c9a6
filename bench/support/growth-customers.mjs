// What an event costs with a thousand to a million customers, skewed and uniform, through the production ingest function in
// this process: in all, and for each row that a batch has to touch.

import { claimTopic, feedBatches, prepareBatches } from './feed-batches.mjs';
import { createEventSource } from './make-events.mjs';
import { measure, round } from './measure.mjs';
import { PARTITIONS, TOPIC } from './open-stream-world.mjs';
import { seedCustomers } from './seed-customers.mjs';

const BATCH = 5_000;
const IN_FLIGHT = 2;
const SUBJECT = '"subject":"';

/** One cell for each size and kind; `sent.distinct` is raised by what was sent. */
export async function measureCustomers(world, sent, { sizes, events, say }) {
  const { product } = world;
  const ingest = product.makeIngest(world, 'growth-customers');
  const places = await claimTopic(ingest, TOPIC, PARTITIONS);
  const cells = [];
  let seeded = 0;
  for (const customers of sizes) {
    await seedCustomers(world.pool, seeded + 1, customers);
    seeded = customers;
    for (const skewed of [true, false]) {
      const random = product.createSeededRandom(customers + (skewed ? 1 : 2));
      const source = createEventSource({ product, topic: TOPIC, partitions: PARTITIONS, customers, random, skewed });
      const warmUp = Math.floor(events / 4);
      const cell = await measureCell(world, { ingest, places, source }, sent, { customers, skewed, events, warmUp });
      cells.push(cell);
      say(describeCell(cell));
    }
  }
  return cells;
}

/** What events of one kind cost; `sent.distinct` is raised by what was sent. Compilers and caches warm up on the same kind. */
export async function measureCell(world, { ingest, places, source }, sent, { customers, skewed, events, warmUp }) {
  const feed = async (count) => {
    const made = source.next(count);
    sent.distinct += made.distinct;
    const prepared = prepareBatches(places, made, BATCH);
    const measured = await measure(world.postmasterPid, () => feedBatches(ingest, prepared, IN_FLIGHT));
    return { ...measured, rows: countDistinctRows(prepared) };
  };
  if (warmUp > 0) await feed(warmUp);
  const { seconds, nodeMicros, databaseMicros, rows, result } = await feed(events);
  return {
    customers,
    skewed,
    events: result.records,
    rows,
    rate: result.records / seconds,
    nodeMicros: nodeMicros / result.records,
    databaseMicros: databaseMicros / result.records,
    microsPerRow: (nodeMicros + databaseMicros) / rows,
    databaseMicrosPerRow: databaseMicros / rows,
  };
}

/** How many states the batches touch: the customers of each batch, added up. */
function countDistinctRows(prepared) {
  let rows = 0;
  for (const { batches } of prepared) {
    for (const records of batches) rows += new Set(records.map(({ value }) => readSubject(value))).size;
  }
  return rows;
}

function readSubject(value) {
  const start = value.indexOf(SUBJECT) + SUBJECT.length;
  return value.toString('latin1', start, value.indexOf('"', start));
}

function describeCell({ customers, skewed, rows, events, rate, nodeMicros, databaseMicros, databaseMicrosPerRow }) {
  return `${customers} customers, ${skewed ? 'skewed' : 'uniform'}: ${round(rate / 1000)}k/s, ${round(events / rows)} events a row; an event ${round(nodeMicros)} + ${round(databaseMicros)} µs, a row ${round(databaseMicrosPerRow)} µs in PostgreSQL`;
}
