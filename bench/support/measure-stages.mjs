// Where the time of an event goes inside the ingest process: the product's own functions, each alone, over the batches of a
// round. Processor time, so that others on the machine disturb it less.

import { prepareBatches } from './feed-batches.mjs';

const HORIZON_MS = 7 * 86_400_000;
const TRIGGERS = { valenceChange: 0.3, stressChange: 0.3 };
/** A database that takes everything and says nothing: what is left of saving is the writing of its parameters. */
const NO_DATABASE = { query: async () => ({ rows: [] }) };
const REPEATS = 3;

/** Microseconds an event of reading and checking, of finding copies, of folding, of encoding; the best of a few repeats. */
export async function measureStages(product, source, { topic, partitions, events, batch }) {
  const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition, nextOffset: 0 }));
  const prepared = prepareBatches(places, source.next(events), batch);
  const batches = prepared.flatMap(({ place, batches: own }) =>
    own.map((records) => ({ records, partition: place.partition })),
  );
  const rules = { topic, partitions, horizonMs: HORIZON_MS, nowMs: Date.now(), fingerprintsFromHour: -Infinity };
  const fingerprint = product.createFingerprinter(1);
  const nothing = product.createFingerprintSet();
  const sums = { parse: [], copies: [], read: [], fold: [], encode: [] };
  for (let i = 0; i < REPEATS; i++) {
    const spent = { parse: 0, copies: 0, read: 0, fold: 0, encode: 0 };
    const timed = async (stage, work) => {
      const before = process.cpuUsage();
      const result = await work();
      const { user, system } = process.cpuUsage(before);
      spent[stage] += user + system;
      return result;
    };
    for (const { records, partition } of batches) {
      const sifted = await timed('parse', () => product.siftRecords(records, { ...rules, partition }));
      const copies = await timed('copies', () => product.dropDuplicates(sifted.events, fingerprint, () => nothing));
      const readings = await timed('read', () =>
        copies.events.map(({ event, timeMs }) => product.readEmotion(event.data, timeMs)),
      );
      const subjects = copies.events.map(({ event }) => event.subject);
      const folds = await timed('fold', () => [...product.foldReadings(subjects, readings).values()]);
      await timed('encode', () => product.saveEmotionalStates(NO_DATABASE, 'emotions', folds, TRIGGERS));
    }
    for (const [stage, micros] of Object.entries(spent)) sums[stage].push(micros / events);
  }
  return Object.fromEntries(Object.entries(sums).map(([stage, micros]) => [stage, Math.min(...micros)]));
}
