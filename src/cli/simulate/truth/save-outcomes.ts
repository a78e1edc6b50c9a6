// Two years of a scenario's outcomes as a CSV that `ecs model gate` reads, so that anybody can see the gate at work on a
// lender whose truth is known.
import { writeFile } from 'node:fs/promises';
import { EcsError } from '../../../lib/errors.ts';
import { formatMonth, type GateOutcomes } from '../../../model/index.ts';
import { drawHistory, HISTORY_MONTHS } from './draw-history.ts';
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
  const history = drawHistory(SCENARIOS[scenario], seed, { firstMonth: monthOf(nowMs) - HISTORY_MONTHS });
  try {
    await writeFile(path, renderOutcomes(history));
  } catch (cause) {
    throw new EcsError('ECS_FILE_INVALID', `The file ${path} cannot be written.`, { cause, facts: { path } });
  }
  const defaults = history.defaulted.reduce((sum, value) => sum + value, 0);
  return { scenario, path, rows: history.base.length, defaults };
}

function monthOf(nowMs: number): number {
  const now = new Date(nowMs);
  return now.getUTCFullYear() * 12 + now.getUTCMonth();
}

export function renderOutcomes({
  months,
  monthFrom,
  base,
  block,
  defaulted,
  late,
  group,
  groups,
}: GateOutcomes): string {
  const lines = ['month,base_log_odds,block_log_odds,months_past_due,defaulted,group'];
  months.forEach((month, index) => {
    for (let row = monthFrom[index] ?? 0; row < (monthFrom[index + 1] ?? 0); row += 1) {
      const felt = block[row] === 0 ? '' : block[row];
      lines.push(
        [formatMonth(month), base[row], felt, late[row], defaulted[row], groups?.[group[row] ?? 0] ?? ''].join(','),
      );
    }
  });
  return `${lines.join('\n')}\n`;
}
