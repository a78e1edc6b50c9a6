// Makes a plan that breaks an invariant smaller: leaves out halves, quarters, ... of its events, calls and faults for as
// long as the same invariant still breaks.
import type { Plan } from './plan.ts';
import { type Life, simulate } from './simulate.ts';
import type { Rules } from './world.ts';

const RUNS_MAX = 300;
const PARTS = ['faults', 'calls', 'sends'] as const;

export async function shrinkPlan(plan: Plan, invariant: string, rules: Rules): Promise<{ plan: Plan; life: Life }> {
  let best = { plan, life: await simulate(plan, rules) };
  let runs = 0;
  const tryOut = async (candidate: Plan): Promise<boolean> => {
    if (runs++ >= RUNS_MAX) return false;
    const life = await simulate(candidate, rules);
    if (life.violation?.invariant !== invariant) return false;
    best = { plan: candidate, life };
    return true;
  };
  for (const part of PARTS) {
    for (let size = best.plan[part].length; size >= 1; size = Math.floor(size / 2)) {
      for (let from = 0; from < best.plan[part].length; ) {
        const kept = best.plan[part].filter((_, index) => index < from || index >= from + size);
        if (!(await tryOut({ ...best.plan, [part]: kept }))) from += size;
      }
    }
  }
  return best;
}
