// The door to everything that decides: one customer inside the caller's transaction, many in one of its own, and what
// officers and imports decide.
import type pg from 'pg';
import { inTransaction, type Queryable, retryDatabase } from '../db/index.ts';
import { assert } from '../lib/assert.ts';
import type { Clock } from '../lib/clock.ts';
import { EcsError } from '../lib/errors.ts';
import type { MakeId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import type { ModelSource } from '../model/index.ts';
import type { Policies } from '../policy/index.ts';
import type { DecisionTrigger, DecisionView } from './decision-view.ts';
import { deleteQueued } from './delete-queued.ts';
import { type FreezeOrder, freezeAccount, unfreezeAccount } from './freeze-account.ts';
import type { LoadRequest } from './load-decision-inputs.ts';
import type { NewDecision } from './new-decision.ts';
import { loadRunningImport } from './save-import-mark.ts';
import { type RoadOptions, saveNewDecisions } from './save-new-decisions.ts';
import { type OpeningLimit, saveOpeningDecisions } from './save-opening-decisions.ts';
import { type LimitOrder, setLimitByHand, unknownCustomer } from './set-limit-by-hand.ts';
import { toDecisionView } from './to-decision-view.ts';

export interface DeciderDeps {
  readonly pool: pg.Pool;
  /** Asked once for each transaction: all of its decisions are made by one model. */
  readonly models: ModelSource;
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
  /**
   * Many at once, each customer once, answered in the order asked: for an unknown customer ECS_NOT_FOUND as a value, and
   * nothing was changed for it. Throws ECS_IMPORT_RUNNING, as above.
   */
  decideCustomers(
    tx: pg.PoolClient,
    requests: readonly DecisionRequest[],
  ): Promise<readonly (DecisionView | EcsError)[]>;
  /** Own transaction, batch statements; for 500 to 2,000 customers a call. Gives back how many were decided. */
  decideMany(customers: readonly QueuedCustomer[]): Promise<number>;
  setLimitByHand(tx: pg.PoolClient, order: LimitOrder): Promise<DecisionView>;
  /** ECS_CONFLICT if it is frozen already. */
  freezeAccount(tx: pg.PoolClient, order: FreezeOrder): Promise<DecisionView>;
  /** ECS_CONFLICT if it is not frozen. */
  unfreezeAccount(tx: pg.PoolClient, order: FreezeOrder): Promise<DecisionView>;
  /** The limits an import brings along, as decisions; customers that have a limit already are left alone. */
  saveOpeningDecisions(tx: pg.PoolClient, rows: readonly OpeningLimit[], requestedBy: string): Promise<number>;
}

/** Who asked for a decision that nobody asked for. */
const BY_ITSELF = 'ecs';

export function createDecider(deps: DeciderDeps): Decider {
  const options = { ...deps, kafka: deps.kafkaDestination };
  async function decideCustomers(
    tx: Queryable,
    requests: readonly DecisionRequest[],
  ): Promise<(DecisionView | EcsError)[]> {
    const [model] = await Promise.all([deps.models.champion(tx), refuseDuringImport(tx)]);
    const road: RoadOptions = { ...options, model };
    const decisions = await saveNewDecisions(tx, requests.map(toLoadRequest), deps.clock(), road);
    const byCustomer = new Map(decisions.map((decision) => [decision.record.inputs.customerId, decision]));
    return requests.map(({ customerId }) => {
      const decision = byCustomer.get(customerId);
      return decision === undefined ? unknownCustomer(customerId) : viewOf(decision);
    });
  }
  return {
    async decideCustomer(tx, request) {
      const [decided] = await decideCustomers(tx, [request]);
      assert(decided !== undefined, 'each request has its outcome');
      if (decided instanceof EcsError) throw decided;
      return decided;
    },
    decideCustomers,
    decideMany: (customers) => decideMany(deps, options, customers),
    async setLimitByHand(tx, order) {
      await refuseDuringImport(tx);
      return viewOf(await setLimitByHand(tx, order, deps.clock(), options));
    },
    freezeAccount: async (tx, order) => viewOf(await freezeAccount(tx, order, deps.clock(), options)),
    unfreezeAccount: async (tx, order) => viewOf(await unfreezeAccount(tx, order, deps.clock(), options)),
    saveOpeningDecisions: (tx, rows, requestedBy) => saveOpeningDecisions(tx, rows, requestedBy, deps.clock(), options),
  };
}

function toLoadRequest(request: DecisionRequest): LoadRequest {
  const { customerId, trigger, requestedBy, requestedLimitMinor = null, dryRun = false } = request;
  return { customerId, trigger, requestedBy, requestedLimitMinor, dryRun };
}

async function refuseDuringImport(tx: Queryable): Promise<void> {
  const running = await loadRunningImport(tx);
  if (running === null) return;
  throw new EcsError('ECS_IMPORT_RUNNING', 'An import is running; nothing is decided until it is complete.', {
    facts: { importId: running.importId },
  });
}

async function decideMany(
  deps: DeciderDeps,
  options: Omit<RoadOptions, 'model'>,
  customers: readonly QueuedCustomer[],
): Promise<number> {
  if (customers.length === 0) return 0;
  const byId = new Map(customers.map((customer) => [customer.customerId, customer]));
  const requests = [...byId.values()].map(({ customerId, trigger }) =>
    toLoadRequest({ customerId, trigger, requestedBy: BY_ITSELF }),
  );
  const decided = await retryDatabase(() =>
    inTransaction(deps.pool, async (tx) => {
      await refuseDuringImport(tx);
      const road: RoadOptions = { ...options, model: await deps.models.champion(tx) };
      const decisions = await saveNewDecisions(tx, requests, deps.clock(), road);
      await deleteQueued(tx, customers);
      return decisions.length;
    }),
  );
  deps.log.debug({ asked: requests.length, decided }, 'customers decided');
  return decided;
}

function viewOf(decision: NewDecision): DecisionView {
  return toDecisionView({
    record: decision.record,
    emotionalRecord: decision.emotionalRecord,
    lastingCodes: decision.lastingReasons.map((reason) => reason.code),
    outcome: decision.settled.outcome,
    limitMinor: decision.settled.limitMinor ?? 0,
    scheduledLimitMinor: decision.settled.scheduled?.limitMinor ?? null,
  });
}
