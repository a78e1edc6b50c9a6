// The three headers of the Standard Webhooks specification. After a rotation both secrets sign while the old one holds.
import { Webhook as Signer } from 'standardwebhooks';
import type { WebhookTarget } from './load-webhooks.ts';

export interface WebhookHeaders {
  readonly 'webhook-id': string;
  readonly 'webhook-timestamp': string;
  readonly 'webhook-signature': string;
}

/** `eventId` stays the same at every retry, the timestamp is that of the attempt. */
export function signWebhook(target: WebhookTarget, eventId: string, body: string, nowMs: number): WebhookHeaders {
  const at = new Date(nowMs);
  return {
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(nowMs / 1_000)),
    'webhook-signature': signingSecrets(target, nowMs)
      .map((secret) => new Signer(secret).sign(eventId, at, body))
      .join(' '),
  };
}

function signingSecrets(target: WebhookTarget, nowMs: number): string[] {
  const { secret, previousSecret, previousSecretUntilMs } = target;
  return previousSecret !== null && nowMs < previousSecretUntilMs ? [secret, previousSecret] : [secret];
}
