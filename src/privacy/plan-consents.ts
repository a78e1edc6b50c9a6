// What new words about consent change, decided purely: the newest word counts, and of two said at the same time the
// withdrawal does.
import type { ConsentPurpose } from '../events/customer-event.ts';

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
 * stands; `unknown_customer`: nothing was kept.
 */
export type ConsentOutcome = 'changed' | 'unchanged' | 'stale' | 'unknown_customer';

export interface ConsentPlan {
  /** In the order of the changes given. */
  readonly outcomes: readonly ConsentOutcome[];
  /** Words said for the first time, to be kept for the proof. */
  readonly words: readonly ConsentChange[];
  /** The latest word per customer and purpose, where it is a new one. */
  readonly latest: readonly ConsentChange[];
  /** Changes of a consent, in the order in which they were said. */
  readonly flips: readonly ConsentChange[];
}

export interface KnownWords {
  readonly customers: ReadonlySet<string>;
  /** The word that counts so far; by `keyOf`. */
  readonly latest: ReadonlyMap<string, Pick<ConsentChange, 'granted' | 'changedAtMs'>>;
  /** Words that were kept before; by `wordOf`. */
  readonly words: ReadonlySet<string>;
}

export function keyOf(change: Pick<ConsentChange, 'customerId' | 'purpose'>): string {
  return `${change.purpose} ${change.customerId}`;
}

export function wordOf(change: Pick<ConsentChange, 'customerId' | 'purpose' | 'granted' | 'changedAtMs'>): string {
  return `${change.granted} ${change.changedAtMs} ${keyOf(change)}`;
}

export function planConsents(changes: readonly ConsentChange[], known: KnownWords): ConsentPlan {
  const outcomes = new Array<ConsentOutcome>(changes.length).fill('unknown_customer');
  const words = new Map<string, ConsentChange>();
  const latest = new Map<string, ConsentChange>();
  const flips: ConsentChange[] = [];
  for (const [position, change] of sortByTime(changes)) {
    if (!known.customers.has(change.customerId)) continue;
    const key = keyOf(change);
    const before = latest.get(key) ?? known.latest.get(key);
    const isRepeat = known.words.has(wordOf(change)) || words.has(wordOf(change));
    if (!isRepeat) words.set(wordOf(change), change);
    const outcome = isRepeat ? 'unchanged' : judge(change, before);
    outcomes[position] = outcome;
    if (isRepeat || outcome === 'stale') continue;
    latest.set(key, change);
    if (outcome === 'changed') flips.push(change);
  }
  return { outcomes, words: [...words.values()], latest: [...latest.values()], flips };
}

/** At the same time a withdrawal comes last, and so it wins. */
function sortByTime(changes: readonly ConsentChange[]): [number, ConsentChange][] {
  return [...changes.entries()].sort(
    ([, a], [, b]) => a.changedAtMs - b.changedAtMs || Number(b.granted) - Number(a.granted),
  );
}

function judge(
  change: ConsentChange,
  before: Pick<ConsentChange, 'granted' | 'changedAtMs'> | undefined,
): Exclude<ConsentOutcome, 'unknown_customer'> {
  // Nothing said is nothing granted.
  if (before === undefined) return change.granted ? 'changed' : 'unchanged';
  const isNewer =
    change.changedAtMs > before.changedAtMs || (change.changedAtMs === before.changedAtMs && !change.granted);
  if (!isNewer) return 'stale';
  return change.granted === before.granted ? 'unchanged' : 'changed';
}
