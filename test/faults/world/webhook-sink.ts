// The receiver of webhooks: outside the system, with a journal of what reached it and whether the signature was right, and
// as hostile as a fault wants it to be.
import { createHmac } from 'node:crypto';
import { startWebhookReceiver, type WebhookAnswer } from '../../support/webhook-receiver.ts';

export interface SinkEntry {
  readonly id: string;
  readonly customerId: string;
  readonly sequence: number;
  readonly isSigned: boolean;
  readonly body: string;
}

export interface WebhookSink {
  readonly url: string;
  setSecret(secret: string): void;
  behave(answer: WebhookAnswer): void;
  /** What came since the last call. */
  takeEntries(): SinkEntry[];
  stop(): Promise<void>;
}

export async function startWebhookSink(): Promise<WebhookSink> {
  const receiver = await startWebhookReceiver();
  let secret = '';
  return {
    url: receiver.url,
    setSecret(given) {
      secret = given;
    },
    behave: (answer) => receiver.answerWith(answer),
    takeEntries() {
      return receiver.received.splice(0).map(({ id, customerId, sequence, headers, body }) => ({
        id,
        customerId,
        sequence,
        isSigned: isSigned(secret, id, headers, body),
        body,
      }));
    },
    stop: () => receiver.close(),
  };
}

/** Standard Webhooks, worked out here once more: HMAC-SHA256 over id, time and body. */
function isSigned(secret: string, id: string, headers: Readonly<Record<string, string>>, body: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signed = `${id}.${headers['webhook-timestamp']}.${body}`;
  const expected = `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
  return (headers['webhook-signature'] ?? '').split(' ').includes(expected);
}
