// What new words about consent change, decided purely: the newest word counts, and of two said at the same time the
// withdrawal does. In whatever order words come, nothing from before the last withdrawal stays in use.
import type { ConsentPurpose } from '../events/customer-event.ts';
import { assertNever } from '../lib/assert.ts';

export interface ConsentChange {
  readonly customerId: string;
  readonly purpose: ConsentPurpose;
  readonly granted: boolean;
  /** When the customer said it: the newest word counts. */
  readonly changedAtMs: number;
  /** Who passed it on, for the proof of it. */
  readonly recordedBy: string;
}

/**
 * `changed`: consent is now another; `unchanged`: it stays what it was; `stale`: kept for the proof, but a newer word
 * stands; `restarted`: a newer grant stands, but there was a withdrawal before it that we hear of only now, so that
 * everything begins anew from that grant; `unknown_customer`: nothing was kept.
 */
export type ConsentOutcome = 'changed' | 'unchanged' | 'stale' | 'restarted' | 'unknown_customer';

/** A change of a consent; `recordedBy` plays no part in what it does. */
export type ConsentFlip = Omit<ConsentChange, 'recordedBy'>;

/** The word that counts so far. */
export interface StandingWord {
  readonly granted: boolean;
  readonly changedAtMs: number;
  /** From when on readings count; null where consent is not live. A grant said while it is live does not move it. */
  readonly consentedFromMs: number | null;
}

export interface ConsentPlan {
  /** In the order of the changes given. */
  readonly outcomes: readonly ConsentOutcome[];
  /** Words said for the first time, to be kept for the proof. */
  readonly words: readonly ConsentChange[];
  /** The latest word per customer and purpose, where it is a new one. */
  readonly latest: readonly ConsentChange[];
  /** Changes of a consent, in the order in which they were said; a restart is a withdrawal and a grant. */
  readonly flips: readonly ConsentFlip[];
}

export interface KnownWords {
  readonly customers: ReadonlySet<string>;
  /** By `keyOf`. */
  readonly standing: ReadonlyMap<string, StandingWord>;
  /** Words that were kept before; by `wordOf`. */
  readonly words: ReadonlySet<string>;
}

export function keyOf(change: Pick<ConsentChange, 'customerId' | 'purpose'>): string {
  return `${change.purpose} ${change.customerId}`;
}

export function wordOf(change: Pick<ConsentChange, 'customerId' | 'purpose' | 'granted' | 'changedAtMs'>): string {
  return `${change.granted} ${change.changedAtMs} ${keyOf(change)}`;
}

/** Nothing said is nothing granted. */
const NOTHING_SAID: StandingWord = { granted: false, changedAtMs: Number.NEGATIVE_INFINITY, consentedFromMs: null };

export function planConsents(changes: readonly ConsentChange[], known: KnownWords): ConsentPlan {
  const outcomes = new Array<ConsentOutcome>(changes.length).fill('unknown_customer');
  const standing = new Map(known.standing);
  const words = new Map<string, ConsentChange>();
  const latest = new Map<string, ConsentChange>();
  const flips: ConsentFlip[] = [];
  for (const [position, change] of sortByTime(changes)) {
    if (!known.customers.has(change.customerId)) continue;
    const before = standing.get(keyOf(change)) ?? NOTHING_SAID;
    const isRepeat = known.words.has(wordOf(change)) || words.has(wordOf(change));
    const outcome = isRepeat ? 'unchanged' : judge(change, before);
    outcomes[position] = outcome;
    if (isRepeat) continue;
    words.set(wordOf(change), change);
    if (outcome === 'changed' || outcome === 'unchanged') latest.set(keyOf(change), change);
    if (outcome === 'changed') flips.push(change);
    if (outcome === 'restarted') flips.push(change, { ...change, granted: true, changedAtMs: before.changedAtMs });
    standing.set(keyOf(change), standingAfter(outcome, change, before));
  }
  return { outcomes, words: [...words.values()], latest: [...latest.values()], flips };
}

/** At the same time a withdrawal comes last, and so it wins. */
function sortByTime(changes: readonly ConsentChange[]): [number, ConsentChange][] {
  return [...changes.entries()].sort(
    ([, a], [, b]) => a.changedAtMs - b.changedAtMs || Number(b.granted) - Number(a.granted),
  );
}

type Judgement = Exclude<ConsentOutcome, 'unknown_customer'>;

function judge(change: ConsentChange, before: StandingWord): Judgement {
  const { granted, changedAtMs } = change;
  const isNewer = changedAtMs > before.changedAtMs || (changedAtMs === before.changedAtMs && !granted);
  if (isNewer) return granted === before.granted ? 'unchanged' : 'changed';
  const isInLiveTime = before.consentedFromMs !== null && changedAtMs >= before.consentedFromMs;
  return !granted && isInLiveTime ? 'restarted' : 'stale';
}

function standingAfter(
  outcome: Judgement,
  { granted, changedAtMs }: ConsentChange,
  before: StandingWord,
): StandingWord {
  switch (outcome) {
    case 'changed':
      return { granted, changedAtMs, consentedFromMs: granted ? changedAtMs : null };
    case 'unchanged':
      return { ...before, changedAtMs };
    case 'restarted':
      return { ...before, consentedFromMs: before.changedAtMs };
    case 'stale':
      return before;
    default:
      return assertNever(outcome);
  }
}
