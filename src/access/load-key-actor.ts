// Who a key is, where two people are needed for one thing. A rotated key and its successors are one hand: the first key of
// their line names it.
import type { Queryable } from '../db/index.ts';

export interface KeyActor {
  /** `key:<id>` of the key that was used. */
  readonly name: string;
  /** `key:<id>` of the first key of its line. */
  readonly holder: string;
}

export async function loadKeyActor(db: Queryable, keyId: string): Promise<KeyActor> {
  // Two keys never have the same successor, so the line has no branches on the way back.
  const { rows } = await db.query<{ key_id: string }>(
    `with recursive line (key_id, place) as (
       select $1::text, 0
       union all
       select k.key_id, line.place + 1 from api_keys k join line on k.rotated_to = line.key_id
     )
     select key_id from line order by place desc limit 1`,
    [keyId],
  );
  return { name: `key:${keyId}`, holder: `key:${rows[0]?.key_id ?? keyId}` };
}
