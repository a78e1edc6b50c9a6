// A change of own behaviour in the customer's words, with the figure the words name: rounded to the side on which the promise
// holds.
import { assert } from '../lib/assert.ts';
import type { Change } from '../model/index.ts';

export interface BehaviourChange {
  readonly feature: string;
  /** What to do, in the customer's words; `amountMinor` says how much where it is about an amount. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly bound: Change['bound'];
  readonly amountMinor: number | null;
}

/** What the words name: thousandths of what is owed or of the limit, an amount, or a count of statements. */
export type ToldFigure =
  | { readonly kind: 'payment_share'; readonly permille: number }
  | { readonly kind: 'payment'; readonly amountMinor: number }
  | { readonly kind: 'utilisation'; readonly permille: number }
  | { readonly kind: 'on_time'; readonly statements: number };

export function toToldFigure({ feature, to }: Pick<Change, 'feature' | 'to'>, unitMinor: number): ToldFigure {
  switch (feature) {
    case 'payment_ratio_latest':
      return { kind: 'payment_share', permille: Math.ceil(to * 1_000 - 1e-6) };
    case 'utilisation_latest':
      return { kind: 'utilisation', permille: Math.max(Math.floor(to * 1_000 + 1e-6), 0) };
    case 'statements_since_late':
      return { kind: 'on_time', statements: Math.ceil(to) };
    default:
      assert(feature === 'log_payment_latest', `${feature} is nothing that a customer can change`);
      return { kind: 'payment', amountMinor: smallestAmount(to, unitMinor) };
  }
}

export function tellChange({ feature, from, to, bound }: Change, unitMinor: number): BehaviourChange {
  const figure = toToldFigure({ feature, to }, unitMinor);
  const amountMinor = figure.kind === 'payment' ? figure.amountMinor : null;
  return { feature, text: toText(figure), from, to, bound, amountMinor };
}

function toText(figure: ToldFigure): string {
  switch (figure.kind) {
    case 'payment_share':
      return `Pay at least ${figure.permille / 10} % of what your statement says you owe.`;
    case 'payment':
      return 'Pay at least this amount towards your statement.';
    case 'utilisation':
      // A cut may lie so low that only nothing lies below it.
      return figure.permille > 0
        ? `Let your statement close with less than ${figure.permille / 10} % of your limit in use.`
        : 'Let your statement close with nothing of your limit in use.';
    case 'on_time':
      return `Pay on time until ${figure.statements} statements in a row were not late.`;
  }
}

/** The smallest amount whose `log(1 + amount / unit)` is no less. */
export function smallestAmount(logPayment: number, unitMinor: number): number {
  let amountMinor = Math.max(0, Math.floor(unitMinor * (Math.exp(logPayment) - 1)) - 1);
  while (Math.log(1 + amountMinor / unitMinor) < logPayment) amountMinor += 1;
  return amountMinor;
}
