// A small seeded generator (mulberry32): the same seed gives the same training run on every machine and Node version.

export interface Random {
  /** Uniform integer in [0, bound). */
  readonly below: (bound: number) => number;
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return { below: (bound) => Math.floor(next() * bound) };
}

/** Shuffles in place (Fisher and Yates). */
export function shuffle<T extends { length: number; [index: number]: number }>(values: T, random: Random): T {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = random.below(last + 1);
    const held = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = held;
  }
  return values;
}

/** A fold number 0 .. folds-1 for every row, each class spread evenly over the folds. */
export function assignFolds(target: Uint8Array, folds: number, random: Random): Uint8Array {
  const fold = new Uint8Array(target.length);
  for (const label of [0, 1]) {
    const rows = shuffle(
      Uint32Array.from(target.keys()).filter((row) => target[row] === label),
      random,
    );
    rows.forEach((row, place) => {
      fold[row] = place % folds;
    });
  }
  return fold;
}
