// `npm run test:simulation -- --seeds N --from S`: simulates N lives. One that breaks an invariant is made smaller, printed
// with its seed and its schedule, and ends the run with an error; `--seeds 1 --from SEED` lives it again, step for step.
import { parseArgs } from 'node:util';
import { loadRules } from './load-rules.ts';
import { drawPlan, type Plan } from './plan.ts';
import { shrinkPlan } from './shrink-plan.ts';
import { type Life, simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
  },
});
const rules = await loadRules();
const startedMs = performance.now();
const sums = { seeds: 0, steps: 0, events: 0, decisions: 0, violations: 0 };
const faults: Record<string, number> = {};

for (let seed = Number(values.from); seed < Number(values.from) + Number(values.seeds); seed++) {
  const plan = drawPlan(seed);
  const life = await simulate(plan, rules);
  add(life);
  if (values.trace) console.log(life.trace.join('\n'));
  if (life.violation === null) continue;
  sums.violations++;
  process.exitCode = 1;
  console.log(`seed ${seed}: ${life.violation.invariant}: ${life.violation.message}`);
  if (!values['no-shrink']) await explain(plan, life.violation.invariant);
  break;
}
console.log(JSON.stringify({ ...sums, faults, seconds: Math.round((performance.now() - startedMs) / 100) / 10 }));

function add(life: Life): void {
  sums.seeds++;
  sums.steps += life.steps;
  sums.events += life.events;
  sums.decisions += life.decisions;
  for (const [kind, count] of Object.entries(life.faults)) faults[kind] = (faults[kind] ?? 0) + count;
}

async function explain(failing: Plan, invariant: string): Promise<void> {
  const { plan, life } = await shrinkPlan(failing, invariant, rules);
  const outside = { ...plan, sends: plan.sends.map(({ value, ...send }) => send) };
  console.log(`the smallest plan found that breaks it: ${JSON.stringify(outside, null, 1)}`);
  console.log(`its schedule:\n${life.trace.join('\n')}\n${life.violation?.invariant}: ${life.violation?.message}`);
  console.log(`again: npm run test:simulation -- --seeds 1 --from ${plan.seed} --trace`);
}
