// PostgreSQL as far as ECS relies on it: transactions that read what is committed and what they wrote themselves, row
// locks held to their end, unique keys, a commit that happens at once or not at all - and whose answer may be lost. It
// speaks the driver's language (pool, client, query), so that production code runs on it unchanged; what each statement
// means is modelled in statements/.
import type pg from 'pg';
import { createRowStore } from './row-store.ts';
import type { Scheduler, SimulatedProcess } from './scheduler.ts';
import { createRowLocks, openSession, type Session } from './simulated-session.ts';
import type { SqlStatement } from './sql-arguments.ts';
import { lockOf, type View } from './statement-model.ts';
import { findStatementModel } from './statements/find-statement-model.ts';
import { keyFrom, keyOf, type TableName, type Tables } from './tables.ts';

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
  const engine = createEngine(scheduler, clock);
  const sessions = new Map<unknown, Session>();

  function connect(process: SimulatedProcess): pg.PoolClient {
    const session = openSession(process);
    const client = {
      query(first: string | SqlStatement, values: readonly unknown[] = []) {
        const sent = session.tail.then(() => engine.send(session, toStatement(first, values)));
        session.tail = sent.catch(() => {});
        return sent;
      },
      release() {
        sessions.delete(client);
        if (session.state !== 'idle') engine.end(session, 'lost');
      },
    };
    sessions.set(client, session);
    return client as unknown as pg.PoolClient;
  }

  return {
    committed: engine.viewOf(null),
    poolFor(process) {
      const pool = {
        connect: () => scheduler.step(process, 'connect', () => connect(process)),
        query: (first: string | SqlStatement, values: readonly unknown[] = []) =>
          engine.run(openSession(process), toStatement(first, values), true),
      };
      return pool as unknown as pg.Pool;
    },
    loseNextCommit: (process) => engine.losing.add(process),
    endSessions(process) {
      engine.losing.delete(process);
      for (const session of sessions.values()) if (session.process === process) engine.end(session, 'lost');
    },
    holdsLocks: engine.locks.holdsAny,
    get onCommit() {
      return engine.listener.onCommit;
    },
    set onCommit(listener) {
      engine.listener.onCommit = listener;
    },
    atCommit(client, hook) {
      sessions.get(client)?.hooks.push(hook);
    },
  };
}

function createEngine(scheduler: Scheduler, clock: () => number) {
  const store = createRowStore();
  const locks = createRowLocks();
  const losing = new Set<SimulatedProcess>();
  const listener = { onCommit: (_commit: Commit): void => {} };
  let ids = 0;
  let commits = 0;

  function viewOf(session: Session | null): View {
    return {
      ...store.view(session?.written ?? null),
      isLockedElsewhere: (name, row) => locks.isHeldByOther(session, lockOf(name, keyOf(name, row))),
      lock(name, row) {
        if (session !== null) locks.take(session, [lockOf(name, keyOf(name, row))]);
      },
      get nowMs() {
        return clock();
      },
      nextId: () => ++ids,
      noteReading() {
        if (session !== null) session.readAfter = commits;
      },
    };
  }

  function end(session: Session, state: Session['state']): void {
    locks.release(session);
    session.written.clear();
    session.hooks.length = 0;
    session.state = state;
  }

  function commit(session: Session): void {
    commits++;
    listener.onCommit({
      process: session.process,
      number: commits,
      readAfter: session.readAfter,
      before: (name, ...key) => store.get(name, keyFrom(...key)) as never,
      changed: (name) => [...(session.written.get(name) ?? [])].map(([key, row]) => ({ key, row: row as never })),
    });
    store.commit(session.written);
    for (const hook of session.hooks) hook();
    end(session, 'idle');
  }

  /** One statement of a session that stays open, or of its own transaction; it waits for the rows that it locks. */
  async function run(session: Session, statement: SqlStatement, autocommit: boolean): Promise<unknown> {
    const model = findStatementModel(statement);
    const view = viewOf(session);
    const wanted = () => model.locks?.(view, statement) ?? [];
    const carryOut = () => {
      requireUsable(session);
      locks.take(session, wanted());
      try {
        const result = model.run(view, statement);
        if (autocommit) commit(session);
        return typeof result === 'number' ? { rows: [], rowCount: result } : { rows: result, rowCount: result.length };
      } catch (error) {
        if (autocommit) end(session, 'idle');
        else session.state = 'failed';
        throw error;
      }
    };
    const label = `${labelOf(statement)}${autocommit ? '' : ' (tx)'}`;
    const isReady = () => session.state === 'lost' || locks.isFree(session, wanted());
    return scheduler.step(session.process, label, carryOut, isReady);
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

  function send(session: Session, statement: SqlStatement): Promise<unknown> {
    const { process } = session;
    if (statement.text.startsWith('begin')) {
      session.state = 'open';
      return Promise.resolve({ command: 'BEGIN' });
    }
    if (statement.text === 'commit') return scheduler.step(process, 'COMMIT', () => runCommit(session));
    if (statement.text === 'rollback') return scheduler.step(process, 'ROLLBACK', () => runRollback(session));
    return run(session, statement, false);
  }

  return { viewOf, end, run, send, locks, losing, listener };
}

function requireUsable({ state }: Session): void {
  if (state === 'lost') throw connectionLost();
  if (state === 'failed') throw Object.assign(new Error('current transaction is aborted'), { code: '25P02' });
}

function toStatement(first: string | SqlStatement, values: readonly unknown[]): SqlStatement {
  if (typeof first === 'string') return { name: '', text: first, values };
  return { ...first, name: first.name ?? '', values: first.values ?? [] };
}

function labelOf({ name, text }: SqlStatement): string {
  return name || text.trim().slice(0, 40).replace(/\s+/g, ' ');
}

function connectionLost(): Error {
  return new Error('Connection terminated unexpectedly');
}
