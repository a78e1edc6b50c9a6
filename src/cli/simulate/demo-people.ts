// The demonstration population of `ecs start`: two dozen invented people who arrive with half a year of history and the
// credit limits of an invented bank, and who then live on. They exist only in installations made for them.
import type pg from 'pg';
import { inTransaction, queueDecisions } from '../../db/index.ts';
import { beginImport, type Decider, endImport } from '../../decision/index.ts';
import { loadLedger } from '../../ledger/index.ts';
import { hashCanonical } from '../../lib/canonical-json.ts';
import type { Clock } from '../../lib/clock.ts';
import type { MakeId } from '../../lib/ids.ts';
import type { CardState } from './card-month.ts';
import type { LivingPerson } from './living-events.ts';
import type { Person } from './person.ts';
import { drawPopulation, type PopulationOptions, resumeLiving, type SendEvents, sendPast } from './population.ts';

export const DEMO_PEOPLE: PopulationOptions = {
  seed: 20_261_122,
  people: 24,
  prefix: 'demo-',
  currency: 'EUR',
  unitMinor: 400_000,
};

export interface DemoDeps {
  readonly pool: pg.Pool;
  readonly decider: Decider;
  readonly clock: Clock;
  readonly makeId: MakeId;
  readonly send: SendEvents;
  /** Resolves when what was sent is counted. */
  readonly settle: () => Promise<void>;
}

/** Nothing is decided before everybody's history is there: the arrival is an import. */
export async function welcomeDemoPeople(deps: DemoDeps): Promise<LivingPerson[]> {
  const people = drawPopulation(DEMO_PEOPLE);
  const known = await loadLedger(
    deps.pool,
    people.map((person) => person.customerId),
    deps.clock(),
  );
  if (people.some((person) => (known.get(person.customerId)?.statements.length ?? 0) > 0)) {
    return resumeLiving(people, new Map([...known].map(([id, facts]) => [id, cardOf(facts.statements.at(-1))])));
  }
  const mark = { importId: deps.makeId(), inputSha256: hashCanonical(DEMO_PEOPLE), customers: people.length };
  await beginImport(deps.pool, mark, deps.clock());
  const living = await sendPast(people, deps.clock(), DEMO_PEOPLE.seed, deps.send, deps.settle);
  await deps.settle();
  await openAccounts(deps, people);
  const applicants = people.filter((person) => !person.holdsCredit).map((person) => person.customerId);
  await queueDecisions(deps.pool, applicants, 'profile', deps.clock());
  await endImport(deps.pool, 'completed', deps.clock());
  return living;
}

async function openAccounts(deps: DemoDeps, people: readonly Person[]): Promise<void> {
  const holders = people.filter((person) => person.holdsCredit);
  const rows = holders.map(({ customerId, limitMinor }) => ({ customerId, limitMinor }));
  await inTransaction(deps.pool, (tx) => deps.decider.saveOpeningDecisions(tx, rows, 'demo'));
}

function cardOf(statement: CardState | undefined): CardState {
  return statement ?? { balanceMinor: 0, minimumDueMinor: 0, monthsPastDue: 0 };
}
