// What would bring a customer into the next safer band of the policy: the nearest change of own behaviour, worked out on the
// features, the model and the policy that the decision was made with. Pure, so it stays true of a decision for years.
import { assert } from '../lib/assert.ts';
import {
  applyChanges,
  type CanReach,
  type Change,
  type CompiledScorecard,
  findNearestChange,
  logit,
  score,
} from '../model/index.ts';
import { findBandIndex, type PolicyDocument } from '../policy/index.ts';
import type { FinancialInputs } from './decision-input.ts';

/**
 * `reachable`: the changes lead into the next band; `safest_band`: there is none; `out_of_reach`: no one or two changes lead
 * there; `not_scored`: the decision was made by a person, or the rules could not judge.
 */
export const CHANGE_STATES = ['reachable', 'safest_band', 'out_of_reach', 'not_scored'] as const;

export interface BehaviourChange {
  readonly feature: string;
  /** What to do, in the customer's words; `amountMinor` says how much where it is about an amount. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly bound: Change['bound'];
  readonly amountMinor: number | null;
}

export interface WhatWouldChangeView {
  readonly state: (typeof CHANGE_STATES)[number];
  /** 1 is the safest; one more than there are where the risk lies beyond the last. Null where nothing was scored. */
  readonly band: number | null;
  readonly probabilityOfDefault: number | null;
  /** Upper end of the next safer band. */
  readonly wantedProbabilityOfDefault: number | null;
  /** With the changes made and nothing else. */
  readonly probabilityOfDefaultAfter: number | null;
  readonly changes: readonly BehaviourChange[];
}

export const NOT_SCORED: WhatWouldChangeView = {
  state: 'not_scored',
  band: null,
  probabilityOfDefault: null,
  wantedProbabilityOfDefault: null,
  probabilityOfDefaultAfter: null,
  changes: [],
};

/** Far below the ten-thousandths that tables are made of: nobody is left standing on the edge of a band by a rounding. */
const ROUNDING = 1e-9;

type Inputs = Pick<FinancialInputs, 'features' | 'currency'> & {
  readonly ledger: Pick<FinancialInputs['ledger'], 'balanceMinor'>;
};

/** Emotion has no part in it: bands are asked about the half of the decision that approves and prices. */
export function explainWhatWouldChange(
  inputs: Inputs,
  model: CompiledScorecard,
  document: PolicyDocument,
): WhatWouldChangeView {
  const features = Float64Array.from(inputs.features, (value) => value ?? Number.NaN);
  const pdOf = (values: Float64Array) =>
    score(model, values, null, { baseRate: document.lenderBaseRate }).probabilityOfDefault;
  const probabilityOfDefault = pdOf(features);
  const place = findBandIndex(probabilityOfDefault, document);
  const seen = { ...NOT_SCORED, band: place + 1, probabilityOfDefault };
  const wanted = document.bands[place - 1]?.probabilityOfDefaultMax;
  if (wanted === undefined) return { ...seen, state: 'safest_band' };
  const target = { ...seen, wantedProbabilityOfDefault: wanted };
  const unitMinor = document.amounts[inputs.currency]?.referenceUnitMinor ?? model.referenceUnitMinor;
  const gap = logit(probabilityOfDefault) - logit(wanted) + ROUNDING;
  const found = findNearestChange(model, features, gap, reachOf(inputs.ledger.balanceMinor, unitMinor));
  if (found === null) return { ...target, state: 'out_of_reach' };
  const after = pdOf(applyChanges(model, features, found.changes));
  assert(findBandIndex(after, document) < place, 'a change that was found leads into the band it was found for');
  return {
    ...target,
    state: 'reachable',
    probabilityOfDefaultAfter: after,
    changes: found.changes.map((change) => describeChange(change, unitMinor)),
  };
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

function describeChange(change: Change, unitMinor: number): BehaviourChange {
  const { feature, to } = change;
  switch (feature) {
    case 'payment_ratio_latest':
      return tell(change, `Pay at least ${ceilPercent(to)} % of what your statement says you owe.`);
    case 'utilisation_latest':
      return tell(change, tellUtilisation(to));
    case 'statements_since_late':
      return tell(change, `Pay on time until ${Math.ceil(to)} statements in a row were not late.`);
    default:
      assert(feature === 'log_payment_latest', `${feature} is nothing that a customer can change`);
      return tell(change, 'Pay at least this amount towards your statement.', smallestAmount(to, unitMinor));
  }
}

/** A cut may lie so low that only nothing lies below it. */
function tellUtilisation(below: number): string {
  const percent = floorPercent(below);
  return percent > 0
    ? `Let your statement close with less than ${percent} % of your limit in use.`
    : 'Let your statement close with nothing of your limit in use.';
}

function tell({ feature, from, to, bound }: Change, text: string, amountMinor: number | null = null): BehaviourChange {
  return { feature, text, from, to, bound, amountMinor };
}

/** Rounded to the side on which the promise holds. */
function ceilPercent(share: number): number {
  return Math.ceil(share * 1_000 - 1e-6) / 10;
}

function floorPercent(share: number): number {
  return Math.floor(share * 1_000 + 1e-6) / 10;
}

/** The smallest amount whose `log(1 + amount / unit)` is no less. */
function smallestAmount(logPayment: number, unitMinor: number): number {
  let amountMinor = Math.max(0, Math.floor(unitMinor * (Math.exp(logPayment) - 1)) - 1);
  while (Math.log(1 + amountMinor / unitMinor) < logPayment) amountMinor += 1;
  return amountMinor;
}
