// The face of the decision room: decide purely, write once, read back, replay.
import type pg from 'pg';
import type { Queryable } from '../db/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { MakeId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import type { LoadedScorecard } from '../model/index.ts';
import type { Policies } from '../policy/index.ts';
import type { DecisionOutcome, DecisionTrigger, DecisionView, LimitView } from './decision-view.ts';

export {
  DECISION_OUTCOMES,
  DECISION_TRIGGERS,
  type DecisionOutcome,
  type DecisionTrigger,
  type DecisionView,
  type LimitView,
  type ReasonView,
} from './decision-view.ts';

export interface DeciderDeps {
  readonly pool: pg.Pool;
  readonly model: LoadedScorecard;
  readonly policies: Policies;
  readonly clock: Clock;
  readonly makeId: MakeId;
  /** 32 random bytes in hex: keeps the hash of an erased emotional half from being guessed. */
  readonly makeNonce: () => string;
  /** Do outgoing events go to Kafka too? */
  readonly kafkaDestination: boolean;
  readonly log: Log;
}

export interface DecisionRequest {
  readonly customerId: string;
  readonly trigger: DecisionTrigger;
  readonly requestedBy: string;
  readonly requestedLimitMinor?: number | undefined;
  /** The same path without the write; the view's id is never stored. */
  readonly dryRun?: boolean | undefined;
}

export interface QueuedCustomer {
  readonly customerId: string;
  readonly trigger: DecisionTrigger;
  /** Of the queue row that asked; only that version is taken off the queue. */
  readonly version?: number | undefined;
}

export interface Decider {
  /** ECS_NOT_FOUND for an unknown customer, ECS_IMPORT_RUNNING while an import runs. */
  decideCustomer(tx: pg.PoolClient, request: DecisionRequest): Promise<DecisionView>;
  /** Own transaction, batch statements; for 500 to 2,000 customers a call. Gives back how many were decided. */
  decideMany(customers: readonly QueuedCustomer[]): Promise<number>;
  setLimitByHand(
    tx: pg.PoolClient,
    order: {
      readonly customerId: string;
      readonly limitMinor: number;
      readonly reason: string;
      readonly requestedBy: string;
    },
  ): Promise<DecisionView>;
  /** ECS_CONFLICT if it is frozen already. */
  freezeAccount(tx: pg.PoolClient, order: FreezeOrder): Promise<DecisionView>;
  /** ECS_CONFLICT if it is not frozen. */
  unfreezeAccount(tx: pg.PoolClient, order: FreezeOrder): Promise<DecisionView>;
  /** The limits an import brings along, as decisions; customers that have a limit already are left alone. */
  saveOpeningDecisions(
    tx: pg.PoolClient,
    rows: readonly { readonly customerId: string; readonly limitMinor: number }[],
    requestedBy: string,
  ): Promise<number>;
}

export interface FreezeOrder {
  readonly customerId: string;
  readonly reason: string;
  readonly requestedBy: string;
}

export declare function createDecider(deps: DeciderDeps): Decider;

export interface DecisionWorker {
  start(): void;
  stop(): Promise<void>;
  /** Decides until nothing is due; gives back how many customers were decided. */
  drain(): Promise<number>;
}

export declare function createDecisionWorker(options: {
  readonly pool: pg.Pool;
  readonly decider: Decider;
  readonly clock: Clock;
  readonly log: Log;
  /** Customers a transaction; 1,000 where absent. */
  readonly batchSize?: number;
  readonly pollMs?: number;
}): DecisionWorker;

/** Idempotent: model and policies into their tables, and the alias `champion` onto the model. */
export declare function registerVersions(
  pool: pg.Pool,
  model: LoadedScorecard,
  policies: Policies,
  nowMs: number,
): Promise<void>;

/** `customerId` null: any customer's. Null when there is no such decision (of that customer). */
export declare function getDecision(
  db: Queryable,
  customerId: string | null,
  decisionId: string,
): Promise<DecisionView | null>;

export interface DecisionQuery {
  readonly customerId?: string | undefined;
  readonly outcome?: DecisionOutcome | undefined;
  /** A reason code, told or not. */
  readonly reason?: string | undefined;
  /** Half-open interval of `decidedAt`, milliseconds. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Newest first. ECS_REQUEST_INVALID for a cursor that is not one of ours. */
export declare function listDecisions(
  db: Queryable,
  query: DecisionQuery,
): Promise<{ readonly items: readonly DecisionView[]; readonly nextCursor: string | null }>;

/** Newest first. */
export declare function listLimits(db: Queryable, customerId: string): Promise<readonly LimitView[]>;

export interface ReplayResult {
  readonly decisionId: string;
  readonly customerId: string;
  /** Every half that is stored was recomputed to the same bytes, and hashes and row agree with it. */
  readonly same: boolean;
  /** `financial`: no emotional half is stored; see `erased`. */
  readonly halves: 'both' | 'financial';
  /** An emotional half was used and has been erased since. */
  readonly erased: boolean;
  readonly differences: readonly string[];
}

/** ECS_NOT_FOUND; ECS_VERSION_UNKNOWN where model or policy of the decision is not registered here. */
export declare function replayDecision(db: Queryable, decisionId: string): Promise<ReplayResult>;

export interface QueueStatus {
  readonly waiting: number;
  readonly due: number;
  /** Rows that failed at least once. */
  readonly failing: number;
  readonly oldestQueuedAt: string | null;
  readonly lastError: string | null;
  readonly importRunning: boolean;
}

export declare function getQueueStatus(db: Queryable, nowMs: number): Promise<QueueStatus>;
