// Keeps profile facts of customers, fact by fact the newest by event time; creates customers that are not known yet, each
// with a credit account. A new jurisdiction or income asks for a new decision.
import { lockAccounts, type Queryable, queueDecisions } from '../db/index.ts';
import { saveNewCustomers } from './save-new-customers.ts';

export interface ProfileChange {
  readonly customerId: string;
  /** Needed with a customer that is not known yet. */
  readonly currency?: string | undefined;
  readonly jurisdiction?: string | undefined;
  readonly declaredIncomeMinor?: number | undefined;
  /** When the facts were said. */
  readonly timeMs: number;
}

export interface ProfileProblem {
  /** Position in the changes given. */
  readonly index: number;
  readonly code: 'currency_missing' | 'wrong_currency';
  /** `currency` */
  readonly field: string;
  readonly message: string;
}

/** Gives back the changes that were refused; the others are saved, and their customers queued where it matters. */
export async function saveCustomerProfiles(
  tx: Queryable,
  changes: readonly ProfileChange[],
  nowMs: number,
): Promise<ProfileProblem[]> {
  if (changes.length === 0) return [];
  const currencies = await loadCurrencies(tx, [...new Set(changes.map((change) => change.customerId))]);
  for (const { customerId, currency } of changes) {
    if (currency !== undefined && !currencies.has(customerId)) currencies.set(customerId, currency);
  }
  // What another transaction has stored meanwhile wins over what this batch would have chosen.
  for (const [customerId, account] of await saveNewCustomers(tx, currencies, nowMs)) {
    currencies.set(customerId, account.currency);
  }
  // Before the queue: whoever decides takes the account first and the queue last.
  await lockAccounts(tx, [...currencies.keys()]);
  const problems = changes.flatMap((change, index) => findProblem(change, index, currencies));
  const refused = new Set(problems.map((problem) => problem.index));
  const kept = changes.filter((_, index) => !refused.has(index));
  const jurisdictions = await saveJurisdictions(tx, newestOf(kept, 'jurisdiction'));
  const incomes = await saveDeclaredIncomes(tx, newestOf(kept, 'declaredIncomeMinor'));
  await queueDecisions(tx, [...jurisdictions, ...incomes], 'profile', nowMs);
  return problems;
}

async function loadCurrencies(tx: Queryable, customerIds: readonly string[]): Promise<Map<string, string>> {
  const { rows } = await tx.query<{ customer_id: string; currency: string }>({
    name: 'ledger-load-currencies',
    text: 'select customer_id, currency from customers where customer_id = any($1::text[])',
    values: [customerIds],
  });
  return new Map(rows.map((row) => [row.customer_id, row.currency]));
}

function findProblem(
  change: ProfileChange,
  index: number,
  currencies: ReadonlyMap<string, string>,
): ProfileProblem | [] {
  const currency = currencies.get(change.customerId);
  if (currency === undefined) {
    const message = 'is needed: the customer is not known yet';
    return { index, code: 'currency_missing', field: 'currency', message };
  }
  if (change.currency === undefined || change.currency === currency) return [];
  const message = "is not the customer's currency, which is fixed by the first event of the customer";
  return { index, code: 'wrong_currency', field: 'currency', message };
}

interface Fact<Value> {
  readonly customerId: string;
  readonly value: Value;
  readonly timeMs: number;
}

/** One fact per customer, in the order of customers; of two said at the same time the first counts. */
function newestOf<Name extends 'jurisdiction' | 'declaredIncomeMinor'>(
  changes: readonly ProfileChange[],
  name: Name,
): Fact<NonNullable<ProfileChange[Name]>>[] {
  const facts = new Map<string, Fact<NonNullable<ProfileChange[Name]>>>();
  for (const { customerId, timeMs, [name]: value } of changes) {
    if (value === undefined || timeMs <= (facts.get(customerId)?.timeMs ?? Number.NEGATIVE_INFINITY)) continue;
    facts.set(customerId, { customerId, value, timeMs });
  }
  return [...facts.values()];
}

/** Gives back the customers whose jurisdiction is now another. */
async function saveJurisdictions(tx: Queryable, facts: readonly Fact<string>[]): Promise<string[]> {
  if (facts.length === 0) return [];
  const { rows } = await tx.query<{ customer_id: string }>({
    name: 'ledger-save-jurisdictions',
    text: `
      with locked as materialized (
        select c.customer_id, c.jurisdiction, g.value, g.said_at
        from customers c
        join unnest($1::text[], $2::text[], $3::timestamptz[]) as g (customer_id, value, said_at)
          on g.customer_id = c.customer_id
        where c.jurisdiction_at is null or c.jurisdiction_at < g.said_at
        order by c.customer_id
        for no key update of c
      ), saved as (
        update customers c set jurisdiction = l.value, jurisdiction_at = l.said_at
        from locked l
        where c.customer_id = l.customer_id
      )
      select customer_id from locked where jurisdiction is distinct from value`,
    values: toColumns(facts),
  });
  return rows.map((row) => row.customer_id);
}

/** Gives back the customers whose declared income is now another. */
async function saveDeclaredIncomes(tx: Queryable, facts: readonly Fact<number>[]): Promise<string[]> {
  if (facts.length === 0) return [];
  const { rows } = await tx.query<{ customer_id: string }>({
    name: 'ledger-save-declared-incomes',
    text: `
      with locked as materialized (
        select c.customer_id, c.declared_income_minor, g.value, g.said_at
        from customers c
        join unnest($1::text[], $2::int8[], $3::timestamptz[]) as g (customer_id, value, said_at)
          on g.customer_id = c.customer_id
        where c.declared_income_at is null or c.declared_income_at < g.said_at
        order by c.customer_id
        for no key update of c
      ), saved as (
        update customers c set declared_income_minor = l.value, declared_income_at = l.said_at
        from locked l
        where c.customer_id = l.customer_id
      )
      select customer_id from locked where declared_income_minor is distinct from value`,
    values: toColumns(facts),
  });
  return rows.map((row) => row.customer_id);
}

function toColumns(facts: readonly Fact<string | number>[]) {
  return [
    facts.map((fact) => fact.customerId),
    facts.map((fact) => fact.value),
    facts.map((fact) => new Date(fact.timeMs)),
  ];
}
