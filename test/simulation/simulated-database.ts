// PostgreSQL as far as ECS relies on it: transactions that read what is committed and what they wrote themselves, row
// locks held to their end, unique keys, a commit that happens at once or not at all - and whose answer may be lost. It
// speaks the driver's language (pool, client, query), so that production code runs on it unchanged; what each statement
// means is modelled in statements/.
import type pg from 'pg';
import type { Scheduler, SimulatedProcess } from './scheduler.ts';
import type { SqlStatement } from './sql-arguments.ts';
import { lockOf, type View } from './statement-model.ts';
import { findStatementModel } from './statements/find-statement-model.ts';
import { keyFrom, keyOf, TABLE_NAMES, type TableName, type Tables } from './tables.ts';

type Rows = Map<string, object | null>;

interface Session {
  readonly process: SimulatedProcess;
  readonly written: Map<TableName, Rows>;
  readonly locks: Set<string>;
  readonly hooks: Array<() => void>;
  readAfter: number;
  /** A connection carries out its statements one after the other, however they are sent. */
  tail: Promise<unknown>;
  state: 'idle' | 'open' | 'failed' | 'lost';
}

export interface Commit {
  readonly process: SimulatedProcess;
  /** 1, 2, 3, ... */
  readonly number: number;
  /** The last commit before this transaction read what it decides on. */
  readonly readAfter: number;
  before<T extends TableName>(table: T, ...key: readonly unknown[]): Tables[T] | undefined;
  changed<T extends TableName>(table: T): readonly { readonly key: string; readonly row: Tables[T] | null }[];
}

export interface SimulatedDatabase {
  readonly committed: View;
  /** The driver's pool for one process. */
  poolFor(process: SimulatedProcess): pg.Pool;
  /** The next commit of this process gets no answer; whether it takes place is the seed's choice. */
  loseNextCommit(process: SimulatedProcess): void;
  /** Ends every session: what is not committed is gone. */
  endSessions(process: SimulatedProcess): void;
  holdsLocks(process: SimulatedProcess): boolean;
  /** Told of every commit, before anybody else can see it. */
  onCommit: (commit: Commit) => void;
  /** Runs with the commit of the transaction that this client is in, or never. */
  atCommit(client: unknown, hook: () => void): void;
}

