// What must have been counted, worked out from the ack journal alone: a plain second opinion, sharing no code with what it
// judges. Sums are kept relative to one fixed day, so that adding is all it ever does.
import type { EventEntry, JournalEntry, PoisonEntry, WriteEntry } from '../load/journal.ts';

export type Purpose = 'emotions' | 'thoughts';

export interface ExpectedState {
  readings: number;
  /** Sent and never acknowledged: may have been counted. */
  maybe: number;
  readonly sums: Map<string, number>;
}

export interface ExpectedTransaction {
  readonly customerId: string;
  readonly type: string;
  readonly amountMinor: number;
}

export interface ExpectedStatement {
  readonly balanceMinor: number;
  readonly paidMinor: number;
}

export interface ExpectedIncome {
  readonly timeMs: number;
  readonly declaredIncomeMinor: number;
}

export interface Oracle {
  take(entry: JournalEntry): void;
  /** By `purpose customer`; only where the last word about consent leaves a state. */
  expectedStates(): Map<string, ExpectedState>;
  readonly transactions: ReadonlyMap<string, ExpectedTransaction>;
  readonly maybeTransactions: ReadonlySet<string>;
  /** By `customer instant`. */
  readonly statements: ReadonlyMap<string, ExpectedStatement>;
  readonly maybeStatements: ReadonlySet<string>;
  /** What each customer said last, by the time of the event. */
  readonly incomes: ReadonlyMap<string, ExpectedIncome>;
  /** Customers who may have said something else meanwhile. */
  readonly maybeIncomes: ReadonlySet<string>;
  readonly poison: readonly PoisonEntry[];
  readonly writes: readonly WriteEntry[];
  /** Distinct readings accepted for a purpose, whatever became of the consent later. */
  acceptedReadings(purpose: Purpose): { readonly sure: number; readonly wavering: number };
  /** Accepted records, copies and all. */
  records(): number;
}

const DAY_MS = 86_400_000;
/** ECS keeps its sums relative to multiples of 256 days. */
const LANDMARK_DAYS = 256;
const HALF_LIVES = [3, 30] as const;

const PURPOSE_OF: Readonly<Record<string, Purpose>> = { 'ecs.emotions.v1': 'emotions', 'ecs.thoughts.v1': 'thoughts' };

interface Word {
  granted: boolean;
  fromMs: number;
}

