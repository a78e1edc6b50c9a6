// Features as the newest decisions saw them, one decision a customer: of everybody where the portfolio is small, of a
// sample of customers where it is large. The same customers are drawn each time while the table stands still.
import type { Queryable } from '../db/index.ts';
import type { StoredFeatures } from './drift-report.ts';
import { loadSampleShare } from './load-sample-share.ts';

export interface RecentWindow {
  readonly fromMs: number;
  readonly toMs: number;
  /** About so many customers are looked at; never more than twice as many. */
  readonly customersWanted: number;
}

export async function loadRecentFeatures(db: Queryable, window: RecentWindow): Promise<StoredFeatures[]> {
  const { percent, thinTo } = await loadSampleShare(db, 'customers', window.customersWanted);
  const { rows } = await db.query<{ features: StoredFeatures }>(
    `select d.record #> '{inputs,features}' as features
     from (
       select customer_id
       from customers tablesample system ($1::float4) repeatable (1)
       where (hashtextextended(customer_id, 1) & 1048575) * 1000000 < $2::int8 * 1048576
       limit $3
     ) c
     join lateral (
       select decided_at, record::jsonb as record
       from decisions
       where customer_id = c.customer_id and model_version is not null
       order by sequence desc
       limit 1
     ) d on d.decided_at >= $4 and d.decided_at < $5 and (d.record #>> '{result,judged}')::boolean`,
    [percent, thinTo, 2 * window.customersWanted, new Date(window.fromMs), new Date(window.toMs)],
  );
  return rows.map((row) => row.features);
}
