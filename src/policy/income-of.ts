// The monthly income a policy reckons with. Declared income counts both ways; income that was only observed in
// transactions may be a part of the truth (another bank, the first months), so it can hold an increase and lower nothing.

export interface IncomeFacts {
  readonly declaredIncomeMinor: number | null;
  readonly observedIncomeMinor: number | null;
}

export interface Income {
  readonly incomeMinor: number;
  readonly declared: boolean;
}

export function incomeOf(facts: IncomeFacts): Income | null {
  if (facts.declaredIncomeMinor !== null) return { incomeMinor: facts.declaredIncomeMinor, declared: true };
  if (facts.observedIncomeMinor !== null) return { incomeMinor: facts.observedIncomeMinor, declared: false };
  return null;
}