export function createSimulatedDatabase(scheduler: Scheduler, clock: () => number): SimulatedDatabase {
  const tables = new Map<TableName, Map<string, object>>(TABLE_NAMES.map((name) => [name, new Map()]));
  const holders = new Map<string, Session>();
  const sessions = new Map<unknown, Session>();
  const losing = new Set<SimulatedProcess>();
  let ids = 0;
  let commits = 0;

  const stored = (name: TableName) => tables.get(name) as Map<string, object>;

  function viewOf(session: Session | null): View {
    const own = (name: TableName) => session?.written.get(name);
    const write = (name: TableName, key: string, row: object | null) => {
      if (session === null) {
        if (row === null) stored(name).delete(key);
        else stored(name).set(key, row);
        return;
      }
      const rows = own(name) ?? new Map();
      session.written.set(name, rows.set(key, row));
    };
    const find = (name: TableName, key: string) => {
      const written = own(name)?.get(key);
      return written === undefined ? stored(name).get(key) : (written ?? undefined);
    };
    return {
      get: (name, ...key) => find(name, keyFrom(...key)) as never,
      rows(name) {
        if (own(name) === undefined) return [...stored(name).values()] as never;
        const keys = new Set([...stored(name).keys(), ...(own(name)?.keys() ?? [])]);
        return [...keys].flatMap((key) => find(name, key) ?? []) as never;
      },
      put: (name, row) => write(name, keyOf(name, row), row),
      insert(name, row) {
        const key = keyOf(name, row);
        if (find(name, key) !== undefined) throw uniqueViolation(name, key);
        write(name, key, row);
      },
      remove: (name, row) => write(name, keyOf(name, row), null),
      isLockedElsewhere(name, row) {
        const holder = holders.get(lockOf(name, keyOf(name, row)));
        return holder !== undefined && holder !== session;
      },
      lock: (name, row) => {
        if (session !== null) take(session, [lockOf(name, keyOf(name, row))]);
      },
      get nowMs() {
        return clock();
      },
      nextId: () => ++ids,
      noteReading: () => {
        if (session !== null) session.readAfter = commits;
      },
    };
  }

  function isFree(session: Session, keys: readonly string[]): boolean {
    return keys.every((key) => (holders.get(key) ?? session) === session);
  }

  function take(session: Session, keys: readonly string[]): void {
    for (const key of keys) {
      holders.set(key, session);
      session.locks.add(key);
    }
  }

  function end(session: Session, state: Session['state']): void {
    for (const key of session.locks) holders.delete(key);
    session.locks.clear();
    session.written.clear();
    session.hooks.length = 0;
    session.state = state;
  }

  function commit(session: Session): void {
    commits++;
    database.onCommit({
      process: session.process,
      number: commits,
      readAfter: session.readAfter,
      before: (name, ...key) => stored(name).get(keyFrom(...key)) as never,
      changed: (name) => [...(session.written.get(name) ?? [])].map(([key, row]) => ({ key, row: row as never })),
    });
    for (const [name, rows] of session.written) {
      for (const [key, row] of rows) {
        if (row === null) stored(name).delete(key);
        else stored(name).set(key, row);
      }
    }
    for (const hook of session.hooks) hook();
    end(session, 'idle');
  }

  function open(process: SimulatedProcess): Session {
    return {
      process,
      written: new Map(),
      locks: new Set(),
      hooks: [],
      readAfter: 0,
      tail: Promise.resolve(),
      state: 'idle',
    };
  }

  /** One statement of a session that stays open, or of its own transaction. */
  async function run(session: Session, statement: SqlStatement, autocommit: boolean): Promise<unknown> {
    const model = findStatementModel(statement);
    const view = viewOf(session);
    const wanted = () => model.locks?.(view, statement) ?? [];
    const ready = () => session.state === 'lost' || isFree(session, wanted());
    return scheduler.step(
      session.process,
      `${statement.name || statement.text.trim().slice(0, 40).replace(/\s+/g, ' ')}${autocommit ? '' : ' (tx)'}`,
      () => {
        if (session.state === 'lost') throw connectionLost();
        if (session.state === 'failed') throw Object.assign(new Error('transaction is aborted'), { code: '25P02' });
        take(session, wanted());
        try {
          const result = model.run(view, statement);
          if (autocommit) commit(session);
          return typeof result === 'number'
            ? { rows: [], rowCount: result }
            : { rows: result, rowCount: result.length };
        } catch (error) {
          if (autocommit) end(session, 'idle');
          else session.state = 'failed';
          throw error;
        }
      },
      ready,
    );
  }

  function runCommit(session: Session): { command: string } {
    if (session.state === 'lost') throw connectionLost();
    if (session.state === 'failed') {
      end(session, 'idle');
      return { command: 'ROLLBACK' };
    }
    const loses = losing.delete(session.process);
    const happens = !loses || scheduler.random() < 0.5;
    if (happens) commit(session);
    if (!loses) return { command: 'COMMIT' };
    scheduler.note(`${session.process.name}: COMMIT without an answer, ${happens ? 'done' : 'not done'}`);
    end(session, 'lost');
    throw connectionLost();
  }

  function runRollback(session: Session): void {
    if (session.state === 'lost') throw connectionLost();
    end(session, 'idle');
  }

  function connect(process: SimulatedProcess): pg.PoolClient {
    const session = open(process);
    const send = (text: string, statement: SqlStatement): Promise<unknown> => {
      if (text.startsWith('begin')) {
        session.state = 'open';
        return Promise.resolve({ command: 'BEGIN' });
      }
      if (text === 'commit') return scheduler.step(process, 'COMMIT', () => runCommit(session));
      if (text === 'rollback') return scheduler.step(process, 'ROLLBACK', () => runRollback(session));
      return run(session, statement, false);
    };
    const client = {
      query(first: string | SqlStatement, values: readonly unknown[] = []) {
        const statement = toStatement(first, values);
        const sent = session.tail.then(() => send(statement.text, statement));
        session.tail = sent.catch(() => {});
        return sent;
      },
      release() {
        sessions.delete(client);
        if (session.state !== 'idle') end(session, 'lost');
      },
    };
    sessions.set(client, session);
    return client as unknown as pg.PoolClient;
  }

  const database: SimulatedDatabase = {
    committed: viewOf(null),
    poolFor(process) {
      const pool = {
        connect: () => scheduler.step(process, 'connect', () => connect(process)),
        query: (first: string | SqlStatement, values?: readonly unknown[]) =>
          run(open(process), toStatement(first, values), true),
      };
      return pool as unknown as pg.Pool;
    },
    loseNextCommit: (process) => losing.add(process),
    endSessions(process) {
      losing.delete(process);
      for (const session of sessions.values()) if (session.process === process) end(session, 'lost');
    },
    holdsLocks: (process) => [...sessions.values()].some((one) => one.process === process && one.locks.size > 0),
    onCommit: () => {},
    atCommit(client, hook) {
      sessions.get(client)?.hooks.push(hook);
    },
  };
  return database;
}

function toStatement(first: string | SqlStatement, values: readonly unknown[] = []): SqlStatement {
  return typeof first === 'string'
    ? { name: '', text: first, values }
    : { ...first, name: first.name ?? '', values: first.values ?? [] };
}

function connectionLost(): Error {
  return new Error('Connection terminated unexpectedly');
}

function uniqueViolation(table: string, key: string): Error {
  return Object.assign(new Error(`duplicate key in ${table}: ${key}`), { code: '23505', severity: 'ERROR' });
}
