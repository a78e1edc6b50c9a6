import { readFile } from 'node:fs/promises';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { dumpSchema } from './index.ts';

describe('dumpSchema', () => {
  it('gives the committed schema.sql for the migrated database', async () => {
    const database = await createTestDatabase();
    const committed = await readFile(new URL('../../schema.sql', import.meta.url), 'utf8');
    // If this is red, the migrations have changed: run `npm run db:dump` and review the difference.
    expect(await dumpSchema(database.pool)).toBe(committed);
    await database.drop();
  });

  describe('of a small schema', () => {
    let database: TestDatabase;
    beforeEach(async () => {
      database = await createTestDatabase({ empty: true });
    });
    afterEach(() => database.drop());

    it('shows every kind of thing it knows', async () => {
      await database.pool.query(`
        create sequence s_free start 5;
        create function f_one() returns integer language sql immutable as 'select 1';
        create function f_touch() returns trigger language plpgsql as 'begin return new; end';
        create table t_parent (id integer primary key);
        create table t_all (
          id bigint generated always as identity primary key,
          gone integer,
          code text collate "C" not null default 'it''s',
          day date default current_date check (day > '2020-01-01'),
          amount numeric(12, 2),
          twice integer generated always as (2 * 3) stored,
          parent_id integer not null references t_parent on delete cascade,
          unique (code, day)
        );
        alter table t_all drop column gone;
        alter table t_all set (fillfactor = 45);
        create index t_all_open on t_all (day desc) where amount is null;
        create unique index t_all_lower on t_all (lower(code));
        create trigger t_touch before update on t_all for each row execute function f_touch();
        comment on table t_all is 'everything, isn''t it';
        comment on column t_all.code is 'a code';
      `);
      expect(await dumpSchema(database.pool)).toBe(SMALL_SCHEMA);
    });

    it.each([
      ['create view v_one as select 1 as one', 'v_one'],
      [`create type mood as enum ('good')`, 'mood'],
      ['create domain short as text', 'short'],
      ['create table t_parts (a integer) partition by range (a)', 't_parts'],
    ])('refuses what it cannot describe: %s', async (sql, name) => {
      await database.pool.query(sql);
      await expect(dumpSchema(database.pool)).rejects.toThrow(name);
    });
  });
});

const SMALL_SCHEMA = `-- The schema after all migrations, for reading and for review. Written by \`npm run db:dump\`; do not edit.

create sequence s_free as bigint start 5 increment 1 minvalue 1 maxvalue 9223372036854775807 cache 1;

CREATE OR REPLACE FUNCTION public.f_one()
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE
AS $function$select 1$function$;

CREATE OR REPLACE FUNCTION public.f_touch()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$begin return new; end$function$;

create table t_all (
  id bigint not null generated always as identity,
  code text collate "C" not null default 'it''s'::text,
  day date default CURRENT_DATE,
  amount numeric(12,2),
  twice integer generated always as ((2 * 3)) stored,
  parent_id integer not null,
  constraint t_all_pkey PRIMARY KEY (id),
  constraint t_all_code_day_key UNIQUE (code, day),
  constraint t_all_day_check CHECK ((day > '2020-01-01'::date)),
  constraint t_all_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES t_parent(id) ON DELETE CASCADE
) with (fillfactor=45);
CREATE UNIQUE INDEX t_all_lower ON public.t_all USING btree (lower(code));
CREATE INDEX t_all_open ON public.t_all USING btree (day DESC) WHERE (amount IS NULL);
CREATE TRIGGER t_touch BEFORE UPDATE ON public.t_all FOR EACH ROW EXECUTE FUNCTION f_touch();
comment on table t_all is 'everything, isn''t it';
comment on column t_all.code is 'a code';

create table t_parent (
  id integer not null,
  constraint t_parent_pkey PRIMARY KEY (id)
);
`;
