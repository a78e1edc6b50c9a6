// What would bring a customer into the next safer band of the policy: the nearest change of own behaviour, worked out on the
// features, the model and the policy that the decision was made with. Pure, so it stays true of a decision for years.
import { computeFeatures, type Statement } from '../ledger/index.ts';
import { assert } from '../lib/assert.ts';
import {
  applyChanges,
  type CanReach,
  type Change,
  type CompiledScorecard,
  findNearestChange,
  listBeyond,
  logit,
  rankChanges,
  score,
  scoreLogOdds,
} from '../model/index.ts';
import { findBandIndex, type PolicyDocument } from '../policy/index.ts';
import type { FinancialInputs } from './decision-input.ts';
import { liveChanges } from './live-changes.ts';
import { type BehaviourChange, smallestAmount, tellChange, toToldFigure } from './tell-change.ts';

/**
 * `reachable`: the changes lead into the next band; `safest_band`: there is none; `out_of_reach`: no one or two changes lead
 * there; `not_scored`: the decision was made by a person, or the rules could not judge.
 */
export const CHANGE_STATES = ['reachable', 'safest_band', 'out_of_reach', 'not_scored'] as const;

/**
 * `statements`: the changes were made on the statements that the decision saw, and every figure that follows from them was
 * worked out again. `tables`: those statements have been corrected since, so only the figures named were changed.
 */
export const CHECKED_ON = ['statements', 'tables'] as const;

export interface WhatWouldChangeView {
  readonly state: (typeof CHANGE_STATES)[number];
  /** 1 is the safest; one more than there are where the risk lies beyond the last. Null where nothing was scored. */
  readonly band: number | null;
  readonly probabilityOfDefault: number | null;
  /** Upper end of the next safer band. */
  readonly wantedProbabilityOfDefault: number | null;
  /** With the changes made and nothing else. */
  readonly probabilityOfDefaultAfter: number | null;
  /** Null where nothing was looked for. */
  readonly checkedOn: (typeof CHECKED_ON)[number] | null;
  readonly changes: readonly BehaviourChange[];
}

export const NOT_SCORED: WhatWouldChangeView = {
  state: 'not_scored',
  band: null,
  probabilityOfDefault: null,
  wantedProbabilityOfDefault: null,
  probabilityOfDefaultAfter: null,
  checkedOn: null,
  changes: [],
};

/** Far below the ten-thousandths that tables are made of: nobody is left standing on the edge of a band by a rounding. */
const ROUNDING = 1e-9;

type Inputs = Pick<FinancialInputs, 'features' | 'currency'> & {
  readonly ledger: Pick<FinancialInputs['ledger'], 'balanceMinor'>;
};

interface Question {
  readonly features: Float64Array;
  readonly model: CompiledScorecard;
  readonly unitMinor: number;
  readonly canReach: CanReach;
  /** By how much the log-odds have to fall. */
  readonly logOddsWanted: number;
}

interface Answer {
  readonly changes: readonly Change[];
  /** With the changes made, in each way of making them. */
  readonly after: readonly Float64Array[];
}

/**
 * Emotion has no part in it: bands are asked about the half of the decision that approves and prices. `statements`: the latest
 * of the customer at the decision, oldest first, as they are known now.
 */
