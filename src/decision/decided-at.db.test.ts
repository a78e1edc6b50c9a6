import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { makeDecider, saveCustomers, type TestDecider } from '../../test/support/decision-database.ts';
import { NOW_MS } from '../../test/support/policy-facts.ts';
import { inTransaction } from '../db/index.ts';
import { HOUR_MS } from '../lib/clock.ts';
import { replayDecision } from './index.ts';

let database: TestDatabase;
let pool: pg.Pool;
let test1: TestDecider;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  test1 = await makeDecider(pool);
});
afterAll(() => database.drop());

const setLimit = (limitMinor: number, nowMs: number) => {
  test1.time.nowMs = nowMs;
  const order = { customerId: 'ann', limitMinor, reason: 'test', requestedBy: 'officer' };
  return inTransaction(pool, (tx) => test1.decider.setLimitByHand(tx, order));
};
const evaluate = (nowMs: number) => {
  test1.time.nowMs = nowMs;
  const request = { customerId: 'ann', trigger: 'api', requestedBy: 'test' } as const;
  return inTransaction(pool, (tx) => test1.decider.decideCustomer(tx, request));
};

test('a clock that goes back makes no limits that overlap', async () => {
  await saveCustomers(pool, [{ customerId: 'ann' }]);
  const ids = [];
  ids.push((await setLimit(100_000, NOW_MS)).decisionId);
  ids.push((await setLimit(200_000, NOW_MS + HOUR_MS)).decisionId);
  // Two processes whose clocks differ, or one that waited for the other's lock.
  ids.push((await setLimit(300_000, NOW_MS + 1)).decisionId);
  ids.push((await evaluate(NOW_MS - HOUR_MS)).decisionId);
  const { rows } = await pool.query<{ valid_from: Date; valid_to: Date | null }>(
    `select l.valid_from, l.valid_to from credit_limits l join decisions d using (customer_id, decision_id)
     where l.state <> 'scheduled' order by d.sequence`,
  );
  expect(rows.length).toBeGreaterThanOrEqual(3);
  rows.forEach(({ valid_from }, i) => {
    for (const before of rows.slice(0, i)) expect(before.valid_to?.getTime()).toBeLessThanOrEqual(valid_from.getTime());
  });
  for (const id of ids) expect(await replayDecision(pool, id)).toMatchObject({ same: true });
});
