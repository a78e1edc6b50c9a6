// I13: each poisoned record is quarantined exactly once, with the cause that it deserves, and nothing else is.
import type { PoisonEntry } from '../load/journal.ts';
import { type Invariant, report } from './invariant.ts';

interface DeadLetterRow {
  readonly place: string;
  readonly topic: string;
  readonly code: string;
  readonly event_id: string | null;
  readonly message: string;
}

export const poisonQuarantined: Invariant = {
  id: 'I13',
  promise: 'poison is quarantined once, with its cause, and nothing else is',
  when: 'quiet',
  async check({ query, oracle }) {
    const rows = await query<DeadLetterRow>(
      `select topic || '/' || partition || '@' || record_offset as place, topic, code, event_id, message from dead_letters`,
    );
    return report('I13', [...findMissing(rows, oracle.poison), ...findStrange(rows, oracle.poison)]);
  },
};

const placeOf = ({ topic, partition, offset }: PoisonEntry) => `${topic}/${partition}@${offset}`;

function findMissing(rows: readonly DeadLetterRow[], poison: readonly PoisonEntry[]): string[] {
  const byPlace = new Map(rows.map((row) => [row.place, row]));
  const named = new Set(rows.map((row) => `${row.event_id} ${row.code}`));
  const repeated = rows.length - byPlace.size;
  const wrong = poison.flatMap((entry) => {
    if (!entry.acked) return [];
    const row = byPlace.get(placeOf(entry));
    // A try that was not acknowledged stood in the log all the same, and in the same batch: this one is its copy.
    if (row === undefined && entry.tries > 1 && named.has(`${entry.id} ${entry.code}`)) return [];
    if (row === undefined) return [`${entry.id} (${entry.code}) at ${placeOf(entry)} is no dead letter`];
    return row.code === entry.code ? [] : [`${entry.id} is a dead letter for ${row.code} instead of ${entry.code}`];
  });
  return repeated === 0 ? wrong : [...wrong, `${repeated} dead letters stand twice`];
}

/** A send that was not acknowledged may stand in the log all the same: as many as there were such tries. */
function findStrange(rows: readonly DeadLetterRow[], poison: readonly PoisonEntry[]): string[] {
  const places = new Set(poison.map(placeOf));
  const ids = new Set(poison.filter((entry) => entry.tries > 1).map((entry) => entry.id));
  const nameless = new Map<string, number>();
  for (const { topic, code, tries } of poison)
    nameless.set(`${topic} ${code}`, (nameless.get(`${topic} ${code}`) ?? 0) + tries - 1);
  return rows.flatMap((row) => {
    if (places.has(row.place)) return [];
    if (row.event_id !== null && ids.has(row.event_id)) return [];
    const left = nameless.get(`${row.topic} ${row.code}`) ?? 0;
    nameless.set(`${row.topic} ${row.code}`, left - 1);
    return left > 0 ? [] : [`${row.place} (${row.code}, ${row.event_id}: ${row.message.slice(0, 80)}) was no poison`];
  });
}
