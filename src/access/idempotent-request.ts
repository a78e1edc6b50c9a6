// What a request is under its Idempotency-Key, and what is kept of its answer.

export interface IdempotentRequest {
  /** Who asks; keys of different owners never meet. */
  readonly owner: string;
  readonly route: string;
  readonly key: string;
  /** SHA-256 over everything that makes the request what it is. */
  readonly requestSha256: Buffer;
}

export interface StoredAnswer {
  readonly status: number;
  /** The body's bytes as text, replayed as they were; null for an answer without body. */
  readonly body: string | null;
  /** Kept instead of the body, by those who can make the body anew from it. */
  readonly kept?: string;
}

export interface IdempotentAnswer extends StoredAnswer {
  readonly replayed: boolean;
}
