// How large the ingest process can become, calculated, beside what it became in the growth bench. Pure.

const MB = 2 ** 20;
const FINGERPRINTS_MB = 256;
const PARTITIONS = 12;
/** As the reader of Kafka counts them; the page's test holds the two together. */
const PARTITIONS_AT_ONCE = 5;
/** The growth bench spreads its events over the two hours before they are sent. */
const HOURS = 2;
/** Of a million customers with weights of 1 / r the first one sends every fourteenth event, all into one partition. */
const BUSIEST_SHARE = 1 / 14 + (1 - 1 / 14) / PARTITIONS;
const EVENTS = 1e7;
const PLACE_BYTES = 8;

export function renderMemory({ growth }) {
  const title = '## Memory of the ingest process';
  if (growth === undefined) return `${title}\n\nNot calculated: growth is not recorded.`;
  const hour = Math.round((EVENTS * BUSIEST_SHARE) / HOURS);
  const setMb = (PLACE_BYTES * 2 ** Math.ceil(Math.log2(hour * 2))) / MB;
  const growing = PARTITIONS_AT_ONCE * setMb * 1.5;
  const bound = growth.residentMbFirst + FINGERPRINTS_MB + growing;
  return `${title}

Nothing in the process grows with the customers: their states are in PostgreSQL, and a batch holds those of at most 5,000. What grows with
the events is the memory of recent fingerprints, and that is cut to ${FINGERPRINTS_MB} MB after each batch: the hours used longest ago are forgotten, and
loaded again from the database when a late event asks for them.

| part | MB |
| --- | ---: |
| process warm, a few batches and the fetched bytes at hand, hardly a fingerprint (measured after 100,000 events) | ${growth.residentMbFirst} |
| fingerprints kept | ${FINGERPRINTS_MB} |
| ${PARTITIONS_AT_ONCE} sets that double at this moment, old and new at once (the busiest partition has ${hour.toLocaleString('en-US')} fingerprints of an hour: ${setMb} MB, doubled from half of it) | ${growing} |
| **calculated** | **${bound}** |
| **largest seen**, a million customers and ten million events | **${growth.residentMb}** |

Fetched bytes are bounded by the broker's answer (1 MB a partition, 10 MB in all, the library's own limit) and by a slice's 8 MB; both are part
of the first line. A partition with a far busier hour needs more in the third: 16 to 32 bytes a fingerprint, and half of that again while its
set doubles. What was forgotten is garbage until V8 collects it, so this is a figure to plan with and not a guarantee: give a process 1 GB.`;
}
