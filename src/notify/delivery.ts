// The words of delivery: where an event goes, one event on its way there, and what came of one attempt.
import type { OutgoingEvent } from '../events/outgoing-event.ts';

const WEBHOOK_PREFIX = 'webhook:';

export type DestinationKind = 'kafka' | 'webhook';

/** The destination of a webhook, as `append-outbox-events` writes it. */
export function webhookDestination(webhookId: string): string {
  return WEBHOOK_PREFIX + webhookId;
}

/** Null where the destination is no webhook. */
export function webhookIdOf(destination: string): string | null {
  return destination.startsWith(WEBHOOK_PREFIX) ? destination.slice(WEBHOOK_PREFIX.length) : null;
}

export function kindOf(destination: string): DestinationKind {
  return webhookIdOf(destination) === null ? 'kafka' : 'webhook';
}

/** One event claimed for one destination. */
export interface Delivery {
  readonly customerId: string;
  readonly sequence: number;
  /** Attempts that ended before this one. */
  readonly attempts: number;
  readonly event: OutgoingEvent;
}

export type DeliveryOutcome =
  | { readonly result: 'delivered' }
  /** May work later. `overloaded` says that it is the destination that is in trouble, not this event. */
  | {
      readonly result: 'failed';
      readonly error: string;
      readonly retryAfterMs?: number | undefined;
      readonly overloaded: boolean;
    }
  /** Will never be taken, however often it is sent. */
  | { readonly result: 'refused'; readonly error: string }
  /** The destination wants no more events at all. */
  | { readonly result: 'gone'; readonly error: string }
  /** Not sent: an earlier event of the customer did not arrive, or time ran out. */
  | { readonly result: 'untried' };
