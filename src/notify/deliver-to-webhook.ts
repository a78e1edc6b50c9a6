// Sends claimed events to a webhook: customers side by side, each customer's events one after the other, and none
// behind one that did not arrive.
import type { Delivery, DeliveryOutcome } from './delivery.ts';
import type { WebhookTarget } from './load-webhooks.ts';
import type { WebhookSender } from './webhook-sender.ts';

export interface SendLimits {
  /** May another event be sent before the claim runs out or the relay stops? */
  mayStart(timeoutMs: number): boolean;
  /** Ends the events under way. */
  readonly signal: AbortSignal;
}

/** Outcomes in the order of `deliveries`, in which a customer's events stand together. */
export async function deliverToWebhook(
  sender: WebhookSender,
  target: WebhookTarget,
  deliveries: readonly Delivery[],
  limits: SendLimits,
): Promise<DeliveryOutcome[]> {
  const lines = await Promise.all(splitLines(deliveries).map((line) => sendLine(sender, target, line, limits)));
  return lines.flat();
}

function splitLines(deliveries: readonly Delivery[]): Delivery[][] {
  const lines = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const line = lines.get(delivery.customerId);
    if (line === undefined) lines.set(delivery.customerId, [delivery]);
    else line.push(delivery);
  }
  return [...lines.values()];
}

async function sendLine(
  sender: WebhookSender,
  target: WebhookTarget,
  line: readonly Delivery[],
  limits: SendLimits,
): Promise<DeliveryOutcome[]> {
  const outcomes: DeliveryOutcome[] = [];
  let blocked = false;
  for (const { event } of line) {
    const outcome: DeliveryOutcome =
      blocked || !limits.mayStart(sender.timeoutMs)
        ? { result: 'untried' }
        : await sender.send(target, event, limits.signal);
    blocked = outcome.result !== 'delivered';
    outcomes.push(outcome);
  }
  return outcomes;
}
