// How right decisions turned out to be: per model version and length of window, over all months and month by month.
import type { Interval } from '../lib/statistics/interval.ts';
import { measureRankPower, type RankPower } from '../lib/statistics/rank-power.ts';
import { type Calibration, measureCalibration } from './calibration.ts';
import { type Verdict, worstOf } from './verdict.ts';

/** An outcome with what the decision in force at the start of its window said. */
export interface JudgedOutcome {
  readonly customerId: string;
  readonly modelVersion: string;
  readonly asOfMs: number;
  readonly windowMonths: number;
  readonly defaulted: boolean;
  /** Of default, without emotion, anchored to the lender's base rate. */
  readonly logOdds: number;
  /** What emotion added; 0 without consent or data, and after an erasure. */
  readonly emotionLogOdds: number;
}

export type Finding = 'calibration' | 'ranking';

export interface PerformanceLine extends Calibration {
  readonly modelVersion: string;
  readonly windowMonths: number;
  /** Of the start of the window, for example `2026-05`; null over all months. */
  readonly month: string | null;
  readonly outcomes: number;
  readonly customers: number;
  readonly defaults: number;
  /** Null where nobody defaulted, or everybody. */
  readonly auc: Interval | null;
  readonly ks: Interval | null;
  /** Of the outcomes in whose decisions emotion had a say; null where there are none or only one class of them. */
  readonly emotion: EmotionLine | null;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
}

export interface EmotionLine {
  readonly outcomes: number;
  readonly defaults: number;
  readonly aucWithout: Interval;
  readonly aucWith: Interval;
}

export interface PerformanceReport {
  readonly verdict: Verdict;
  readonly outcomes: number;
  /** Over all months, the version with the newest outcomes first. */
  readonly totals: readonly PerformanceLine[];
  /** Newest first. */
  readonly months: readonly PerformanceLine[];
}

export const DEFAULTS_MIN = 20;
/** Observed over expected defaults: beyond these, with all of the interval, something has to be done. */
const RATIO_TO_ACT = [0.8, 1.25] as const;
const RATIO_TO_WATCH = [0.9, 1.11] as const;
/** Below the area of training by so much, with all of the interval. */
const AUC_LOSS_TO_WATCH = 0.02;
const AUC_LOSS_TO_ACT = 0.05;

/** `trainedAuc`: what a model version reached on rows it had not seen; ranking is judged only where it is known. */
export function reportPerformance(
  outcomes: readonly JudgedOutcome[],
  trainedAuc: ReadonlyMap<string, number>,
): PerformanceReport {
  const ordered = outcomes.toSorted((one, other) => other.asOfMs - one.asOfMs);
  const keyOf = ({ modelVersion, windowMonths }: JudgedOutcome) => `${modelVersion} ${windowMonths}`;
  const totals = [...groupBy(ordered, keyOf).values()].map((rows) => measureLine(rows, null, trainedAuc));
  const byMonth = groupBy(ordered, (row) => `${monthOf(row.asOfMs)} ${keyOf(row)}`);
  const months = [...byMonth.values()].map((rows) => measureLine(rows, monthOf(rows[0]?.asOfMs ?? 0), trainedAuc));
  return { verdict: worstOf(totals.map((line) => line.verdict)), outcomes: outcomes.length, totals, months };
}

function groupBy(rows: readonly JudgedOutcome[], keyOf: (row: JudgedOutcome) => string): Map<string, JudgedOutcome[]> {
  const groups = new Map<string, JudgedOutcome[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}

function monthOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 7);
}

function measureLine(
  rows: readonly JudgedOutcome[],
  month: string | null,
  trainedAuc: ReadonlyMap<string, number>,
): PerformanceLine {
  const { modelVersion = '', windowMonths = 0 } = rows[0] ?? {};
  const customers = new Set(rows.map((row) => row.customerId)).size;
  // Windows of one customer overlap: in the worst case they say the same, and count as one.
  const designEffect = rows.length / customers;
  const defaulted = rows.map((row) => row.defaulted);
  const defaults = defaulted.filter(Boolean).length;
  const logOdds = rows.map((row) => row.logOdds);
  const calibration = measureCalibration(logOdds, defaulted, designEffect);
  const hasBoth = defaults > 0 && defaults < rows.length;
  const power = hasBoth ? measureRankPower(logOdds, defaulted, designEffect) : null;
  // Few defaults say little, unless many were expected and stayed away.
  const enough = Math.max(defaults, calibration.expectedRate * rows.length) / designEffect >= DEFAULTS_MIN;
  return {
    ...{ modelVersion, windowMonths, month, outcomes: rows.length, customers, defaults },
    ...calibration,
    auc: power?.auc ?? null,
    ks: power?.ks ?? null,
    emotion: measureEmotion(rows, designEffect),
    ...(enough ? judge(calibration, power, trainedAuc.get(modelVersion)) : TOO_FEW),
  };
}

function measureEmotion(rows: readonly JudgedOutcome[], designEffect: number): EmotionLine | null {
  const felt = rows.filter((row) => row.emotionLogOdds !== 0);
  const defaulted = felt.map((row) => row.defaulted);
  const defaults = defaulted.filter(Boolean).length;
  if (defaults === 0 || defaults === felt.length) return null;
  const aucOf = (logOdds: number[]) => measureRankPower(logOdds, defaulted, designEffect).auc;
  return {
    outcomes: felt.length,
    defaults,
    aucWithout: aucOf(felt.map((row) => row.logOdds)),
    aucWith: aucOf(felt.map((row) => row.logOdds + row.emotionLogOdds)),
  };
}

const TOO_FEW = { verdict: 'too_few', findings: [] } as const;

function judge(
  { observedToExpected }: Calibration,
  power: RankPower | null,
  trainedAuc: number | undefined,
): { readonly verdict: Verdict; readonly findings: readonly Finding[] } {
  const calibration = judgeRatio(observedToExpected);
  const ranking = power === null || trainedAuc === undefined ? 'stable' : judgeAuc(power.auc, trainedAuc);
  const findings = [
    ...(calibration === 'stable' ? [] : (['calibration'] as const)),
    ...(ranking === 'stable' ? [] : (['ranking'] as const)),
  ];
  return { verdict: worstOf([calibration, ranking]), findings };
}

function judgeRatio({ estimate, low, high }: Interval): Verdict {
  if (high < RATIO_TO_ACT[0] || low > RATIO_TO_ACT[1]) return 'act';
  const isOff = estimate < RATIO_TO_WATCH[0] || estimate > RATIO_TO_WATCH[1];
  return isOff && (high < 1 || low > 1) ? 'watch' : 'stable';
}

function judgeAuc({ high }: Interval, trained: number): Verdict {
  if (high < trained - AUC_LOSS_TO_ACT) return 'act';
  return high < trained - AUC_LOSS_TO_WATCH ? 'watch' : 'stable';
}
