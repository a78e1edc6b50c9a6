// I2: a partition's stored offset never goes back and never passes over a record: by looks at the table, and by what the
// proxies saw committed, batch after batch.
import { type Invariant, report } from './invariant.ts';

export const offsetsMoveOn: Invariant = {
  id: 'I2',
  promise: 'stored offsets never go back and skip nothing',
  when: 'always',
  async check({ query, witness }) {
    const rows = await query<{ place: string; next_offset: string; owner_epoch: string }>(
      `select topic || '/' || partition as place, next_offset, owner_epoch from ingest_offsets`,
    );
    for (const row of rows) witness.takeSample(row.place, Number(row.next_offset), Number(row.owner_epoch));
    return report('I2', [...witness.backward, ...witness.skips]);
  },
};
