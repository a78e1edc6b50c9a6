// A checker is trusted only after it has been red: a small world in which all of them hold, and one thing wrong at a time.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import { inTransaction } from '../../../src/db/index.ts';
import type { InputTopic } from '../../../src/events/topics.ts';
import { createSeededRandom } from '../../../src/lib/seeded-random.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { makeDecider } from '../../support/decision-database.ts';
import { letIn, makeIngest } from '../../support/ingest-world.ts';
import { closedStatement, emotion, incomeOf, type StreamEvent, toEvent } from '../load/event-stream.ts';
import type { JournalEntry } from '../load/journal.ts';
import { createOracle, type Oracle } from '../oracle/oracle.ts';
import { createWitness } from '../oracle/witness.ts';
import { findWaiting } from './i20-liveness.ts';
import { INVARIANTS } from './index.ts';
import type { Evidence, Finding } from './invariant.ts';

const ANN = 'c-00001';
const BOB = 'c-00002';
const POISON = {
  kind: 'poison',
  topic: 'ecs.transactions.v1',
  partition: 0,
  offset: 3,
  acked: true,
  tries: 1,
} as const;

let database: TestDatabase;
let pool: pg.Pool;
let client: pg.PoolClient;
let entries: JournalEntry[];

const base = (id: string, customerId: string) => ({
  id,
  customerId,
  timeMs: Date.now() - 60_000,
  partition: 0,
  origin: 'first' as const,
});

function makeEvents(): StreamEvent[] {
  const random = createSeededRandom(1);
  const feelings = [0, 1, 2, 3].map((i) => emotion(base(`e-${i}`, i === 3 ? BOB : ANN), random, i));
  const spent = [0, 1, 2].map((i) => {
    const data = { type: 'purchase', amountMinor: 100 + i, currency: 'EUR' };
    const facts = ['purchase', 100 + i] as const;
    return toEvent('ecs.transactions.v1', 'ecs.transaction.v1', base(`t-${i}`, ANN), data, facts);
  });
  const statements = [ANN, BOB].map((id) => closedStatement(base(`s-${id}`, id), Date.now() - 86_400_000, 10_000));
  const older = { ...base('i-older', ANN), timeMs: Date.now() - 120_000 };
  const incomes = [incomeOf(base('i-newer', ANN), 300_000), incomeOf(older, 200_000)];
  return [...feelings, ...spent, ...statements, ...incomes];
}

async function count(topic: InputTopic, values: readonly string[]): Promise<void> {
  const ingest = makeIngest(pool, { partitions: 1 });
  const { ownerEpoch } = await ingest.claimPartition(topic, 0);
  const records = values.map((value, offset) => ({
    offset,
    value: Buffer.from(value),
    headers: {},
    acceptedAtMs: Date.now(),
  }));
  await ingest.ingestBatch({ topic, partition: 0, fetchedFrom: 0, nextOffset: values.length, records }, ownerEpoch);
}

beforeAll(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  await letIn(pool, [ANN, BOB]);
  const events = makeEvents();
  const of = (topic: string) => events.filter((event) => event.topic === topic).map(({ value }) => value);
  await count('ecs.emotions.v1', of('ecs.emotions.v1'));
  await count('ecs.transactions.v1', [...of('ecs.transactions.v1'), '{']);
  await count('ecs.statements.v1', of('ecs.statements.v1'));
  await count('ecs.customers.v1', of('ecs.customers.v1'));
  entries = events.map((event) => ({ kind: 'event', ...event, road: 'kafka', offset: 0, acked: true }));
  entries.push({ ...POISON, id: 'p', code: 'not_json' });
  await decideEverybody();
  client = await pool.connect();
}, 60_000);

afterAll(async () => {
  client.release();
  await database.drop();
});

