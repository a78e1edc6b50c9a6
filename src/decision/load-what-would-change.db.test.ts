// A stored decision is answered from the statements it saw, whatever came in afterwards; once one of them was corrected, from
// the tables, and says so.
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { makeDecider, one, saveCustomers } from '../../test/support/decision-database.ts';
import { NOW_MS } from '../../test/support/policy-facts.ts';
import { DAY_MS } from '../lib/clock.ts';
import { loadWhatWouldChange } from './load-what-would-change.ts';

let database: TestDatabase;
let decisionId = '';
beforeAll(async () => {
  database = await createTestDatabase();
  const { decider, time } = await makeDecider(database.pool);
  await saveCustomers(database.pool, [{ customerId: 'late', payer: 'late' }]);
  time.nowMs = NOW_MS;
  await decider.decideMany([{ customerId: 'late', trigger: 'statement' }]);
  decisionId = (await one<{ decision_id: string }>(database.pool, 'select decision_id from decisions')).decision_id;
});
afterAll(() => database.drop());

const ask = () => loadWhatWouldChange(database.pool, null, decisionId);

test('on the statements that the decision saw, also when newer ones have come in', async () => {
  const told = await ask();
  expect(told).toMatchObject({ checkedOn: 'statements', band: expect.any(Number) });
  await database.pool.query(
    `insert into statements (customer_id, closed_at, closed_by, balance_minor, minimum_due_minor, paid_minor,
       months_past_due, standing, limit_minor, content_hash, received_at)
     values ('late', $1, 'lender', 0, 0, 0, 0, 'paid_in_full', 200000, 0, $1)`,
    [new Date(NOW_MS + DAY_MS)],
  );
  expect(await ask()).toEqual(told);
});

test('on the tables once a statement was corrected, and it says so', async () => {
  await database.pool.query(
    `update statements set balance_minor = balance_minor + 1000, received_at = $1
     where closed_at = (select max(closed_at) from statements where received_at <= $2)`,
    [new Date(NOW_MS + 2 * DAY_MS), new Date(NOW_MS)],
  );
  expect(await ask()).toMatchObject({ checkedOn: 'tables', band: expect.any(Number) });
});
