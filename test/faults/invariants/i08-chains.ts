// I8: the chain of every customer's decisions verifies from its first link to the account's: no gap, no fork, no other hash.
// Worked out here once more from the stored bytes.
import { createHash } from 'node:crypto';
import { type Invariant, report } from './invariant.ts';

interface Link {
  readonly customer_id: string;
  readonly sequence: string;
  readonly record: string;
  readonly record_sha256: Buffer;
  readonly emotion_sha256: Buffer | null;
  readonly chain_link: Buffer;
  readonly head: Buffer | null;
  readonly is_last: boolean;
}

interface Place {
  readonly customerId: string;
  readonly sequence: number;
  readonly link: Buffer;
}

const PAGE = 5_000;

export const chainsVerify: Invariant = {
  id: 'I8',
  promise: 'every chain of decisions verifies',
  when: 'quiet',
  async check({ query }) {
    const broken: string[] = [];
    let place: Place = { customerId: '', sequence: 0, link: Buffer.alloc(0) };
    for (;;) {
      const rows = await query<Link>(
        `select d.customer_id, d.sequence, d.record, d.record_sha256, d.emotion_sha256, d.chain_link, a.chain_link as head,
           d.sequence = a.decision_sequence as is_last
         from decisions d join credit_accounts a using (customer_id)
         where (d.customer_id, d.sequence) > ($1, $2) order by d.customer_id, d.sequence limit ${PAGE}`,
        [place.customerId, place.sequence],
      );
      for (const row of rows) {
        const isNew = row.customer_id !== place.customerId;
        const before = isNew ? { sequence: 0, link: Buffer.alloc(0) } : place;
        const problem = judge(row, before);
        if (problem !== null) broken.push(`${row.customer_id}/${row.sequence}: ${problem}`);
        place = { customerId: row.customer_id, sequence: Number(row.sequence), link: row.chain_link };
      }
      if (rows.length < PAGE) return report('I8', broken);
    }
  },
};

function judge(row: Link, before: { readonly sequence: number; readonly link: Buffer }): string | null {
  if (Number(row.sequence) !== before.sequence + 1) return `follows ${before.sequence}`;
  if (!sha256(Buffer.from(row.record)).equals(row.record_sha256)) return 'the record is not the hashed one';
  const link = sha256(Buffer.concat([before.link, row.record_sha256, row.emotion_sha256 ?? Buffer.alloc(0)]));
  if (!link.equals(row.chain_link)) return 'the link does not follow from the one before it';
  return row.is_last && row.head?.equals(link) !== true ? "the account's link is another one" : null;
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
