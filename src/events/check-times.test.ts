import { sampleEvent } from '../../test/support/sample-events.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../lib/clock.ts';
import type { InputEvent } from './check-event.ts';
import { checkTimes } from './check-times.ts';
import type { InputTopic } from './topics.ts';

const acceptedAtMs = Date.UTC(2026, 10, 22, 10);
const closedAt = (ms: number) => ({ closedAt: new Date(acceptedAtMs + ms).toISOString() });
const observedAt = (ms: number) => ({ observedAt: new Date(acceptedAtMs + ms).toISOString() });

test.each<[string, InputTopic, number, object, string | null, string]>([
  ['5 minutes ahead', 'ecs.emotions.v1', 5 * MINUTE_MS, {}, null, ''],
  ['more than 5 minutes ahead', 'ecs.emotions.v1', 5 * MINUTE_MS + 1, {}, 'time_in_future', 'time'],
  ['money from the future', 'ecs.transactions.v1', HOUR_MS, {}, 'time_in_future', 'time'],
  ['a profile from the future', 'ecs.customers.v1', HOUR_MS, {}, 'time_in_future', 'time'],
  ['a statement closed in the future', 'ecs.statements.v1', 0, closedAt(HOUR_MS), 'time_in_future', 'data.closedAt'],
  ['a statement closed just now', 'ecs.statements.v1', 0, closedAt(MINUTE_MS), null, ''],
  ['a feeling at the horizon', 'ecs.emotions.v1', -7 * DAY_MS, {}, null, ''],
  ['a feeling past the horizon', 'ecs.emotions.v1', -7 * DAY_MS - 1, {}, 'too_late', 'time'],
  ['a thought past the horizon', 'ecs.thoughts.v1', -8 * DAY_MS, {}, 'too_late', 'time'],
  ['an outcome observed in the future', 'ecs.outcomes.v1', 0, observedAt(HOUR_MS), 'time_in_future', 'data.observedAt'],
  ['an outcome observed just now', 'ecs.outcomes.v1', -DAY_MS, observedAt(MINUTE_MS), null, ''],
  ['an old purchase', 'ecs.transactions.v1', -900 * DAY_MS, {}, null, ''],
])('%s', (_, topic, ms, data, code, field) => {
  const event = sampleEvent(topic, {}, { ...data }) as unknown as InputEvent;
  const problem = checkTimes(event, acceptedAtMs + ms, acceptedAtMs, 7 * DAY_MS);
  if (code === null) expect(problem).toBeNull();
  else expect(problem).toMatchObject({ code, field });
});
