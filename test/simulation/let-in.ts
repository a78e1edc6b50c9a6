// How a life begins: customers with a past, a limit that an import brought along through the production decider, and, for
// the steady ones, a consent from long ago.
import { inTransaction } from '../../src/db/index.ts';
import { DAY_MS } from '../../src/lib/clock.ts';
import { makeDecider } from './decision-process.ts';
import { BEGIN_MS, CUSTOMERS, type Plan, type PlannedCustomer, type PlannedPast } from './plan.ts';
import { emptyState } from './statements/affect-statements.ts';
import type { World } from './world.ts';

export async function letIn(world: World, { past }: Plan): Promise<void> {
  for (const customer of CUSTOMERS) insertCustomer(world, customer);
  for (const one of past) insertStatements(world, one);
  const importer = world.scheduler.spawn('import');
  const limits = past.map(({ customerId, limitMinor }) => ({ customerId, limitMinor, currency: 'EUR' }));
  world.run(importer, () =>
    inTransaction(world.database.poolFor(importer), async (tx) => {
      await makeDecider(world, importer).saveOpeningDecisions(tx, limits, 'import');
    }),
  );
  while (await world.scheduler.takeStep());
}

function insertCustomer({ database }: World, { customerId, jurisdiction, steady }: PlannedCustomer): void {
  const { committed } = database;
  const customer_id = customerId;
  committed.insert('customers', { customer_id, currency: 'EUR', jurisdiction, declared_income_minor: 300_000 });
  committed.insert('credit_accounts', {
    ...{ customer_id, limit_minor: null, financial_limit_minor: null, limit_changed_at: null },
    ...{ last_increase_at: null, last_decrease_at: null, decision_sequence: 0, event_sequence: 0 },
    ...{ chain_link: null, frozen_at: null },
  });
  if (!steady) return;
  const word = { customer_id, purpose: 'emotions', granted: true, changed_at: new Date(BEGIN_MS - 365 * DAY_MS) };
  committed.insert('consents', word);
  committed.insert('consent_changes', word);
  committed.insert('emotional_states', emptyState(customer_id, 'emotions', word.changed_at));
}

function insertStatements({ database }: World, { customerId, statements }: PlannedPast): void {
  for (const { closedAtMs, balanceMinor, paidMinor, monthsPastDue } of statements) {
    database.committed.insert('statements', {
      customer_id: customerId,
      closed_at: new Date(closedAtMs),
      balance_minor: balanceMinor,
      minimum_due_minor: 2_500,
      paid_minor: paidMinor,
      months_past_due: monthsPastDue,
      standing: monthsPastDue > 0 ? 'past_due' : 'paid_in_full',
      limit_minor: null,
    });
  }
}