/** By hand and over the API, so that every kind of row is there, and told to Kafka. */
async function decideEverybody(): Promise<void> {
  const { decider, time } = await makeDecider(pool);
  time.nowMs = Date.now();
  const set = (limitMinor: number) => {
    const order = { customerId: ANN, limitMinor, reason: 'test', requestedBy: 'officer' };
    return inTransaction(pool, (tx) => decider.setLimitByHand(tx, order));
  };
  const writes = [await set(100_000), await set(200_000)];
  writes.forEach(({ decisionId }, i) => {
    entries.push({ kind: 'write', key: `k-${i}`, customerId: ANN, trigger: 'manual', decisionId, repeatedSame: true });
  });
  await decider.decideMany([ANN, BOB].map((customerId) => ({ customerId, trigger: 'state_change' })));
  await pool.query('delete from decision_queue');
  await pool.query('delete from topic_outbox');
  await pool.query(
    `insert into deliveries (destination, customer_id, sequence, state) select 'kafka', customer_id, sequence, 'delivered'
     from outbox_events on conflict (destination, customer_id, sequence) do update set state = 'delivered'`,
  );
}

beforeEach(() => client.query('begin'));
afterEach(() => client.query('rollback'));

async function gather(oracle: Oracle = createOracle()): Promise<Evidence> {
  for (const entry of entries) oracle.take(entry);
  const query: Evidence['query'] = async (sql, values) => (await client.query(sql, values)).rows;
  const told = await query<{ event_id: string; customer_id: string; sequence: number }>(
    'select event_id, customer_id, sequence from outbox_events',
  );
  const dead = await query<{ dead_letter_id: string }>('select dead_letter_id from dead_letters');
  return {
    query,
    oracle,
    witness: createWitness(),
    ledger: {
      catchUp: async () => {},
      events: new Map(
        told.map((row) => [row.event_id, { customerId: row.customer_id, sequence: Number(row.sequence) }]),
      ),
      deadLetters: new Set(dead.map((row) => row.dead_letter_id)),
      disorder: [],
    },
    takeReceived: () => new Map(),
    refused: {},
  };
}

async function checkAll(evidence: Evidence): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const invariant of INVARIANTS) findings.push(...(await invariant.check(evidence)));
  return findings;
}

const idsOf = (findings: readonly Finding[]) => [...new Set(findings.map(({ invariant }) => invariant))];

test('all hold in a world in which nothing is wrong', async () => {
  expect(await checkAll(await gather())).toEqual([]);
});

const sha = (text: string) => `\\x${createHash('sha256').update(text).digest('hex')}`;

