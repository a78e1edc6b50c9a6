-- What a transaction costs on its way in: one foreign-key check a row and wide index entries were more than half of it.

-- Each row was checked, and its customer's row locked, one by one. The batch that inserts them locks its customers' rows
-- itself, once each (save-new-customers), and a customer with an account, which every such batch makes sure of, cannot be
-- deleted: credit_accounts still refers to it.
alter table transactions drop constraint transactions_customer_id_fkey;

-- The page of a customer's transactions sorts those of one instant itself; they need not stand in the index.
create index transactions_by_time on transactions (customer_id, occurred_at);
drop index transactions_newest;
