// A small seeded generator for simulations and training: the same seed gives the same numbers on every machine and Node
// version. Not for secrets.

/** Uniform in [0, 1). */
export type SeededRandom = () => number;

/** SplitMix32: 32 bits of state, integer arithmetic only, so bit-identical everywhere. */
export function createSeededRandom(seed: number): SeededRandom {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 4_294_967_296;
  };
}
