// The half year that simulated people bring along: profile, six statements with their transactions, the moods of the
// last days. Everything lies in the past, so it can be sent as fast as the road takes it.
import { DAY_MS, HOUR_MS } from '../../lib/clock.ts';
import type { SeededRandom } from '../../lib/seeded-random.ts';
import { type CardMonth, type CardState, drawCardMonth, NEW_CARD } from './card-month.ts';
import { nextMood, usualMood } from './mood.ts';
import type { Mood } from './mood-reading.ts';
import type { Person } from './person.ts';
import type { BuildEvent, SimulatedEvent } from './simulated-event.ts';

export interface Past {
  readonly events: SimulatedEvent[];
  readonly card: CardState;
  readonly mood: Mood;
}

const MONTHS = 6;
const MONTH_MS = 30 * DAY_MS;
/** Below the horizon for late events (7 days), with room to spare. */
const MOOD_DAYS = 6;
const MOODS_A_DAY = 4;

export function drawPast(person: Person, nowMs: number, build: BuildEvent, random: SeededRandom): Past {
  const events = [profileEvent(person, nowMs - (MONTHS + 1) * MONTH_MS, build)];
  // The last statement closed some days ago, each person on a day of their own.
  const lastClosedMs = nowMs - Math.floor(1 + 20 * random()) * DAY_MS;
  let card = person.holdsCredit ? carriedOver(person, random) : NEW_CARD;
  for (let month = MONTHS - 1; month >= 0; month -= 1) {
    const closedMs = lastClosedMs - month * MONTH_MS;
    events.push(incomeEvent(person, closedMs - MONTH_MS + person.payDay * DAY_MS, build));
    if (!person.holdsCredit) continue;
    const drawn = drawCardMonth(person, card, random);
    events.push(...cardEvents(person, drawn, closedMs, build));
    card = drawn.state;
  }
  const mood = pushMoods(person, nowMs, build, random, events);
  return { events, card, mood };
}

function profileEvent(person: Person, timeMs: number, build: BuildEvent): SimulatedEvent {
  return build('ecs.customers.v1', person.customerId, timeMs, {
    currency: person.currency,
    ...(person.jurisdiction === null ? {} : { jurisdiction: person.jurisdiction }),
    declaredIncomeMinor: person.incomeMinor,
    consents: person.consents,
  });
}

function carriedOver(person: Person, random: SeededRandom): CardState {
  return { ...NEW_CARD, balanceMinor: Math.floor(person.limitMinor * 0.2 * random()) };
}

export function incomeEvent(person: Person, timeMs: number, build: BuildEvent): SimulatedEvent {
  const { incomeMinor: amountMinor, currency } = person;
  return build('ecs.transactions.v1', person.customerId, timeMs, { type: 'income', amountMinor, currency });
}

/** The purchases and the payment of a month and the statement that closes it, none after `closedAtMs`. */
function cardEvents(person: Person, month: CardMonth, closedAtMs: number, build: BuildEvent): SimulatedEvent[] {
  const openedMs = closedAtMs - MONTH_MS;
  const transaction = (timeMs: number, type: string, amountMinor: number) =>
    build('ecs.transactions.v1', person.customerId, timeMs, { type, amountMinor, currency: person.currency });
  const gapMs = MONTH_MS / (month.purchasesMinor.length + 1);
  const events = month.purchasesMinor.map((amountMinor, place) =>
    transaction(openedMs + (place + 1) * gapMs, 'purchase', amountMinor),
  );
  if (month.paidMinor > 0) events.push(transaction(openedMs + 20 * DAY_MS, 'payment', month.paidMinor));
  events.push(
    build('ecs.statements.v1', person.customerId, closedAtMs, {
      closedAt: new Date(closedAtMs).toISOString(),
      currency: person.currency,
      ...month.statement,
      limitMinor: person.limitMinor,
    }),
  );
  return events;
}

function pushMoods(
  person: Person,
  nowMs: number,
  build: BuildEvent,
  random: SeededRandom,
  events: SimulatedEvent[],
): Mood {
  let mood = usualMood(person);
  const gapMs = (24 * HOUR_MS) / MOODS_A_DAY;
  for (let timeMs = nowMs - MOOD_DAYS * DAY_MS; timeMs < nowMs; timeMs += gapMs) {
    mood = nextMood(person, mood, random, { timeMs, hoursSince: gapMs / HOUR_MS, past: true });
    events.push(moodEvent(person, mood, timeMs, build));
  }
  return mood;
}

export function moodEvent(person: Person, mood: Mood, timeMs: number, build: BuildEvent): SimulatedEvent {
  return build('ecs.emotions.v1', person.customerId, timeMs, { ...mood, confidence: 0.9, source: 'self_report' });
}
