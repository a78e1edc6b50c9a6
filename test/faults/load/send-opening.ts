// What a fault run begins with: customers with an income, a past of statements and a live consent, all of it counted before
// the first fault.
import { partitionOf } from '../../../src/events/partition-of.ts';
import { wavererName } from './consent-lane.ts';
import {
  closedStatement,
  customerName,
  incomeOf,
  openingPurchase,
  type StreamEvent,
  type StreamPlan,
} from './event-stream.ts';

export interface OpeningOptions {
  readonly plan: StreamPlan;
  readonly waverers: number;
  readonly send: (events: readonly StreamEvent[]) => Promise<void>;
}

const DAY_MS = 86_400_000;
const STATEMENTS = 6;
const AT_ONCE = 500;

export async function sendOpening({ plan, waverers, send }: OpeningOptions): Promise<void> {
  const people = [
    ...Array.from({ length: plan.customers }, (_, i) => customerName(i)),
    ...Array.from({ length: waverers }, (_, i) => wavererName(i)),
  ];
  const events = people.flatMap((customerId) => openCustomer(customerId, plan));
  for (let from = 0; from < events.length; from += AT_ONCE) await send(events.slice(from, from + AT_ONCE));
}

/** Waverers have said nothing about consent yet: their words are their lane's. */
function openCustomer(customerId: string, plan: StreamPlan): StreamEvent[] {
  const timeMs = plan.startMs - 30 * DAY_MS;
  const base = (id: string) => ({
    id: `open-${id}`,
    customerId,
    timeMs,
    partition: partitionOf(customerId, plan.partitions),
    origin: 'first' as const,
  });
  const consents = customerId.startsWith('w-') ? {} : { consents: { emotions: true, thoughts: true } };
  const profile = incomeOf(base(`profile-${customerId}`), 250_000, consents);
  const statements = Array.from({ length: STATEMENTS }, (_, i) =>
    closedStatement(base(`statement-${customerId}-${i}`), plan.startMs - (31 + 30 * i) * DAY_MS, 20_000 + 1_000 * i),
  );
  return [profile, openingPurchase(base('purchase')), ...statements];
}
