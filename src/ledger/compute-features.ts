// The 23 features of the risk model, from the last six statements: one function for training and for serving, so that
// both mean the same. What is not known is NaN; a thin file is never read as a good one.
import { assert } from '../lib/assert.ts';
import { FEATURE_NAMES, type Features } from './feature-names.ts';
import { STATEMENT_WINDOW, type Statement } from './statement.ts';

const PAYMENT_RATIO_CAP = 2;

/**
 * `statements` come oldest first, at most the last six count. `referenceUnitMinor` is the portfolio's median limit: it
 * makes amounts free of the currency.
 *
 * With fewer than six statements a window's figure is NaN, save that bad news counts as soon as it is seen: months past
 * due, late and unpaid statements are given from the first one on, their absence only from the sixth statement on.
 */
export function computeFeatures(statements: readonly Statement[], referenceUnitMinor: number): Features {
  assert(referenceUnitMinor > 0, 'the reference unit must be positive');
  const features = new Float64Array(FEATURE_NAMES.length).fill(Number.NaN);
  const count = Math.min(statements.length, STATEMENT_WINDOW);
  if (count === 0) return features;
  const complete = count === STATEMENT_WINDOW;
  fillStatus(features, statements, count, complete);
  fillUtilisation(features, statements, count, complete);
  fillPayments(features, statements, count, complete, referenceUnitMinor);
  fillBalance(features, statements, count, complete, referenceUnitMinor);
  return features;
}

/** The statement `age` steps back from the latest. */
function back(statements: readonly Statement[], age: number): Statement {
  const statement = statements[statements.length - 1 - age];
  assert(statement !== undefined, 'there is no statement that far back');
  return statement;
}

/** -2 inactive, -1 paid in full, 0 revolving, k >= 1 months past due. */
function statusOf(statement: Statement): number {
  switch (statement.standing) {
    case 'inactive':
      return -2;
    case 'paid_in_full':
      return -1;
    case 'revolving':
      return 0;
    case 'past_due':
      return statement.monthsPastDue;
  }
}

function fillStatus(features: Features, statements: readonly Statement[], count: number, complete: boolean): void {
  let worst = 0;
  let sum = 0;
  let late = 0;
  let sinceLate = count;
  let inactive = 0;
  let paidInFull = 0;
  for (let age = 0; age < count; age += 1) {
    const status = statusOf(back(statements, age));
    if (age < 3) features[age] = status;
    if (status > 0) {
      worst = Math.max(worst, status);
      sum += status;
      late += 1;
      if (sinceLate === count) sinceLate = age;
    }
    if (status === -2) inactive += 1;
    if (status === -1) paidInFull += 1;
  }
  if (complete || late > 0) {
    features[3] = worst;
    features[4] = sum;
    features[5] = late;
    features[6] = sinceLate;
  }
  if (!complete) return;
  features[7] = inactive;
  features[8] = paidInFull;
}

/** NaN where there is no limit to divide by. */
function perLimit(amountMinor: number, limitMinor: number | null): number {
  return limitMinor === null || limitMinor <= 0 ? Number.NaN : amountMinor / limitMinor;
}

function fillUtilisation(features: Features, statements: readonly Statement[], count: number, complete: boolean): void {
  const latest = back(statements, 0);
  features[9] = perLimit(latest.balanceMinor, latest.limitMinor);
  if (!complete) return;
  const half = count / 2;
  let newer = 0;
  let older = 0;
  let max = Number.NEGATIVE_INFINITY;
  for (let age = 0; age < count; age += 1) {
    const statement = back(statements, age);
    const utilisation = perLimit(statement.balanceMinor, statement.limitMinor);
    if (age < half) newer += utilisation;
    else older += utilisation;
    max = Math.max(max, utilisation);
  }
  const mean = (newer + older) / count;
  features[10] = mean;
  features[11] = max;
  features[12] = (newer - older) / half;
  let squares = 0;
  for (let age = 0; age < count; age += 1) {
    const statement = back(statements, age);
    const gap = perLimit(statement.balanceMinor, statement.limitMinor) - mean;
    squares += gap * gap;
  }
  features[22] = Math.sqrt(squares / count);
}

function logInUnits(amountMinor: number, unitMinor: number): number {
  return Math.log(1 + amountMinor / unitMinor);
}

function fillPayments(
  features: Features,
  statements: readonly Statement[],
  count: number,
  complete: boolean,
  unitMinor: number,
): void {
  let ratioSum = 0;
  let ratios = 0;
  let unpaid = 0;
  for (let age = 0; age + 1 < count; age += 1) {
    const owedMinor = back(statements, age + 1).balanceMinor;
    if (owedMinor <= 0) continue;
    const paidMinor = back(statements, age).paidMinor;
    const ratio = Math.min(paidMinor / owedMinor, PAYMENT_RATIO_CAP);
    if (age === 0) features[13] = ratio;
    ratioSum += ratio;
    ratios += 1;
    if (paidMinor === 0) unpaid += 1;
  }
  if (complete) features[14] = ratios === 0 ? 1 : ratioSum / ratios;
  if (complete || unpaid > 0) features[15] = unpaid;
  features[16] = logInUnits(back(statements, 0).paidMinor, unitMinor);
  if (count > 1) features[17] = logInUnits(back(statements, 1).paidMinor, unitMinor);
  if (!complete) return;
  const paid = new Float64Array(count);
  for (let age = 0; age < count; age += 1) paid[age] = back(statements, age).paidMinor;
  paid.sort();
  let sum = 0;
  for (const amountMinor of paid) sum += amountMinor;
  features[18] = logInUnits(((paid[count / 2 - 1] ?? 0) + (paid[count / 2] ?? 0)) / 2, unitMinor);
  features[19] = logInUnits(sum, unitMinor);
}

function fillBalance(
  features: Features,
  statements: readonly Statement[],
  count: number,
  complete: boolean,
  unitMinor: number,
): void {
  const balanceMinor = back(statements, 0).balanceMinor;
  const size = logInUnits(Math.abs(balanceMinor), unitMinor);
  features[21] = balanceMinor < 0 ? -size : size;
  if (!complete) return;
  let spend = 0;
  for (let age = 0; age + 1 < count; age += 1) {
    const statement = back(statements, age);
    const spentMinor = statement.balanceMinor - back(statements, age + 1).balanceMinor + statement.paidMinor;
    spend += perLimit(Math.max(spentMinor, 0), statement.limitMinor);
  }
  features[20] = spend / (count - 1);
}
