// Is any group harmed? Asked in two ways: before opening it has to be shown that none is, with a margin; once open, the
// first sight of harm is enough to shut.
import { UNLABELLED } from './gate-outcomes.ts';
import type { GateReason } from './gate-reasons.ts';
import type { GateRules } from './gate-rules.ts';
import type { GroupSums } from './month-evidence.ts';

export interface GroupEvidence {
  readonly name: string;
  readonly rows: number;
  readonly defaults: number;
  readonly gain: number;
  /** Mean of the block in the group minus that in all others of the same risk, in log-odds, and its standard error. */
  readonly offset: number;
  readonly offsetError: number;
  /** Standard deviation of the block in the group over that in all others. */
  readonly spread: number;
  readonly spreadError: number;
  readonly expectedWithout: number;
  readonly expectedWith: number;
  /** Standard errors by which defaults miss what is expected, without and with the block. */
  readonly missWithout: number;
  readonly missWith: number;
}

/** Of the groups that are there: one that only comes later says nothing about now. */
export function listGroupEvidence(names: readonly string[], sums: GroupSums): GroupEvidence[] {
  const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
  const all = { rows: total(sums.rows), offset: total(sums.offset), offset2: total(sums.offset2) };
  return names.flatMap((name, g) => {
    const rows = get(sums.rows, g);
    if (rows === 0) return [];
    const own = momentsOf(rows, get(sums.offset, g), get(sums.offset2, g));
    const rest = momentsOf(all.rows - rows, all.offset - get(sums.offset, g), all.offset2 - get(sums.offset2, g));
    const root = Math.sqrt(get(sums.variance, g));
    const defaults = get(sums.defaults, g);
    const evidence: GroupEvidence = {
      name,
      rows,
      defaults,
      gain: get(sums.gain, g),
      offset: own.mean - rest.mean,
      offsetError: Math.sqrt(own.variance / own.rows + rest.variance / rest.rows),
      spread: Math.sqrt(own.variance / rest.variance),
      spreadError: Math.sqrt(0.5 / own.rows + 0.5 / rest.rows),
      expectedWithout: get(sums.expectedWithout, g),
      expectedWith: get(sums.expectedWith, g),
      missWithout: (defaults - get(sums.expectedWithout, g)) / root,
      missWith: (defaults - get(sums.expectedWith, g)) / root,
    };
    return [evidence];
  });
}

/** What keeps the gate shut: harm, and anything too thin to tell. Comparisons with NaN fail, and so stay shut. */
export function findUnprovenHarm(all: readonly GroupEvidence[], rules: GateRules): GateReason[] {
  const groups = all.filter(isLabelled);
  // With nobody to compare with there is nothing else to say.
  if (groups.length < 2) return ['one_group_only'];
  const margin = rules.groupMarginErrors;
  const every = (holds: (group: GroupEvidence) => boolean) => groups.every(holds);
  const reasons: GateReason[] = [];
  if (hidesTooMany(all, rules)) reasons.push('too_many_unlabelled');
  if (!every((group) => group.defaults >= rules.groupDefaultsMin)) reasons.push('group_too_small');
  if (!every((group) => Math.abs(group.offset) + margin * group.offsetError <= rules.groupOffsetMax)) {
    reasons.push('group_offset');
  }
  const spreadMax = Math.log(rules.groupSpreadMax);
  if (!every((group) => Math.abs(Math.log(group.spread)) + margin * group.spreadError <= spreadMax)) {
    reasons.push('group_spread');
  }
  if (!every((group) => isWithinExpectation(group, rules))) reasons.push('group_calibration');
  if (!every((group) => group.gain >= 0)) reasons.push('group_loses');
  return reasons;
}

/** What shuts an open gate. */
export function findHarm(all: readonly GroupEvidence[], rules: GateRules): GateReason[] {
  const spreadMax = Math.log(rules.groupSpreadMax);
  const groups = all.filter(isLabelled);
  const judged = groups.filter((group) => group.defaults >= rules.groupDefaultsMin);
  const reasons: GateReason[] = [];
  if (hidesTooMany(all, rules)) reasons.push('too_many_unlabelled');
  if (judged.some((group) => Math.abs(group.offset) > rules.groupOffsetMax)) reasons.push('group_offset');
  if (judged.some((group) => Math.abs(Math.log(group.spread)) > spreadMax)) reasons.push('group_spread');
  if (judged.some((group) => !isWithinExpectation(group, rules))) reasons.push('group_calibration');
  if (groups.some((group) => group.gain < -rules.closingLoss)) reasons.push('group_loses');
  return reasons;
}

function isLabelled({ name }: GroupEvidence): boolean {
  return name !== UNLABELLED;
}

function hidesTooMany(groups: readonly GroupEvidence[], rules: GateRules): boolean {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const unlabelled = groups.find((group) => !isLabelled(group))?.rows ?? 0;
  return unlabelled > rules.unlabelledShareMax * rows;
}

/** A base score that misses a group already is not the block's fault; making it clearly worse is. */
function isWithinExpectation({ missWith, missWithout }: GroupEvidence, rules: GateRules): boolean {
  return !(Math.abs(missWith) > rules.groupCalibrationErrors && Math.abs(missWith) > Math.abs(missWithout) + 0.5);
}

function momentsOf(rows: number, sum: number, squares: number) {
  const mean = sum / rows;
  return { rows, mean, variance: Math.max(squares / rows - mean * mean, 0) };
}

function get(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}
