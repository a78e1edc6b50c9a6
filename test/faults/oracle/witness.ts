// What the proxies saw committed: the moves of every partition's offset, with who moved it. Kept outside the system, so that
// a stale owner's write or a skipped record shows even if the table looks well.
import type { OffsetMove } from '../proxy/sql-steps.ts';

export interface Witness {
  takeMove(move: OffsetMove, outcome: 'committed' | 'unknown'): void;
  /** A look at the table itself. */
  takeSample(place: string, nextOffset: number, ownerEpoch: number): void;
  readonly skips: readonly string[];
  readonly stale: readonly string[];
  readonly backward: readonly string[];
  commits(): number;
}

interface Place {
  next: number;
  epoch: number;
  /** Ends that a commit of unknown outcome may have reached. */
  maybe: Map<number, number>;
}

interface Sample {
  nextOffset: number;
  ownerEpoch: number;
}

export function createWitness(): Witness {
  const places = new Map<string, Place>();
  const samples = new Map<string, Sample>();
  const skips: string[] = [];
  const stale: string[] = [];
  const backward: string[] = [];
  let commits = 0;

  function takeCommitted(move: OffsetMove): void {
    commits++;
    const key = `${move.topic}/${move.partition}`;
    const place = places.get(key);
    if (place === undefined) {
      places.set(key, { next: move.to, epoch: move.ownerEpoch, maybe: new Map() });
      return;
    }
    if (move.ownerEpoch < place.epoch) stale.push(`${key}: epoch ${move.ownerEpoch} wrote after epoch ${place.epoch}`);
    if (!continues(place, move.from)) skips.push(`${key}: a batch from ${move.from} was counted after ${place.next}`);
    place.next = Math.max(place.next, move.to);
    place.epoch = Math.max(place.epoch, move.ownerEpoch);
    place.maybe.clear();
  }

  return {
    takeMove(move, outcome) {
      if (outcome === 'committed') takeCommitted(move);
      else {
        const key = `${move.topic}/${move.partition}`;
        const place = places.get(key) ?? { next: move.from, epoch: move.ownerEpoch, maybe: new Map() };
        place.maybe.set(move.from, move.to);
        places.set(key, place);
      }
    },
    takeSample(key, nextOffset, ownerEpoch) {
      const before = samples.get(key);
      if (before !== undefined && (nextOffset < before.nextOffset || ownerEpoch < before.ownerEpoch))
        backward.push(`${key}: ${before.nextOffset} epoch ${before.ownerEpoch} -> ${nextOffset} epoch ${ownerEpoch}`);
      samples.set(key, { nextOffset, ownerEpoch });
    },
    skips,
    stale,
    backward,
    commits: () => commits,
  };
}

/** From where it stood, or from where an unknown commit may have taken it. */
function continues({ next, maybe }: Place, from: number): boolean {
  if (from === next) return true;
  let at = next;
  for (let steps = 0; steps <= maybe.size; steps++) {
    const to = maybe.get(at);
    if (to === undefined) return false;
    if (to === from) return true;
    at = to;
  }
  return false;
}
