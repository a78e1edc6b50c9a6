-- What a transaction costs on its way in, once more: the index of open transactions was a quarter of it, though a month is
-- closed only once; and its content is compared by itself, so that no hash of it is made and kept.

-- Where the next close begins to look: no transaction that is not posted yet is older than this or than the open period,
-- whichever is earlier. Null: none is older than the open period.
alter table credit_accounts add column unposted_from_at timestamptz;
update credit_accounts a set unposted_from_at = late.occurred_at
from (
  select customer_id, min(occurred_at) as occurred_at
  from transactions where statement_closed_at is null
  group by customer_id
) late
where late.customer_id = a.customer_id and late.occurred_at < a.open_period_at;
drop index transactions_open;

alter table transactions drop column content_hash;

-- The id before the source, which is nearly always the same one: a comparison of two keys ends one text earlier.
alter table transactions drop constraint transactions_pkey;
alter table transactions add primary key (customer_id, transaction_id, source);
