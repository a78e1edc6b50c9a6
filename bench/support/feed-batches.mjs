// Hands records to the production ingest function as the Kafka road does: the batches of a partition one after the other,
// several partitions under way at once.

/** Claims every partition of a topic; the result goes into `prepareBatches`. */
export async function claimTopic(ingest, topic, partitions) {
  const wanted = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const claims = await ingest.claimPartitions(wanted);
  return claims.map(({ partition, ownerEpoch, nextOffset }) => ({ topic, partition, ownerEpoch, nextOffset }));
}

/** The events of `source.next(...)` as batches of records that follow on where each place stands. */
export function prepareBatches(places, { values, nowMs }, size) {
  return places.map((place) => {
    const records = layInRow(values[place.partition]).map((value, i) => ({
      offset: place.nextOffset + i,
      value,
      headers: NO_HEADERS,
      acceptedAtMs: nowMs,
    }));
    const batches = [];
    for (let start = 0; start < records.length; start += size) batches.push(records.slice(start, start + size));
    return { place, batches };
  });
}

const NO_HEADERS = Object.freeze({});

/** The bytes of a partition's records one after the other, as a fetch from a broker brings them. */
function layInRow(values) {
  const bytes = Buffer.concat(values);
  let end = 0;
  return values.map(({ length }) => {
    end += length;
    return bytes.subarray(end - length, end);
  });
}

/** Feeds what was prepared, and moves the places on. Gives back the sums of the outcomes. */
export async function feedBatches(ingest, prepared, inFlight) {
  const waiting = [...prepared];
  const outcome = { records: 0, counted: 0, duplicates: 0, deadLetters: 0, batches: 0 };

  async function feedPlace({ place, batches }) {
    const { topic, partition, ownerEpoch } = place;
    for (const records of batches) {
      const nextOffset = place.nextOffset + records.length;
      const batch = { topic, partition, fetchedFrom: place.nextOffset, nextOffset, records };
      addOutcome(outcome, await ingest.ingestBatch(batch, ownerEpoch));
      place.nextOffset = nextOffset;
    }
  }

  async function work() {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await feedPlace(next);
  }

  await Promise.all(Array.from({ length: inFlight }, work));
  return outcome;
}

function addOutcome(sum, { records, counted, duplicates, deadLetters }) {
  sum.records += records;
  sum.counted += counted;
  sum.duplicates += duplicates;
  sum.deadLetters += Object.values(deadLetters).reduce((total, n) => total + n, 0);
  sum.batches += 1;
}
