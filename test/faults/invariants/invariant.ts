// What a checker is handed and what it gives back. Each invariant is one file with its number; an empty list is its proof.
import type pg from 'pg';
import type { Oracle } from '../oracle/oracle.ts';
import type { TopicLedger } from '../oracle/topic-ledger.ts';
import type { Witness } from '../oracle/witness.ts';
import type { SinkEntry } from '../world/webhook-sink.ts';

export interface Evidence {
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  readonly oracle: Oracle;
  readonly witness: Witness;
  readonly ledger: TopicLedger;
  /** Webhooks received until this moment, by event id: asked for after the database, which tells of a delivery later. */
  takeReceived(): ReadonlyMap<string, readonly SinkEntry[]>;
  /** Refusals of the API by status. */
  readonly refused: Readonly<Record<string, number>>;
}

export interface Finding {
  readonly invariant: string;
  readonly message: string;
  /** Events that are missing, or counted more than once. */
  readonly lost?: number;
  readonly double?: number;
}

export interface Invariant {
  readonly id: string;
  readonly promise: string;
  /** `always`: true at every moment; `quiet`: once nothing is under way. */
  readonly when: 'always' | 'quiet';
  check(evidence: Evidence): Promise<Finding[]>;
}

const SHOWN = 5;

/** The first few of what was found, and how many there are. */
export function report(invariant: string, found: readonly string[]): Finding[] {
  if (found.length === 0) return [];
  const more = found.length > SHOWN ? ` (and ${found.length - SHOWN} more)` : '';
  return [{ invariant, message: `${found.slice(0, SHOWN).join('; ')}${more}` }];
}