export function explainWhatWouldChange(
  inputs: Inputs,
  statements: readonly Statement[],
  model: CompiledScorecard,
  document: PolicyDocument,
): WhatWouldChangeView {
  const features = new Float64Array(inputs.features.map((value) => value ?? Number.NaN));
  const probabilityOfDefault = pdOf(features, model, document);
  const place = findBandIndex(probabilityOfDefault, document);
  const seen = { ...NOT_SCORED, band: place + 1, probabilityOfDefault };
  const wanted = document.bands[place - 1]?.probabilityOfDefaultMax;
  if (wanted === undefined) return { ...seen, state: 'safest_band' };
  const unitMinor = document.amounts[inputs.currency]?.referenceUnitMinor ?? model.referenceUnitMinor;
  const canReach = reachOf(inputs.ledger.balanceMinor, unitMinor);
  const logOddsWanted = logit(probabilityOfDefault) - logit(wanted) + ROUNDING;
  const question = { features, model, unitMinor, canReach, logOddsWanted };
  const isKnown = isSame(computeFeatures(statements, unitMinor), features);
  const found = isKnown ? findOnStatements(question, statements) : findOnTables(question);
  const checkedOn = isKnown ? ('statements' as const) : ('tables' as const);
  const target = { ...seen, wantedProbabilityOfDefault: wanted, checkedOn };
  if (found === null) return { ...target, state: 'out_of_reach' };
  const after = Math.max(...found.after.map((changed) => pdOf(changed, model, document)));
  assert(findBandIndex(after, document) < place, 'a change that was found leads into the band it was found for');
  return {
    ...target,
    state: 'reachable',
    probabilityOfDefaultAfter: after,
    changes: found.changes.map((change) => tellChange(change, unitMinor)),
  };
}

function pdOf(features: Float64Array, model: CompiledScorecard, { lenderBaseRate }: PolicyDocument): number {
  return score(model, features, null, { baseRate: lenderBaseRate }).probabilityOfDefault;
}

function isSame(one: Float64Array, other: Float64Array): boolean {
  return one.every((value, place) => Object.is(value + 0, (other[place] ?? Number.NaN) + 0));
}

function findOnTables({ features, model, canReach, logOddsWanted }: Question): Answer | null {
  const found = findNearestChange(model, features, logOddsWanted, canReach);
  return found && { changes: found.changes, after: [applyChanges(model, features, found.changes)] };
}

/** The nearest that holds when it is lived: with the figures told, in each way of doing it, and for whoever does more. */
function findOnStatements(question: Question, statements: readonly Statement[]): Answer | null {
  const { features, model, canReach, logOddsWanted } = question;
  const highest = scoreLogOdds(model, features) - logOddsWanted;
  const leadsThere = (after: readonly Float64Array[]) => after.every((way) => scoreLogOdds(model, way) <= highest);
  for (const changes of rankChanges(model, features, canReach)) {
    const after = liveFeatures(question, statements, changes);
    if (after === null || !leadsThere(after)) continue;
    const further = listFurther(model, changes).filter((more) => more.every(canReach));
    if (further.every((more) => leadsThere(liveFeatures(question, statements, more) ?? []))) return { changes, after };
  }
  return null;
}

/** Null where it cannot be done. */
function liveFeatures(
  { unitMinor }: Question,
  statements: readonly Statement[],
  changes: readonly Change[],
): Float64Array[] | null {
  const ways = liveChanges(
    statements,
    changes.map((change) => toToldFigure(change, unitMinor)),
  );
  return ways?.map((way) => computeFeatures(way, unitMinor)) ?? null;
}

/** Each change alone going on to every further cut, and both going on as far as they can. */
function listFurther(model: CompiledScorecard, changes: readonly Change[]): (readonly Change[])[] {
  const beyond = changes.map((change) => listBeyond(model, change));
  const each = beyond.flatMap((further, place) => further.map((more) => changes.with(place, more)));
  const utmost = changes.map((change, place) => beyond[place]?.at(change.bound === 'at_least' ? -1 : 0) ?? change);
  return changes.length > 1 ? [...each, utmost] : each;
}

/**
 * Nobody is asked to pay more than is owed, or to have a credit with the lender: of somebody who owes nothing no payment is
 * wanted at all.
 */
export function reachOf(owedMinor: number, unitMinor: number): CanReach {
  return ({ feature, to }) => {
    switch (feature) {
      case 'payment_ratio_latest':
        return owedMinor > 0 && to <= 1;
      case 'log_payment_latest':
        return smallestAmount(to, unitMinor) <= owedMinor;
      case 'utilisation_latest':
        return to > 0;
      default:
        return true;
    }
  };
}
