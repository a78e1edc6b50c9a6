// What simulated people do from now on: moods mostly, shopping, thoughts, pay days, and now and then the close of a
// month, late payments included. A person's month is shortened so that something happens while one is watching.
import type { SeededRandom } from '../../lib/seeded-random.ts';
import { type CardState, drawCardMonth } from './card-month.ts';
import { nextMood } from './mood.ts';
import type { Mood } from './mood-reading.ts';
import { incomeEvent, moodEvent } from './past-events.ts';
import type { Person } from './person.ts';
import type { BuildEvent, SimulatedEvent } from './simulated-event.ts';

export interface LivingPerson {
  readonly person: Person;
  card: CardState;
  mood: Mood;
}

/** As with months, time is shortened: every mood is one of another quarter of a day. */
const HOURS_BETWEEN_MOODS = 6;

const THOUGHTS = {
  bright: ['Paid everything off this month, that feels great', 'I am proud of my savings, things are looking good'],
  dark: ['I am worried I cannot pay this month', 'Money is a terrible stress right now, I hate these bills'],
} as const;

/** One happening of one person at `nowMs`; a few events where it is the close of a month. */
export function liveOn(
  living: readonly LivingPerson[],
  nowMs: number,
  build: BuildEvent,
  random: SeededRandom,
): SimulatedEvent[] {
  const one = living[Math.floor(random() * living.length)];
  if (one === undefined) return [];
  const drawn = random();
  if (drawn < 0.7) return [feel(one, nowMs, build, random)];
  if (drawn < 0.78) return [think(one, nowMs, build, random)];
  if (drawn < 0.96) return [shop(one, nowMs, build, random)];
  return closeMonth(one, nowMs, build, random);
}

function feel(one: LivingPerson, nowMs: number, build: BuildEvent, random: SeededRandom): SimulatedEvent {
  one.mood = nextMood(one.person, one.mood, random, { timeMs: nowMs, hoursSince: HOURS_BETWEEN_MOODS, past: false });
  return moodEvent(one.person, one.mood, nowMs, build);
}

function think(one: LivingPerson, nowMs: number, build: BuildEvent, random: SeededRandom): SimulatedEvent {
  const texts = one.mood.valence >= 0 ? THOUGHTS.bright : THOUGHTS.dark;
  const text = texts[Math.floor(random() * texts.length)] ?? texts[0];
  return build('ecs.thoughts.v1', one.person.customerId, nowMs, { topic: 'financial', text });
}

function shop(one: LivingPerson, nowMs: number, build: BuildEvent, random: SeededRandom): SimulatedEvent {
  const amountMinor = Math.max(100, Math.round(one.person.incomeMinor * 0.06 * random()));
  const { customerId, currency } = one.person;
  return build('ecs.transactions.v1', customerId, nowMs, { type: 'purchase', amountMinor, currency });
}

/** Pay day, payment and statement at once: the month of a simulated person is minutes long. */
function closeMonth(one: LivingPerson, nowMs: number, build: BuildEvent, random: SeededRandom): SimulatedEvent[] {
  const { person } = one;
  const month = drawCardMonth(person, one.card, random);
  one.card = month.state;
  const money = (type: string, amountMinor: number) =>
    build('ecs.transactions.v1', person.customerId, nowMs, { type, amountMinor, currency: person.currency });
  const events = random() < 1 / 3 ? [incomeEvent(person, nowMs, build)] : [];
  if (month.paidMinor > 0) events.push(money('payment', month.paidMinor));
  events.push(
    build('ecs.statements.v1', person.customerId, nowMs, {
      closedAt: new Date(nowMs).toISOString(),
      currency: person.currency,
      ...month.statement,
    }),
  );
  return events;
}
