// Normal numbers from a seeded generator, for the simulator.
import type { SeededRandom } from '../../../lib/seeded-random.ts';

/** Box and Muller; every second number is kept for the next call. */
export function createNormal(random: SeededRandom): () => number {
  let kept = Number.NaN;
  return () => {
    if (!Number.isNaN(kept)) {
      const value = kept;
      kept = Number.NaN;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    kept = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
