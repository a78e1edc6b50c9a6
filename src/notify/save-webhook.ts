// Registers, rotates, switches and deletes webhooks. A secret leaves this file exactly once: in the answer to the call
// that made it.
import { randomBytes } from 'node:crypto';
import type { Queryable } from '../db/index.ts';
import type { OutgoingType } from '../events/outgoing-event.ts';
import { DAY_MS } from '../lib/clock.ts';
import { EcsError } from '../lib/errors.ts';
import { webhookDestination } from './delivery.ts';
import { killPendingDeliveries } from './kill-deliveries.ts';
import { toWebhook, type Webhook, type WebhookRow } from './webhook.ts';
import { findUrlProblem, type TargetRules } from './webhook-url.ts';

/** Each event writes a row per webhook that wants it, in the transaction of the decision. */
export const WEBHOOKS_MAX = 50;
/** How long both secrets sign after a rotation. */
export const ROTATION_OVERLAP_MS = DAY_MS;

export interface NewWebhook {
  readonly webhookId: string;
  readonly url: string;
  readonly eventTypes: readonly OutgoingType[];
  readonly createdBy: string;
}

export interface WebhookWithSecret {
  readonly webhook: Webhook;
  /** `whsec_...`: shown once. */
  readonly secret: string;
}

/** The format of the Standard Webhooks specification: 256 random bits. */
export function makeWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** Gets every event of its types from now on. ECS_REQUEST_INVALID for a bad URL, ECS_CONFLICT when there are too many. */
export async function createWebhook(
  db: Queryable,
  wanted: NewWebhook,
  nowMs: number,
  rules: TargetRules,
): Promise<WebhookWithSecret> {
  refuseUnfit(wanted, rules);
  const secret = makeWebhookSecret();
  const row = await insertWebhook(db, wanted, secret, nowMs);
  if (row === null) throw new EcsError('ECS_CONFLICT', `There are ${WEBHOOKS_MAX} webhooks already; delete one first.`);
  return { webhook: toWebhook(row), secret };
}

function refuseUnfit(wanted: NewWebhook, rules: TargetRules): void {
  const problem = findUrlProblem(wanted.url, rules);
  if (problem !== undefined) throw new EcsError('ECS_REQUEST_INVALID', problem, { facts: { field: 'url' } });
  if (wanted.eventTypes.length > 0) return;
  throw new EcsError('ECS_REQUEST_INVALID', 'A webhook needs at least one event type.', {
    facts: { field: 'eventTypes' },
  });
}

async function insertWebhook(
  db: Queryable,
  wanted: NewWebhook,
  secret: string,
  nowMs: number,
): Promise<WebhookRow | null> {
  const { rows } = await db.query<WebhookRow>(
    `insert into webhooks (webhook_id, url, secret, event_types, state, created_at, created_by)
     select $1::uuid, $2, $3, $4::text[], 'enabled', $5::timestamptz, $6
     where (select count(*) from webhooks where state <> 'deleted') < $7
     returning webhook_id, url, event_types, state, previous_secret_until, created_at, created_by`,
    [
      wanted.webhookId,
      wanted.url,
      secret,
      [...new Set(wanted.eventTypes)],
      new Date(nowMs),
      wanted.createdBy,
      WEBHOOKS_MAX,
    ],
  );
  return rows[0] ?? null;
}

/** Null when there is no such webhook. Rotating again within the overlap ends the oldest secret at once. */
export async function rotateWebhookSecret(
  db: Queryable,
  webhookId: string,
  nowMs: number,
  overlapMs: number = ROTATION_OVERLAP_MS,
): Promise<WebhookWithSecret | null> {
  const secret = makeWebhookSecret();
  const { rows } = await db.query<WebhookRow>(
    `update webhooks set secret = $2, previous_secret = secret, previous_secret_until = $3
     where webhook_id = $1 and state <> 'deleted'
     returning webhook_id, url, event_types, state, previous_secret_until, created_at, created_by`,
    [webhookId, secret, new Date(nowMs + overlapMs)],
  );
  return rows[0] === undefined ? null : { webhook: toWebhook(rows[0]), secret };
}

/** Takes events again, from now on; what became a dead letter meanwhile can be redelivered. Null when unknown. */
export async function enableWebhook(db: Queryable, webhookId: string): Promise<Webhook | null> {
  return saveState(db, webhookId, 'enabled');
}

/** No new events; what is pending becomes a dead letter. Null when unknown; must run inside a transaction. */
export async function disableWebhook(tx: Queryable, webhookId: string, reason: string): Promise<Webhook | null> {
  const webhook = await saveState(tx, webhookId, 'disabled');
  if (webhook !== null) await killPendingDeliveries(tx, webhookDestination(webhookId), reason);
  return webhook;
}

/** The row stays for its deliveries, its secrets do not. Null when unknown; must run inside a transaction. */
export async function deleteWebhook(tx: Queryable, webhookId: string): Promise<Webhook | null> {
  const webhook = await saveState(tx, webhookId, 'deleted');
  if (webhook !== null) await killPendingDeliveries(tx, webhookDestination(webhookId), 'the webhook was deleted');
  return webhook;
}

async function saveState(db: Queryable, webhookId: string, state: Webhook['state']): Promise<Webhook | null> {
  const { rows } = await db.query<WebhookRow>(
    `update webhooks
     set state = $2,
         secret = case when $2 = 'deleted' then '' else secret end,
         previous_secret = case when $2 = 'deleted' then null else previous_secret end,
         previous_secret_until = case when $2 = 'deleted' then null else previous_secret_until end
     where webhook_id = $1 and state <> 'deleted'
     returning webhook_id, url, event_types, state, previous_secret_until, created_at, created_by`,
    [webhookId, state],
  );
  return rows[0] === undefined ? null : toWebhook(rows[0]);
}
