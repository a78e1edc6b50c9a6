// The rows that are committed, and what a transaction sees of them: they, and what it wrote itself.
import type { View } from './statement-model.ts';
import { keyFrom, keyOf, TABLE_NAMES, type TableName } from './tables.ts';

/** By table and key; null for a row that was deleted. */
export type WrittenRows = Map<TableName, Map<string, object | null>>;

export type RowView = Pick<View, 'get' | 'rows' | 'put' | 'insert' | 'remove'>;

export interface RowStore {
  /** With null what is written is committed at once. */
  view(written: WrittenRows | null): RowView;
  get(table: TableName, key: string): object | undefined;
  commit(written: WrittenRows): void;
}

export function createRowStore(): RowStore {
  const tables = new Map<TableName, Map<string, object>>(TABLE_NAMES.map((name) => [name, new Map()]));
  const stored = (name: TableName) => tables.get(name) as Map<string, object>;

  function store(name: TableName, key: string, row: object | null): void {
    if (row === null) stored(name).delete(key);
    else stored(name).set(key, row);
  }

  function view(written: WrittenRows | null): RowView {
    const find = (name: TableName, key: string): object | undefined => {
      const own = written?.get(name)?.get(key);
      return own === undefined ? stored(name).get(key) : (own ?? undefined);
    };
    const write = (name: TableName, key: string, row: object | null): void => {
      if (written === null) store(name, key, row);
      else written.set(name, (written.get(name) ?? new Map()).set(key, row));
    };
    return {
      get: (name, ...key) => find(name, keyFrom(...key)) as never,
      rows(name) {
        const own = written?.get(name);
        if (own === undefined) return [...stored(name).values()] as never;
        return [...new Set([...stored(name).keys(), ...own.keys()])].flatMap((key) => find(name, key) ?? []) as never;
      },
      put: (name, row) => write(name, keyOf(name, row), row),
      insert(name, row) {
        const key = keyOf(name, row);
        if (find(name, key) !== undefined) throw uniqueViolation(name, key);
        write(name, key, row);
      },
      remove: (name, row) => write(name, keyOf(name, row), null),
    };
  }

  return {
    view,
    get: (name, key) => stored(name).get(key),
    commit(written) {
      for (const [name, rows] of written) for (const [key, row] of rows) store(name, key, row);
    },
  };
}

function uniqueViolation(table: string, key: string): Error {
  return Object.assign(new Error(`duplicate key value violates ${table}_pkey: ${key}`), { code: '23505' });
}
