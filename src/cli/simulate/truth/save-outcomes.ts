// Two years of a scenario's outcomes as a CSV that `ecs model gate` reads, so that anybody can see the gate at work on a
// lender whose truth is known.
import { writeFile } from 'node:fs/promises';
import { EcsError } from '../../../lib/errors.ts';
import {
  type EmotionInputs,
  FELT_COLUMNS,
  formatMonth,
  type GateOutcomes,
  monthOf,
  toFeltCells,
} from '../../../model/index.ts';
import { drawHistory, HISTORY_MONTHS, WINDOW_MONTHS } from './draw-history.ts';
import { SCENARIOS, type ScenarioName } from './scenario.ts';

export interface SavedOutcomes {
  readonly scenario: ScenarioName;
  readonly path: string;
  readonly rows: number;
  readonly defaults: number;
}

/** The last month is the one before `nowMs`. */
export async function saveOutcomes(
  scenario: ScenarioName,
  seed: number,
  nowMs: number,
  path: string,
): Promise<SavedOutcomes> {
  const felt: string[] = [];
  const onRow = (features: EmotionInputs | null) => felt.push(toFeltCells(features).join(','));
  const history = drawHistory(SCENARIOS[scenario], seed, { firstMonth: monthOf(nowMs) - HISTORY_MONTHS, onRow });
  try {
    await writeFile(path, renderOutcomes(history, felt));
  } catch (cause) {
    throw new EcsError('ECS_FILE_INVALID', `The file ${path} cannot be written.`, { cause, facts: { path } });
  }
  const defaults = history.defaulted.reduce((sum, value) => sum + value, 0);
  return { scenario, path, rows: history.base.length, defaults };
}

const COLUMNS = [
  ...['customer_id', 'month', 'window_months', 'base_log_odds', 'months_past_due', 'defaulted', 'group'],
  ...FELT_COLUMNS,
];

/** `felt`: of each row its last cells. */
function renderOutcomes(history: GateOutcomes, felt: readonly string[]): string {
  const { months, monthFrom, base, defaulted, late, group, groups } = history;
  const lines = [COLUMNS.join(',')];
  months.forEach((month, index) => {
    for (let row = monthFrom[index] ?? 0; row < (monthFrom[index + 1] ?? 0); row += 1) {
      const told = [base[row], late[row], defaulted[row], groups?.[group[row] ?? 0] ?? '', felt[row]];
      lines.push([`sim-${row + 1}`, formatMonth(month), WINDOW_MONTHS, ...told].join(','));
    }
  });
  return `${lines.join('\n')}\n`;
}
