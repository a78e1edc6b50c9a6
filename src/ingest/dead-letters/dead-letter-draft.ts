// What is known about a record that cannot be counted, before it is written: where it stood, which rule it broke, and
// whether its content may be kept.
import type { DeadLetterCode } from '../../events/accepted-event.ts';
import type { EventIds } from '../../events/parse-event.ts';
import type { InputTopic } from '../../events/topics.ts';

export interface DeadLetterDraft {
  readonly offset: number;
  readonly code: DeadLetterCode;
  readonly field: string;
  readonly message: string;
  readonly ids: EventIds;
  readonly headers: Readonly<Record<string, string>>;
  /** Null where the content may not or cannot be kept. */
  readonly original: Buffer | null;
}

/** Feelings may be kept only with consent, and a record that nobody can read has given none. */
export function isMoneyTopic(topic: InputTopic): boolean {
  return topic !== 'ecs.emotions.v1' && topic !== 'ecs.thoughts.v1';
}

/** An event on the wrong topic may be a feeling on a money topic; a too large one stays on its topic only. */
export function mayKeepOriginal(topic: InputTopic, code: DeadLetterCode): boolean {
  return isMoneyTopic(topic) && code !== 'wrong_topic' && code !== 'too_large';
}
