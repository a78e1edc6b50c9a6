// What ingest hands to the rooms that fold events, and what they may hand back about one of them.

/** A valid, first-seen event with where it stood. */
export interface AcceptedEvent<Event> {
  readonly event: Event;
  readonly offset: number;
  /** Event time. */
  readonly timeMs: number;
  /** The broker's record time, or our receipt: lateness is measured from here. */
  readonly acceptedAtMs: number;
}

/** Why one event of a batch was not counted although its shape was right; it becomes a dead letter. */
export interface Rejection {
  readonly offset: number;
  readonly code: DeadLetterCode;
  /** JSON path of the field, for example `data.currency`; empty for the event as a whole. */
  readonly field: string;
  readonly message: string;
}

/** Codes of dead letters; never reused. */
export const DEAD_LETTER_CODES = [
  'not_json',
  'schema',
  'too_large',
  'wrong_topic',
  'time_in_future',
  'too_late',
  'wrong_currency',
  'unknown_customer',
  'currency_missing',
  'content_differs',
  'unknown_label',
  'decompression_failed',
] as const;
export type DeadLetterCode = (typeof DEAD_LETTER_CODES)[number];

/** What a room made of a batch; `counted[i]` says whether `events[i]` entered the state (its fingerprint is kept). */
export interface FoldResult {
  readonly counted: readonly boolean[];
  readonly rejections: readonly Rejection[];
  /** Events left out without being wrong, by cause, for the metrics: `no_consent`, `before_consent`, `duplicate`, ... */
  readonly dropped: Readonly<Record<string, number>>;
}