test.each<[string, string, string]>([
  [
    'I1',
    'a reading is missing',
    `update emotional_states set readings = readings - 1 where customer_id = '${ANN}' and purpose = 'emotions'`,
  ],
  [
    'I1',
    'a reading counts twice',
    `update emotional_states set readings = readings + 1 where customer_id = '${BOB}' and purpose = 'emotions'`,
  ],
  ['I1', 'a state is gone', `delete from emotional_states where customer_id = '${BOB}' and purpose = 'emotions'`],
  ['I1', 'a transaction is missing', `delete from transactions where transaction_id = 't-1'`],
  ['I1', 'a transaction has another amount', `update transactions set amount_minor = 999 where transaction_id = 't-1'`],
  ['I1', 'a statement is missing', `delete from statements where customer_id = '${BOB}'`],
  [
    'I1',
    'a statement has another balance',
    `update statements set balance_minor = balance_minor + 1 where customer_id = '${BOB}'`,
  ],
  [
    'I1',
    'a newer income was left out',
    `update customers set declared_income_minor = 200000 where customer_id = '${ANN}'`,
  ],
  [
    'I1',
    'a fingerprint stands twice',
    `insert into event_fingerprints select topic, partition, hour_at, gen_random_uuid(), fingerprints from event_fingerprints`,
  ],
  ['I1', 'a fingerprint is missing', `delete from event_fingerprints`],
  [
    'I3',
    'a sum is off',
    `update emotional_states set valence_3 = valence_3 * 1.000001 + 1e-6 where customer_id = '${ANN}' and purpose = 'emotions'`,
  ],
  ['I3', 'a day is missing', `delete from emotion_days where customer_id = '${ANN}'`],
  [
    'I5',
    'the account has another limit',
    `update credit_accounts set limit_minor = limit_minor + 1 where customer_id = '${ANN}'`,
  ],
  [
    'I5',
    'limits overlap',
    `update credit_limits set valid_to = valid_to + interval '1 hour' where state = 'superseded'`,
  ],
  [
    'I6',
    'a limit without its event',
    `delete from deliveries; delete from outbox_events where type = 'credit_limit.adjusted'`,
  ],
  [
    'I6',
    'a first limit that is nowhere',
    `delete from credit_limits where valid_from = (select min(valid_from) from credit_limits)`,
  ],
  [
    'I6',
    'a first limit that nobody was told of',
    `delete from deliveries; delete from outbox_events where (customer_id, sequence) in (
       select customer_id, min(sequence) from outbox_events where type = 'credit_limit.adjusted' group by 1)`,
  ],
  [
    'I6',
    'a limit that is over had another amount',
    `update credit_limits set limit_minor = limit_minor + 1 where state = 'superseded'`,
  ],
  [
    'I6',
    'a limit of a decision that changed nothing',
    `update decisions set previous_limit_minor = limit_minor where sequence = 1`,
  ],
  [
    'I6',
    'a decision that is told twice',
    `insert into outbox_events (customer_id, sequence, event_id, type, data, occurred_at) select customer_id, 99, gen_random_uuid(), type, data, occurred_at from outbox_events where type = 'decision.created' limit 1`,
  ],
  [
    'I6',
    'a limit without a decision behind it',
    `update credit_limits set limit_minor = 1 where state = 'in_force' and customer_id = '${ANN}'; update credit_accounts set limit_minor = 1 where customer_id = '${ANN}'`,
  ],
  ['I6', 'an event without a way to Kafka', `delete from deliveries where sequence = 1`],
  [
    'I6',
    'a customer that still waits',
    `insert into decision_queue (customer_id, trigger) values ('${ANN}', 'state_change')`,
  ],
  [
    'I6',
    'a change that nobody decided',
    `update emotional_states set decided_valence_3 = decided_valence_3 - 0.9 where customer_id = '${ANN}' and purpose = 'emotions'`,
  ],
  [
    'I7',
    'a row that is not what its record says',
    `update decisions set score = coalesce(score, 0) + 1 where trigger = 'state_change'`,
  ],
  ['I8', 'another record', `update decisions set record = record || ' ' where trigger = 'manual'`],
  [
    'I8',
    'another hash and link',
    `update decisions set record_sha256 = '${sha('x')}', chain_link = '${sha('y')}' where sequence = 1`,
  ],
  [
    'I8',
    'an account with another head',
    `update credit_accounts set chain_link = '${sha('z')}' where customer_id = '${ANN}'`,
  ],
  [
    'I10',
    'an event that waits for Kafka',
    `update deliveries set state = 'pending', delivered_at = null where sequence = 1`,
  ],
  ['I13', 'poison that vanished', 'delete from dead_letters'],
  ['I13', 'another cause', `update dead_letters set code = 'schema'`],
  [
    'I13',
    'a good event that was refused',
    `insert into dead_letters select gen_random_uuid(), topic, partition, 77, consumer_group, 'schema', field, message, customer_id, event_source, 'e-9', null, null, occurred_at, null from dead_letters`,
  ],
  [
    'I16',
    'a state without a consent',
    `update consents set granted = false where customer_id = '${ANN}' and purpose = 'emotions'`,
  ],
  [
    'I16',
    'feelings of somebody who consents to nothing',
    `insert into decision_emotions select customer_id, decision_id, '{}' from decisions on conflict do nothing; update consents set granted = false; delete from emotional_states`,
  ],
  [
    'I16',
    'thoughts of somebody who consents to emotions only',
    `insert into decision_emotions select customer_id, decision_id, '{"inputs":{"emotions":null,"thoughts":{}}}' from decisions
       where customer_id = '${ANN}' on conflict (customer_id, decision_id) do update set record = excluded.record;
     delete from consents where customer_id = '${ANN}' and purpose = 'thoughts'`,
  ],
  [
    'I19',
    'a decision that was answered and is gone',
    `update decisions set trigger = 'profile' where sequence = 1 and trigger = 'manual'`,
  ],
  ['I19', 'a decision that nobody asked for', `update decisions set trigger = 'api' where trigger = 'state_change'`],
])('%s is red: %s', async (id, _, sql) => {
  const evidence = await gather();
  await client.query(sql);
  expect(idsOf(await checkAll(evidence))).toContain(id);
});

