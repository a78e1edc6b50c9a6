// A model that is always in force, without a registry: for tests and simulations of what decides.
import type { LoadedScorecard, ModelSource } from '../../src/model/index.ts';

export function fixedModelSource(model: LoadedScorecard): ModelSource {
  return { champion: async () => model };
}
