// The shipped model and policies, as production loads them.
import { loadScorecard, shippedScorecardPath } from '../../src/model/index.ts';
import { loadPolicies } from '../../src/policy/index.ts';
import type { Rules } from './world.ts';

export async function loadRules(): Promise<Rules> {
  return { model: await loadScorecard(shippedScorecardPath()), policies: await loadPolicies() };
}
