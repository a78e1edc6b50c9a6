// The tables that the simulated database keeps, in the columns of the real ones, with their keys.
import type { Standing } from '../../src/ledger/index.ts';

export interface OffsetRow {
  readonly consumer_group: string;
  readonly topic: string;
  readonly partition: number;
  readonly next_offset: number;
  readonly owner_epoch: number;
  readonly fingerprints_from_ms: number;
  readonly misplaced: number;
}

export interface AccountRow {
  readonly customer_id: string;
  readonly limit_minor: number | null;
  readonly financial_limit_minor: number | null;
  readonly limit_changed_at: Date | null;
  readonly last_increase_at: Date | null;
  readonly last_decrease_at: Date | null;
  readonly decision_sequence: number;
  readonly event_sequence: number;
  readonly chain_link: Buffer | null;
  readonly frozen_at: Date | null;
}

export type StateRow = {
  readonly customer_id: string;
  readonly purpose: string;
  readonly consented_from: Date;
  readonly landmark_day: number;
  readonly readings: number;
  readonly last_event_at: Date | null;
  readonly decided_valence_3: number | null;
  readonly decided_stress_3: number | null;
  /** By column: `w_3`, `w2_3`, ... `distressed_30`. */
  readonly sums: Readonly<Record<string, number>>;
};

export interface DecisionRow {
  readonly customer_id: string;
  readonly decision_id: string;
  readonly sequence: number;
  readonly decided_at: Date;
  readonly trigger: string;
  readonly outcome: string;
  readonly previous_limit_minor: number | null;
  readonly limit_minor: number;
  readonly limit_without_emotion_minor: number;
  readonly probability_of_default: number | null;
  readonly record: string;
  readonly record_sha256: Buffer;
  readonly emotion_sha256: Buffer | null;
  readonly chain_link: Buffer;
}

export interface LimitRow {
  readonly customer_id: string;
  readonly decision_id: string;
  readonly limit_minor: number;
  readonly financial_limit_minor: number;
  readonly state: 'scheduled' | 'in_force' | 'superseded';
  readonly valid_from: Date;
  readonly valid_to: Date | null;
}

export interface DeliveryRow {
  readonly destination: string;
  readonly customer_id: string;
  readonly sequence: number;
  readonly state: 'pending' | 'delivered' | 'dead';
  readonly attempts: number;
  readonly nextAttemptMs: number;
  readonly claimed_by: string | null;
  readonly claimedUntilMs: number | null;
}

export interface Tables {
  readonly customers: {
    readonly customer_id: string;
    readonly currency: string;
    readonly jurisdiction: string | null;
    readonly declared_income_minor: number | null;
  };
  readonly credit_accounts: AccountRow;
  readonly ingest_offsets: OffsetRow;
  readonly event_fingerprints: {
    readonly topic: string;
    readonly partition: number;
    readonly hour_at: Date;
    readonly fingerprints_id: string;
    readonly fingerprints: Buffer;
  };
  readonly dead_letters: {
    readonly topic: string;
    readonly partition: number;
    readonly record_offset: number;
    readonly code: string;
  };
  readonly topic_outbox: {
    readonly topic_outbox_id: number;
    readonly topic: string;
    readonly message_key: string | null;
    readonly message_value: Buffer;
    readonly headers: Record<string, string>;
  };
  readonly emotional_states: StateRow;
  readonly consents: {
    readonly customer_id: string;
    readonly purpose: string;
    readonly granted: boolean;
    readonly changed_at: Date;
  };
  readonly consent_changes: Tables['consents'];
  readonly statements: {
    readonly customer_id: string;
    readonly closed_at: Date;
    readonly balance_minor: number;
    readonly minimum_due_minor: number;
    readonly paid_minor: number;
    readonly months_past_due: number;
    readonly standing: Standing;
    readonly limit_minor: number | null;
  };
  readonly decision_queue: {
    readonly customer_id: string;
    readonly version: number;
    readonly trigger: string;
    readonly attempts: number;
    readonly not_before: Date;
    /** Not in the real table: another number each time a decision is asked for. */
    readonly asked: number;
  };
  readonly decisions: DecisionRow;
  readonly decision_emotions: { readonly customer_id: string; readonly decision_id: string; readonly record: string };
  readonly credit_limits: LimitRow;
  readonly outbox_events: {
    readonly customer_id: string;
    readonly sequence: number;
    readonly event_id: string;
    readonly type: string;
    readonly data: Record<string, unknown>;
    readonly occurred_at: Date;
  };
  readonly deliveries: DeliveryRow;
}

export type TableName = keyof Tables;

const KEYS: { readonly [T in TableName]: (row: Tables[T]) => readonly unknown[] } = {
  customers: (row) => [row.customer_id],
  credit_accounts: (row) => [row.customer_id],
  ingest_offsets: (row) => [row.topic, row.partition],
  event_fingerprints: (row) => [row.topic, row.partition, row.hour_at.getTime(), row.fingerprints_id],
  dead_letters: (row) => [row.topic, row.partition, row.record_offset],
  topic_outbox: (row) => [row.topic_outbox_id],
  emotional_states: (row) => [row.customer_id, row.purpose],
  consents: (row) => [row.customer_id, row.purpose],
  consent_changes: (row) => [row.customer_id, row.purpose, row.granted, row.changed_at.getTime()],
  statements: (row) => [row.customer_id, row.closed_at.getTime()],
  decision_queue: (row) => [row.customer_id],
  decisions: (row) => [row.customer_id, row.decision_id],
  decision_emotions: (row) => [row.customer_id, row.decision_id],
  credit_limits: (row) => [row.customer_id, row.decision_id],
  outbox_events: (row) => [row.customer_id, row.sequence],
  deliveries: (row) => [row.destination, row.customer_id, row.sequence],
};

export const TABLE_NAMES = Object.keys(KEYS) as TableName[];

export function keyOf<T extends TableName>(table: T, row: Tables[T]): string {
  return keyFrom(...KEYS[table](row));
}

export function keyFrom(...parts: readonly unknown[]): string {
  return parts.join(' ');
}
