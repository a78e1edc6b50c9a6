// One round at one destination: claim what is due, send it, save what came of it.
import type pg from 'pg';
import { inTransaction, retryDatabase } from '../db/index.ts';
import type { MakeId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import { claimDeliveries } from './claim-deliveries.ts';
import { deliverToWebhook, type SendLimits } from './deliver-to-webhook.ts';
import { type Delivery, type DeliveryOutcome, kindOf, webhookIdOf } from './delivery.ts';
import type { Gate } from './gate.ts';
import type { KafkaPublisher } from './kafka-publisher.ts';
import { killPendingDeliveries } from './kill-deliveries.ts';
import { loadWebhookTarget } from './load-webhooks.ts';
import type { NotifyMetrics } from './notify-metrics.ts';
import { planResults } from './plan-results.ts';
import type { RetryPolicy } from './retry-policy.ts';
import { type DeliveryResult, parkLines, saveDeliveryResults } from './save-delivery-results.ts';
import { disableWebhook } from './save-webhook.ts';
import type { WebhookSender } from './webhook-sender.ts';

export interface Publishers {
  readonly kafka?: KafkaPublisher | undefined;
  readonly webhook?: WebhookSender | undefined;
}

export interface RoundDeps {
  readonly pool: pg.Pool;
  readonly publishers: Publishers;
  /** Around every use of the database. */
  readonly gate: Gate;
  readonly random: () => number;
  readonly makeId: MakeId;
  readonly log: Log;
  readonly metrics: NotifyMetrics | undefined;
  readonly policy: RetryPolicy;
  readonly leaseMs: number;
  readonly isStopping: () => boolean;
  /** Ends the sends under way. */
  readonly signal: AbortSignal;
}

export interface Round {
  readonly claimed: number;
  readonly delivered: number;
  readonly failed: number;
  readonly overloaded: number;
  readonly retryAfterMs: number | undefined;
}

const NOTHING: Round = { claimed: 0, delivered: 0, failed: 0, overloaded: 0, retryAfterMs: undefined };
// Measured on the process's own steady clock; never compared with the database's.
// Between the last send that may start and the end of the claim lies its timeout, and this for saving.
const SAVE_MARGIN_MS = 1_000;

export async function deliverRound(deps: RoundDeps, destination: string, limit: number): Promise<Round> {
  const claimId = deps.makeId();
  const lateMs = performance.now() + deps.leaseMs - SAVE_MARGIN_MS;
  const deliveries = await deps.gate(() =>
    retryDatabase(() => claimDeliveries(deps.pool, { destination, claimId, limit, leaseMs: deps.leaseMs })),
  );
  if (deliveries.length === 0) return NOTHING;
  const limits: SendLimits = {
    mayStart: (timeoutMs) => !deps.isStopping() && performance.now() + timeoutMs <= lateMs,
    signal: deps.signal,
  };
  const outcomes = await send(deps, destination, deliveries, limits);
  if (outcomes === null) {
    await closeWebhook(deps, destination, 'the webhook is not enabled');
    return { ...NOTHING, claimed: deliveries.length };
  }
  await saveRound(deps, destination, claimId, deliveries, outcomes);
  return summarise(outcomes);
}

/** Null where there is no webhook to send to: it was switched off while a decision about its events was written. */
async function send(
  deps: RoundDeps,
  destination: string,
  deliveries: readonly Delivery[],
  limits: SendLimits,
): Promise<DeliveryOutcome[] | null> {
  const { kafka, webhook } = deps.publishers;
  const webhookId = webhookIdOf(destination);
  if (webhookId !== null && webhook !== undefined) {
    const target = await deps.gate(() => retryDatabase(() => loadWebhookTarget(deps.pool, webhookId)));
    return target === null ? null : deliverToWebhook(webhook, target, deliveries, limits);
  }
  if (webhookId === null && kafka !== undefined && limits.mayStart(kafka.timeoutMs)) {
    return kafka.publish(deliveries.map((delivery) => delivery.event));
  }
  return deliveries.map(() => ({ result: 'untried' }));
}

async function saveRound(
  deps: RoundDeps,
  destination: string,
  claimId: string,
  deliveries: readonly Delivery[],
  outcomes: readonly DeliveryOutcome[],
): Promise<void> {
  const kind = kindOf(destination);
  const results = planResults(deliveries, outcomes, { kind, policy: deps.policy, random: deps.random });
  const saved = await deps.gate(() =>
    retryDatabase(() => saveDeliveryResults(deps.pool, destination, claimId, results)),
  );
  countResults(deps, kind, results, saved);
  const parked = results.filter((result) => result.delayMs !== null).map((result) => result.customerId);
  if (parked.length > 0) {
    const customerIds = [...new Set(parked)].sort();
    await deps.gate(() => retryDatabase(() => parkLines(deps.pool, destination, customerIds)));
  }
  const dead = results.find((result) => result.state === 'dead');
  if (dead !== undefined) deps.log.warn({ destination, error: dead.error }, 'events became dead letters');
  const gone = outcomes.find((outcome) => outcome.result === 'gone');
  if (gone !== undefined) await closeWebhook(deps, destination, gone.error);
}

function countResults(
  { metrics, log }: RoundDeps,
  kind: 'kafka' | 'webhook',
  results: readonly DeliveryResult[],
  saved: number,
): void {
  const attempted = results.filter((result) => result.attempted);
  const count = (state: DeliveryResult['state']): number => attempted.filter((result) => result.state === state).length;
  metrics?.count(kind, 'delivered', count('delivered'));
  metrics?.count(kind, 'failed', count('pending'));
  metrics?.count(kind, 'dead', count('dead'));
  const lost = results.length - saved;
  metrics?.count(kind, 'claim_lost', lost);
  if (lost > 0) log.warn({ kind, lost }, 'a claim ran out before its results were saved; its events will come again');
}

async function closeWebhook(deps: RoundDeps, destination: string, reason: string): Promise<void> {
  const webhookId = webhookIdOf(destination);
  if (webhookId === null) return;
  await deps.gate(() =>
    inTransaction(deps.pool, async (tx) => {
      await disableWebhook(tx, webhookId, reason);
      await killPendingDeliveries(tx, destination, reason);
    }),
  );
  deps.log.warn({ destination, reason }, 'a webhook was disabled');
}

function summarise(outcomes: readonly DeliveryOutcome[]): Round {
  const failed = outcomes.flatMap((outcome) => (outcome.result === 'failed' ? [outcome] : []));
  const waits = failed.flatMap((outcome) => outcome.retryAfterMs ?? []);
  return {
    claimed: outcomes.length,
    delivered: outcomes.filter((outcome) => outcome.result === 'delivered').length,
    failed: failed.length,
    overloaded: failed.filter((outcome) => outcome.overloaded).length,
    retryAfterMs: waits.length === 0 ? undefined : Math.max(...waits),
  };
}