describe('what is told from outside the database', () => {
  test('I2 and I14: a skipped record, a step back, a stale owner', async () => {
    const evidence = await gather();
    const move = (from: number, to: number, ownerEpoch: number) =>
      evidence.witness.takeMove({ topic: 't', partition: 0, from, to, ownerEpoch }, 'committed');
    move(0, 5, 2);
    move(5, 9, 1);
    move(10, 12, 2);
    evidence.witness.takeSample('t/1', 7, 1);
    evidence.witness.takeSample('t/1', 6, 1);
    const findings = await checkAll(evidence);
    expect(idsOf(findings)).toEqual(['I2', 'I14']);
    expect(findings.map(({ message }) => message).join()).toMatch(
      /7 epoch 1 -> 6.*from 10 was counted after 9.*epoch 1 wrote after/s,
    );
  });

  test('I2: an unknown commit explains the gap behind it', async () => {
    const { witness } = await gather();
    const move = (from: number, to: number) => ({ topic: 't', partition: 0, from, to, ownerEpoch: 1 });
    witness.takeMove(move(0, 5), 'committed');
    witness.takeMove(move(5, 8), 'unknown');
    witness.takeMove(move(8, 9), 'committed');
    expect(witness.skips).toEqual([]);
  });

  test('I10: an event that is not on the topic, one that was never stored, one out of order', async () => {
    const evidence = await gather();
    const [first] = [...evidence.ledger.events.keys()];
    const events = new Map(evidence.ledger.events);
    events.delete(first ?? '');
    const without = { ...evidence, ledger: { ...evidence.ledger, events } };
    expect(idsOf(await checkAll(without))).toEqual(['I10']);
    const strange = {
      ...evidence.ledger,
      events: new Map([...evidence.ledger.events, ['x', { customerId: ANN, sequence: 50 }]]),
    };
    expect(idsOf(await checkAll({ ...evidence, ledger: strange }))).toEqual(['I10']);
    expect(idsOf(await checkAll({ ...evidence, ledger: { ...evidence.ledger, disorder: ['out of order'] } }))).toEqual([
      'I10',
    ]);
  });

  test('I11: a webhook that never came, and one with a wrong signature', async () => {
    await client.query(
      `insert into deliveries (destination, customer_id, sequence, state) select 'webhook:1', customer_id, sequence, 'delivered'
       from outbox_events where customer_id = '${BOB}'`,
    );
    const evidence = await gather();
    expect(idsOf(await checkAll(evidence))).toEqual(['I11']);
    const entriesOf = (isSigned: boolean) =>
      new Map([...evidence.ledger.events].map(([id, place]) => [id, [{ id, ...place, isSigned, body: '' }]] as const));
    await client.query(
      `insert into deliveries (destination, customer_id, sequence, state) select 'webhook:1', customer_id, sequence, 'delivered'
       from outbox_events where customer_id = '${ANN}'`,
    );
    expect(await checkAll({ ...evidence, takeReceived: () => entriesOf(true) })).toEqual([]);
    expect(idsOf(await checkAll({ ...evidence, takeReceived: () => entriesOf(false) }))).toEqual(['I11']);
  });

  test('I19: two answers to one key, and an answer of 500', async () => {
    const evidence = await gather();
    evidence.oracle.take({
      kind: 'write',
      key: 'k-0',
      customerId: ANN,
      trigger: 'manual',
      decisionId: null,
      repeatedSame: false,
    });
    expect(idsOf(await checkAll(evidence))).toContain('I19');
    expect(idsOf(await checkAll({ ...(await gather()), refused: { 500: 1 } }))).toEqual(['I19']);
  });

  test('I20: what still waits is named', async () => {
    const { query } = await gather();
    expect(await findWaiting(query, new Map([['ecs.emotions.v1/0', 4]]))).toEqual([]);
    await client.query(`insert into topic_outbox (topic, message_value) values ('t', '')`);
    expect(await findWaiting(query, new Map([['ecs.emotions.v1/0', 9]]))).toEqual([
      'ecs.emotions.v1/0 stands at 4 of 9',
      '1 messages for topics',
    ]);
  });
});
