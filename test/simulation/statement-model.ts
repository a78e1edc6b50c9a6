// What a modelled statement may see and do: rows as its transaction sees them, and the rows that it waits for.
import type { SqlStatement } from './sql-arguments.ts';
import { keyFrom, type TableName, type Tables } from './tables.ts';

/** Rows as one transaction sees them. */
export interface View {
  get<T extends TableName>(table: T, ...key: readonly unknown[]): Tables[T] | undefined;
  /** In the order of their keys' first insertion. */
  rows<T extends TableName>(table: T): Tables[T][];
  put<T extends TableName>(table: T, row: Tables[T]): void;
  /** Refuses a key that exists, as a unique index would. */
  insert<T extends TableName>(table: T, row: Tables[T]): void;
  remove<T extends TableName>(table: T, row: Tables[T]): void;
  /** Is this row locked by another transaction? For `skip locked`. */
  isLockedElsewhere<T extends TableName>(table: T, row: Tables[T]): boolean;
  lock<T extends TableName>(table: T, row: Tables[T]): void;
  readonly nowMs: number;
  nextId(): number;
  /** What this transaction decides on is read now. */
  noteReading(): void;
}

export interface StatementModel {
  /** Rows that the statement waits for; keys by `lockOf`. */
  readonly locks?: (view: View, statement: SqlStatement) => readonly string[];
  readonly run: (view: View, statement: SqlStatement) => readonly object[] | number;
}

/** By the statement's name, or by words of its text where it has none. */
export type StatementModels = readonly (readonly [words: string | RegExp, model: StatementModel])[];

export function lockOf(table: TableName, ...key: readonly unknown[]): string {
  return `${table} ${keyFrom(...key)}`;
}
