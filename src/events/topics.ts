// Which event type travels on which topic, and what the topics that ECS writes are called.
import { customerEventSchema } from './customer-event.ts';
import { emotionEventSchema } from './emotion-event.ts';
import { outcomeEventSchema } from './outcome-event.ts';
import { statementEventSchema } from './statement-event.ts';
import { thoughtEventSchema } from './thought-event.ts';
import { transactionEventSchema } from './transaction-event.ts';

export const INPUT_TOPICS = [
  'ecs.customers.v1',
  'ecs.emotions.v1',
  'ecs.thoughts.v1',
  'ecs.transactions.v1',
  'ecs.statements.v1',
  'ecs.outcomes.v1',
] as const;
export type InputTopic = (typeof INPUT_TOPICS)[number];

export const CREDIT_LIMITS_TOPIC = 'ecs.credit-limits.v1';
export const DEAD_LETTERS_TOPIC = 'ecs.dead-letters.v1';

export const EVENT_SCHEMAS = {
  'ecs.customers.v1': customerEventSchema,
  'ecs.emotions.v1': emotionEventSchema,
  'ecs.thoughts.v1': thoughtEventSchema,
  'ecs.transactions.v1': transactionEventSchema,
  'ecs.statements.v1': statementEventSchema,
  'ecs.outcomes.v1': outcomeEventSchema,
} as const satisfies Record<InputTopic, unknown>;

/** Topic -> the CloudEvents `type` that travels on it. */
export const TYPE_OF_TOPIC: Readonly<Record<InputTopic, string>> = {
  'ecs.customers.v1': 'ecs.customer.v1',
  'ecs.emotions.v1': 'ecs.emotion.v1',
  'ecs.thoughts.v1': 'ecs.thought.v1',
  'ecs.transactions.v1': 'ecs.transaction.v1',
  'ecs.statements.v1': 'ecs.statement.v1',
  'ecs.outcomes.v1': 'ecs.outcome.v1',
};

/** CloudEvents `type` -> topic. */
export const TOPIC_OF_TYPE: Readonly<Record<string, InputTopic>> = Object.fromEntries(
  INPUT_TOPICS.map((topic) => [TYPE_OF_TOPIC[topic], topic]),
);
