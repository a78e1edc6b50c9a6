// A few simulated lives with every test run; `npm run test:simulation` lives a thousand.
import { loadRules } from './load-rules.ts';
import { drawPlan } from './plan.ts';
import { simulate } from './simulate.ts';

const rules = await loadRules();

test('a seed alone gives the same life again, step for step', async () => {
  const [one, again, other] = [
    await simulate(drawPlan(7), rules),
    await simulate(drawPlan(7), rules),
    await simulate(drawPlan(8), rules),
  ];
  expect(again).toEqual(one);
  expect(other.trace).not.toEqual(one.trace);
});

test('forty lives, with every kind of fault, break no invariant', async () => {
  const faults = new Set<string>();
  let decisions = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const life = await simulate(drawPlan(seed), rules);
    expect({ seed, violation: life.violation }).toEqual({ seed, violation: null });
    for (const kind of Object.keys(life.faults)) faults.add(kind);
    decisions += life.decisions;
  }
  const kinds = ['crash', 'end_sessions', 'jump', 'lose_commit', 'pause', 'rebalance', 'skew'];
  expect([...faults].sort()).toEqual(kinds);
  expect(decisions).toBeGreaterThan(200);
}, 60_000);
