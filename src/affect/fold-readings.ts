// Readings of a batch -> per customer additive sums. Pure: any order gives the same sums to rounding, and so does any
// split into batches, which save-emotional-states adds up. Duplicates were taken out before.
import { DAY_MS } from '../lib/clock.ts';
import { decayFactor, LONG_TERM_HALF_LIFE_DAYS, landmarkDayOf, RECENT_HALF_LIFE_DAYS } from './decay.ts';
import type { Reading } from './reading.ts';

/** Per half-life, in the order of the columns: weights, then weighted sums, then the weight of what was bad. */
export const SUM_NAMES = [
  'w',
  'w2',
  'valence',
  'valence2',
  'arousal',
  'stress_w',
  'stress',
  'negative',
  'distressed',
] as const;
const SUMS = SUM_NAMES.length;
const SQUARED_WEIGHT = SUM_NAMES.indexOf('w2');

/** Below this a reading is negative: a little under the middle is everybody's ordinary day. */
export const NEGATIVE_VALENCE = -0.2;
/** A negative reading is one of distress when it also carries this much stress or this much arousal. */
export const DISTRESS_STRESS = 0.6;
export const DISTRESS_AROUSAL = 0.4;

export interface CustomerFold {
  readonly customerId: string;
  /** The landmark of the newest reading; the sums are relative to it. */
  landmarkDay: number;
  readings: number;
  lastEventMs: number;
  /** SUM_NAMES at the recent half-life, then at the long-term one. */
  readonly sums: Float64Array;
  readonly days: DayFold[];
}

/** Plain sums of a UTC day, weighted by confidence alone. */
export interface DayFold {
  /** Days since 1970-01-01. */
  readonly day: number;
  readings: number;
  weight: number;
  valence: number;
  arousal: number;
  stressWeight: number;
  stress: number;
}

function createCustomerFold(customerId: string, landmarkDay: number): CustomerFold {
  return {
    customerId,
    landmarkDay,
    readings: 0,
    lastEventMs: Number.NEGATIVE_INFINITY,
    sums: new Float64Array(2 * SUMS),
    days: [],
  };
}

/** `customerIds[i]` gave `readings[i]`. The folds come in the order in which the customers first appear. */
export function foldReadings(customerIds: readonly string[], readings: readonly Reading[]): Map<string, CustomerFold> {
  const folds = new Map<string, CustomerFold>();
  readings.forEach((reading, index) => {
    const customerId = customerIds[index] ?? '';
    let fold = folds.get(customerId);
    if (fold === undefined) {
      fold = createCustomerFold(customerId, landmarkDayOf(reading.timeMs));
      folds.set(customerId, fold);
    }
    addReading(fold, reading);
  });
  return folds;
}

function addReading(fold: CustomerFold, reading: Reading): void {
  moveLandmark(fold, landmarkDayOf(reading.timeMs));
  const days = reading.timeMs / DAY_MS - fold.landmarkDay;
  addSums(fold.sums, 0, reading, reading.weight * decayFactor(days, RECENT_HALF_LIFE_DAYS));
  addSums(fold.sums, SUMS, reading, reading.weight * decayFactor(days, LONG_TERM_HALF_LIFE_DAYS));
  fold.readings += 1;
  fold.lastEventMs = Math.max(fold.lastEventMs, reading.timeMs);
  addDay(findDay(fold, Math.floor(reading.timeMs / DAY_MS)), reading);
}

function addSums(sums: Float64Array, start: number, reading: Reading, weight: number): void {
  const { valence, arousal, stress } = reading;
  add(sums, start, weight);
  add(sums, start + 1, weight * weight);
  add(sums, start + 2, weight * valence);
  add(sums, start + 3, weight * valence * valence);
  add(sums, start + 4, weight * arousal);
  if (stress !== null) {
    add(sums, start + 5, weight);
    add(sums, start + 6, weight * stress);
  }
  if (valence >= NEGATIVE_VALENCE) return;
  add(sums, start + 7, weight);
  if (arousal >= DISTRESS_AROUSAL || (stress !== null && stress >= DISTRESS_STRESS)) add(sums, start + 8, weight);
}

function add(sums: Float64Array, index: number, value: number): void {
  sums[index] = (sums[index] ?? 0) + value;
}

/** Landmarks only move forward; what stood relative to the old one is scaled down to the new one. */
function moveLandmark(fold: CustomerFold, landmarkDay: number): void {
  if (landmarkDay <= fold.landmarkDay) return;
  scaleSums(fold.sums, 0, decayFactor(fold.landmarkDay - landmarkDay, RECENT_HALF_LIFE_DAYS));
  scaleSums(fold.sums, SUMS, decayFactor(fold.landmarkDay - landmarkDay, LONG_TERM_HALF_LIFE_DAYS));
  fold.landmarkDay = landmarkDay;
}

function scaleSums(sums: Float64Array, start: number, factor: number): void {
  for (let index = 0; index < SUMS; index += 1) {
    const scale = index === SQUARED_WEIGHT ? factor * factor : factor;
    sums[start + index] = (sums[start + index] ?? 0) * scale;
  }
}

function findDay(fold: CustomerFold, day: number): DayFold {
  for (const known of fold.days) if (known.day === day) return known;
  const added = { day, readings: 0, weight: 0, valence: 0, arousal: 0, stressWeight: 0, stress: 0 };
  fold.days.push(added);
  return added;
}

function addDay(day: DayFold, reading: Reading): void {
  const { weight, stress } = reading;
  day.readings += 1;
  day.weight += weight;
  day.valence += weight * reading.valence;
  day.arousal += weight * reading.arousal;
  if (stress === null) return;
  day.stressWeight += weight;
  day.stress += weight * stress;
}
