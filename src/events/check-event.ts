// The rules about one event that a plain schema cannot say: the calendar, and which fields go together. The event already
// has the right shape.
import type { Problem } from './check-schema.ts';
import type { CustomerEvent } from './customer-event.ts';
import type { EmotionEvent } from './emotion-event.ts';
import { endOfWindow } from './end-of-window.ts';
import type { OutcomeEvent } from './outcome-event.ts';
import { parseInstant } from './parse-instant.ts';
import type { StatementEvent } from './statement-event.ts';
import type { ThoughtEvent } from './thought-event.ts';
import type { InputTopic } from './topics.ts';
import type { TransactionEvent } from './transaction-event.ts';

export interface EventOfTopic {
  readonly 'ecs.customers.v1': CustomerEvent;
  readonly 'ecs.emotions.v1': EmotionEvent;
  readonly 'ecs.thoughts.v1': ThoughtEvent;
  readonly 'ecs.transactions.v1': TransactionEvent;
  readonly 'ecs.statements.v1': StatementEvent;
  readonly 'ecs.outcomes.v1': OutcomeEvent;
}
export type InputEvent = EventOfTopic[InputTopic];

const NOT_AN_INSTANT = 'is not a moment of the calendar from 1970 on';

/** The event's time in milliseconds, or what is wrong with the event. */
export function checkEvent(event: InputEvent): number | Problem {
  const timeMs = parseInstant(event.time);
  if (Number.isNaN(timeMs)) return { field: 'time', message: NOT_AN_INSTANT };
  return checkData(event) ?? timeMs;
}

function checkData(event: InputEvent): Problem | null {
  switch (event.type) {
    case 'ecs.emotion.v1':
      return checkEmotion(event.data);
    case 'ecs.thought.v1':
      return checkThought(event.data);
    case 'ecs.statement.v1':
      return checkStatement(event.data);
    case 'ecs.outcome.v1':
      return checkOutcome(event.data);
    default:
      return null;
  }
}

function checkEmotion({ valence, arousal, label }: EmotionEvent['data']): Problem | null {
  if (label !== undefined || (valence !== undefined && arousal !== undefined)) return null;
  const field = valence === undefined ? 'data.valence' : 'data.arousal';
  return { field, message: 'is missing: give valence and arousal, or a label' };
}

function checkThought({ text, sentiment }: ThoughtEvent['data']): Problem | null {
  if ((text === undefined) !== (sentiment === undefined)) return null;
  const message = text === undefined ? 'is missing: give a text or a sentiment' : 'must not come with data.sentiment';
  return { field: 'data.text', message };
}

function checkStatement({ closedAt, monthsPastDue, standing }: StatementEvent['data']): Problem | null {
  if (Number.isNaN(parseInstant(closedAt))) return { field: 'data.closedAt', message: NOT_AN_INSTANT };
  if (standing === undefined || (standing === 'past_due') === monthsPastDue > 0) return null;
  return { field: 'data.standing', message: 'must be past_due exactly when data.monthsPastDue is above 0' };
}

/** A good outcome is not known before its window is over; a bad one not before it began. */
function checkOutcome({ asOf, windowMonths, defaulted, observedAt }: OutcomeEvent['data']): Problem | null {
  const asOfMs = parseInstant(asOf);
  const observedMs = parseInstant(observedAt);
  if (Number.isNaN(asOfMs)) return { field: 'data.asOf', message: NOT_AN_INSTANT };
  if (Number.isNaN(observedMs)) return { field: 'data.observedAt', message: NOT_AN_INSTANT };
  if (observedMs < asOfMs) return { field: 'data.observedAt', message: 'must not lie before data.asOf' };
  if (defaulted || observedMs >= endOfWindow(asOfMs, windowMonths)) return null;
  return {
    field: 'data.observedAt',
    message: 'must not lie before the day on which the window ends: until then a default can still come',
  };
}
