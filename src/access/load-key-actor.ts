// Who a key is, where two people are needed for one thing. Whoever makes or rotates a key sees the new secret, so all of
// these are one hand: a key, its successors, and the keys made with any of them. The key they began with names the hand.
import type { Queryable } from '../db/index.ts';

export interface KeyActor {
  /** `key:<id>` of the key that was used. */
  readonly name: string;
  /** `key:<id>` of the key that its hand began with, itself made at the database. */
  readonly holder: string;
}

export async function loadKeyActor(db: Queryable, keyId: string): Promise<KeyActor> {
  // Back to the key it replaced, else to its maker. Two keys never have the same successor: the way back has no branches.
  const { rows } = await db.query<{ key_id: string }>(
    `with recursive line (key_id, place) as (
       select $1::text, 0
       union all
       select coalesce(replaced.key_id, k.made_by), line.place + 1
       from line
       join api_keys k on k.key_id = line.key_id
       left join api_keys replaced on replaced.rotated_to = k.key_id
       where replaced.key_id is not null or k.made_by is not null
     )
     select key_id from line order by place desc limit 1`,
    [keyId],
  );
  return { name: `key:${keyId}`, holder: `key:${rows[0]?.key_id ?? keyId}` };
}
