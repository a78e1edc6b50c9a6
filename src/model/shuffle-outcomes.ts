// Outcomes dealt out anew among the rows: nothing is left to find, so whatever still finds something has seen what it should
// not have seen.
import { createRandom, shuffle } from './train/random.ts';
import type { TrainingTable } from './train/training-table.ts';

const SEED = 12_345;

/** The same table gives the same deal. */
export function shuffleOutcomes(data: TrainingTable): TrainingTable {
  return { ...data, target: shuffle(Uint8Array.from(data.target), createRandom(SEED)) };
}
