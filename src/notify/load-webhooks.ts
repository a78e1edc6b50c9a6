// Reads webhooks. Only `loadWebhookTarget` reads secrets, for signing.
import type { Queryable } from '../db/index.ts';
import { toWebhook, type Webhook, type WebhookRow } from './webhook.ts';

/** Newest first; there are few (WEBHOOKS_MAX). Deleted ones are left out. */
export async function listWebhooks(db: Queryable): Promise<Webhook[]> {
  const { rows } = await db.query<WebhookRow>(
    `select webhook_id, url, event_types, state, previous_secret_until, created_at, created_by
     from webhooks where state <> 'deleted' order by created_at desc, webhook_id desc`,
  );
  return rows.map(toWebhook);
}

/** Null when there is none; a deleted one is still found, for its deliveries. */
export async function getWebhook(db: Queryable, webhookId: string): Promise<Webhook | null> {
  const { rows } = await db.query<WebhookRow>(
    `select webhook_id, url, event_types, state, previous_secret_until, created_at, created_by
     from webhooks where webhook_id = $1`,
    [webhookId],
  );
  return rows[0] === undefined ? null : toWebhook(rows[0]);
}

/** Where to send and what to sign with. */
export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
  readonly previousSecret: string | null;
  readonly previousSecretUntilMs: number;
}

interface TargetRow {
  readonly url: string;
  readonly secret: string;
  readonly previous_secret: string | null;
  readonly previous_secret_until: Date | null;
}

/** Null unless the webhook is enabled. */
export async function loadWebhookTarget(db: Queryable, webhookId: string): Promise<WebhookTarget | null> {
  const { rows } = await db.query<TargetRow>({
    name: 'notify-load-target',
    text: `
      select url, secret, previous_secret, previous_secret_until
      from webhooks where webhook_id = $1 and state = 'enabled'`,
    values: [webhookId],
  });
  const row = rows[0];
  if (row === undefined) return null;
  return {
    url: row.url,
    secret: row.secret,
    previousSecret: row.previous_secret,
    previousSecretUntilMs: row.previous_secret_until?.getTime() ?? 0,
  };
}
