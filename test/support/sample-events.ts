// One good event per topic, to be changed field by field: the start of every table of bad input.
import type { InputTopic } from '../../src/events/topics.ts';

const ENVELOPE = {
  specversion: '1.0',
  id: 'event-1',
  source: 'urn:test',
  subject: 'customer-1',
  time: '2026-11-22T09:30:00Z',
} as const;

export interface SampleEvent {
  specversion: string;
  id: string;
  source: string;
  type: string;
  subject: string;
  time: string;
  data: Record<string, unknown>;
}

export const SAMPLE_EVENTS: Readonly<Record<InputTopic, SampleEvent>> = {
  'ecs.customers.v1': {
    ...ENVELOPE,
    type: 'ecs.customer.v1',
    data: {
      currency: 'EUR',
      jurisdiction: 'DE',
      declaredIncomeMinor: 250_000,
      consents: { emotions: true, thoughts: false },
    },
  },
  'ecs.emotions.v1': {
    ...ENVELOPE,
    type: 'ecs.emotion.v1',
    data: { valence: 0.4, arousal: -0.2, stress: 0.1, confidence: 0.9, source: 'self_report' },
  },
  'ecs.thoughts.v1': {
    ...ENVELOPE,
    type: 'ecs.thought.v1',
    data: { topic: 'financial', sentiment: -0.3, confidence: 0.8 },
  },
  'ecs.transactions.v1': {
    ...ENVELOPE,
    type: 'ecs.transaction.v1',
    data: { type: 'purchase', amountMinor: 1_299, currency: 'EUR', merchantCategory: '5411' },
  },
  'ecs.statements.v1': {
    ...ENVELOPE,
    type: 'ecs.statement.v1',
    data: {
      closedAt: '2026-11-01T00:00:00Z',
      currency: 'EUR',
      balanceMinor: 50_000,
      minimumDueMinor: 2_500,
      paidMinor: 10_000,
      monthsPastDue: 0,
    },
  },
  'ecs.outcomes.v1': {
    ...ENVELOPE,
    type: 'ecs.outcome.v1',
    data: {
      asOf: '2026-05-01T00:00:00Z',
      windowMonths: 6,
      defaulted: false,
      observedAt: '2026-11-01T00:00:00Z',
    },
  },
};

/** A deep copy of the topic's sample with some fields of the envelope or of the data replaced. */
export function sampleEvent(
  topic: InputTopic,
  envelope: Readonly<Record<string, unknown>> = {},
  data: Readonly<Record<string, unknown>> = {},
): SampleEvent {
  const sample = SAMPLE_EVENTS[topic];
  return { ...structuredClone(sample), ...envelope, data: { ...structuredClone(sample.data), ...data } } as SampleEvent;
}
