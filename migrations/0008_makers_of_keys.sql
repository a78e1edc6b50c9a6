-- Who made a key: whoever makes one over the API sees its secret, so that it counts as the same hand where two people are
-- needed. Null: made at the database itself (the command line, the first key), also every key from before this column.
alter table api_keys add column made_by text references api_keys;
