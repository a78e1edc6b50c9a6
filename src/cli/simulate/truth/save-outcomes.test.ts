// The file that is written says the same as the history that was drawn: the gate sees the same in it, look by look.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildVerdict } from '../../../model/gate/gate-verdict.ts';
import { EMOTION_BLOCK, GATE_RULES, runGate, runModelGate, shippedScorecardPath } from '../../../model/index.ts';
import { drawHistory, HISTORY_MONTHS } from './draw-history.ts';
import { saveOutcomes } from './save-outcomes.ts';
import { SCENARIOS } from './scenario.ts';

const NOW_MS = Date.UTC(2026, 5, 15);
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ecs-outcomes-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each(['moderate', 'selective-consent'] as const)(
  '%s: file and history give the same verdict',
  async (scenario) => {
    const path = join(folder, `${scenario}.csv`);
    const saved = await saveOutcomes(scenario, 3, NOW_MS, path);
    const firstMonth = 2026 * 12 + 5 - HISTORY_MONTHS;
    const history = drawHistory(SCENARIOS[scenario], 3, { firstMonth });
    expect(saved.rows).toBe(history.base.length);
    const { verdict } = await runModelGate({
      outcomesPath: path,
      modelPath: shippedScorecardPath(),
      groupColumn: 'group',
    });
    expect(verdict.outcomes.lastMonth).toBe('2026-05');
    const drawn = buildVerdict(runGate(history, GATE_RULES), history, EMOTION_BLOCK, GATE_RULES);
    expect(verdict.looks).toEqual(drawn.looks);
    expect(verdict).toEqual({ ...drawn, outcomes: { ...drawn.outcomes, sha256: verdict.outcomes.sha256 } });
  },
);
