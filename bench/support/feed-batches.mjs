// Hands records to the production ingest function as the Kafka road does: the batches of a partition one after the other,
// several partitions under way at once.

/** Claims every partition of a topic; the result goes into `feedRecords`. */
export async function claimTopic(ingest, topic, partitions) {
  const wanted = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const claims = await ingest.claimPartitions(wanted);
  return claims.map(({ partition, ownerEpoch, nextOffset }) => ({ topic, partition, ownerEpoch, nextOffset }));
}

/** `places` are moved on; `records[i]` follow on where `places[i]` stands. Gives back the sums of the outcomes. */
export async function feedRecords(ingest, places, records, { batch, inFlight }) {
  const waiting = places.filter((place) => records[place.partition].length > 0);
  const outcome = { records: 0, counted: 0, duplicates: 0, deadLetters: 0, batches: 0 };

  async function feedPlace(place) {
    const own = records[place.partition];
    for (let start = 0; start < own.length; start += batch) {
      const slice = own.slice(start, start + batch);
      const { topic, partition, nextOffset: fetchedFrom } = place;
      const nextOffset = slice.at(-1).offset + 1;
      const counted = await ingest.ingestBatch(
        { topic, partition, fetchedFrom, nextOffset, records: slice },
        place.ownerEpoch,
      );
      place.nextOffset = nextOffset;
      addOutcome(outcome, counted);
    }
  }

  async function work() {
    for (let place = waiting.shift(); place !== undefined; place = waiting.shift()) await feedPlace(place);
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