export function createOracle(): Oracle {
  const seen = new Set<string>();
  const maybes = new Map<string, EventEntry>();
  const states = new Map<string, ExpectedState>();
  const wavering = new Map<string, EventEntry[]>();
  const words = new Map<string, Word>();
  const transactions = new Map<string, ExpectedTransaction>();
  const statements = new Map<string, ExpectedStatement>();
  const incomes = new Map<string, ExpectedIncome>();
  const poison: PoisonEntry[] = [];
  const writes = new Map<string, WriteEntry>();
  const accepted = { emotions: 0, thoughts: 0, wavering: 0 };
  let records = 0;

  function takeEvent(event: EventEntry): void {
    const key = `${event.topic} ${event.id}`;
    if (!event.acked) {
      if (!seen.has(key)) maybes.set(key, event);
      return;
    }
    records++;
    maybes.delete(key);
    if (seen.has(key)) return;
    seen.add(key);
    const purpose = PURPOSE_OF[event.topic];
    if (purpose !== undefined) takeReading(event, purpose);
    else if (event.topic === 'ecs.transactions.v1') transactions.set(event.id, toTransaction(event));
    else if (event.topic === 'ecs.statements.v1') statements.set(statementKey(event), toStatement(event));
    else if (event.topic === 'ecs.customers.v1') takeIncome(event);
  }

  function takeReading(event: EventEntry, purpose: Purpose): void {
    if (isWaverer(event.customerId)) {
      accepted.wavering++;
      wavering.set(event.customerId, [...(wavering.get(event.customerId) ?? []), event]);
      return;
    }
    accepted[purpose]++;
    addReading(stateOf(states, purpose, event.customerId), event);
  }

  function takeIncome({ customerId, timeMs, facts }: EventEntry): void {
    const [declaredIncomeMinor] = facts as readonly [number];
    if ((incomes.get(customerId)?.timeMs ?? 0) < timeMs) incomes.set(customerId, { timeMs, declaredIncomeMinor });
  }

  function takeWord(customerId: string, granted: boolean, changedAtMs: number): void {
    const before = words.get(customerId);
    // A grant that is repeated does not move the beginning.
    if (granted && before?.granted === true) return;
    words.set(customerId, { granted, fromMs: changedAtMs });
    // What was said before a withdrawal never counts again.
    if (!granted) wavering.set(customerId, []);
  }

  return {
    take(entry) {
      if (entry.kind === 'event') takeEvent(entry);
      else if (entry.kind === 'poison') poison.push(entry);
      else if (entry.kind === 'consent') takeWord(entry.customerId, entry.granted, entry.changedAtMs);
      else writes.set(entry.key, entry);
    },
    expectedStates() {
      const all = new Map(states);
      for (const state of all.values()) state.maybe = 0;
      for (const [customerId, { granted, fromMs }] of words) {
        if (!granted) continue;
        const state = stateOf(all, 'emotions', customerId);
        for (const event of wavering.get(customerId) ?? []) if (event.timeMs >= fromMs) addReading(state, event);
      }
      for (const event of maybes.values()) {
        const state = all.get(`${PURPOSE_OF[event.topic]} ${event.customerId}`);
        if (state !== undefined) state.maybe++;
      }
      return all;
    },
    transactions,
    get maybeTransactions() {
      return new Set([...maybes.values()].filter(({ topic }) => topic === 'ecs.transactions.v1').map(({ id }) => id));
    },
    statements,
    get maybeStatements() {
      return new Set([...maybes.values()].filter(({ topic }) => topic === 'ecs.statements.v1').map(statementKey));
    },
    incomes,
    get maybeIncomes() {
      const open = [...maybes.values()].filter(({ topic }) => topic === 'ecs.customers.v1');
      return new Set(open.map(({ customerId }) => customerId));
    },
    poison,
    get writes() {
      return [...writes.values()];
    },
    acceptedReadings: (purpose) => ({
      sure: accepted[purpose],
      wavering: purpose === 'emotions' ? accepted.wavering : 0,
    }),
    records: () => records,
  };
}

export function isWaverer(customerId: string): boolean {
  return customerId.startsWith('w-');
}

function stateOf(states: Map<string, ExpectedState>, purpose: Purpose, customerId: string): ExpectedState {
  const key = `${purpose} ${customerId}`;
  const found = states.get(key);
  if (found !== undefined) return found;
  const made: ExpectedState = { readings: 0, maybe: 0, sums: new Map() };
  states.set(key, made);
  return made;
}

/** What ECS documents of a reading: its weight halves with age, and it is bad below -0.2, distressed when also tense. */
function addReading(state: ExpectedState, { timeMs, facts }: EventEntry): void {
  const [valence, arousal, stress, confidence] = facts as readonly [number, number, number | null, number];
  const days = timeMs / DAY_MS - landmarkOf(timeMs);
  const isNegative = valence < -0.2;
  const isDistressed = isNegative && ((stress ?? 0) >= 0.6 || arousal >= 0.4);
  state.readings++;
  for (const halfLife of HALF_LIVES) {
    const weight = confidence * 2 ** (days / halfLife);
    const add = (name: string, value: number) =>
      state.sums.set(`${name}_${halfLife}`, (state.sums.get(`${name}_${halfLife}`) ?? 0) + value);
    add('w', weight);
    add('valence', weight * valence);
    add('arousal', weight * arousal);
    add('stress_w', stress === null ? 0 : weight);
    add('stress', weight * (stress ?? 0));
    add('negative', isNegative ? weight : 0);
    add('distressed', isDistressed ? weight : 0);
  }
}

/** All events of a run lie in one period; `checkLandmark` of I3 sees to it. */
export function landmarkOf(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS / LANDMARK_DAYS) * LANDMARK_DAYS;
}

function toTransaction({ customerId, facts }: EventEntry): ExpectedTransaction {
  const [type, amountMinor] = facts as readonly [string, number];
  return { customerId, type, amountMinor };
}

function toStatement({ facts }: EventEntry): ExpectedStatement {
  const [, balanceMinor, paidMinor] = facts as readonly [number, number, number];
  return { balanceMinor, paidMinor };
}

function statementKey({ customerId, facts }: Pick<EventEntry, 'customerId' | 'facts'>): string {
  return `${customerId} ${facts[0]}`;
}
