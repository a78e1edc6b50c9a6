// A registered webhook as people see it: never its secrets.
import type { OutgoingType } from '../events/outgoing-event.ts';

export type WebhookState = 'enabled' | 'disabled' | 'deleted';

export interface Webhook {
  readonly webhookId: string;
  readonly url: string;
  readonly eventTypes: readonly OutgoingType[];
  readonly state: WebhookState;
  /** ISO instant until which the secret before the last rotation signs too; null when only one secret signs. */
  readonly previousSecretUntil: string | null;
  readonly createdAt: string;
  readonly createdBy: string;
}

export interface WebhookRow {
  readonly webhook_id: string;
  readonly url: string;
  readonly event_types: OutgoingType[];
  readonly state: WebhookState;
  readonly previous_secret_until: Date | null;
  readonly created_at: Date;
  readonly created_by: string;
}

export function toWebhook(row: WebhookRow): Webhook {
  return {
    webhookId: row.webhook_id,
    url: row.url,
    eventTypes: row.event_types,
    state: row.state,
    previousSecretUntil: row.previous_secret_until?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
  };
}
