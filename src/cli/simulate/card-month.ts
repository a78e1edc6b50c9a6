// The card system of the simulation: one month of one person, from what was bought to the statement that closes it.
import type { SeededRandom } from '../../lib/seeded-random.ts';
import type { Person } from './person.ts';

/** What the card system remembers of a person from one month to the next. */
export interface CardState {
  readonly balanceMinor: number;
  readonly minimumDueMinor: number;
  readonly monthsPastDue: number;
}

export const NEW_CARD: CardState = { balanceMinor: 0, minimumDueMinor: 0, monthsPastDue: 0 };

export interface CardMonth {
  readonly purchasesMinor: readonly number[];
  readonly paidMinor: number;
  readonly state: CardState;
  readonly statement: {
    readonly balanceMinor: number;
    readonly minimumDueMinor: number;
    readonly paidMinor: number;
    readonly monthsPastDue: number;
  };
}

const PURCHASES_A_MONTH = 8;

/** Purchases keep within the credit limit; a payment never exceeds what is owed. */
export function drawCardMonth(person: Person, before: CardState, random: SeededRandom): CardMonth {
  const paidMinor = drawPayment(person, before, random);
  const owedMinor = before.balanceMinor - paidMinor;
  const wantedMinor = person.incomeMinor * person.spendShare * (0.6 + 0.8 * random());
  const spendMinor = Math.max(0, Math.min(Math.round(wantedMinor), person.limitMinor - owedMinor));
  const missed = before.minimumDueMinor > 0 && paidMinor < before.minimumDueMinor;
  const balanceMinor = owedMinor + spendMinor;
  const monthsPastDue = missed ? before.monthsPastDue + 1 : 0;
  const arrearsMinor = missed ? before.minimumDueMinor - paidMinor : 0;
  const minimumDueMinor = Math.min(balanceMinor, Math.ceil(balanceMinor / 20) + arrearsMinor);
  return {
    purchasesMinor: splitAmount(spendMinor, PURCHASES_A_MONTH, random),
    paidMinor,
    state: { balanceMinor, minimumDueMinor, monthsPastDue },
    statement: { balanceMinor, minimumDueMinor, paidMinor, monthsPastDue },
  };
}

function drawPayment(person: Person, before: CardState, random: SeededRandom): number {
  if (before.balanceMinor <= 0) return 0;
  const drawn = random();
  switch (person.discipline) {
    case 'full':
      return drawn < 0.95 ? before.balanceMinor : before.minimumDueMinor;
    case 'minimum':
      return Math.min(before.balanceMinor, Math.round(before.minimumDueMinor * (1 + 3 * drawn)));
    case 'late':
      return drawn < 0.45 ? 0 : Math.min(before.balanceMinor, Math.round(before.minimumDueMinor * (1 + drawn)));
  }
}

/** Positive parts that add up to the amount; fewer where it is small. */
function splitAmount(amountMinor: number, parts: number, random: SeededRandom): number[] {
  const amounts: number[] = [];
  let left = amountMinor;
  for (let part = parts; part > 1 && left > parts; part -= 1) {
    const amount = Math.max(1, Math.floor((left / part) * (0.5 + random())));
    amounts.push(Math.min(amount, left - 1));
    left -= amounts.at(-1) ?? 0;
  }
  if (left > 0) amounts.push(left);
  return amounts;
}
