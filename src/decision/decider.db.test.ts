import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import {
  makeDecider,
  one,
  saveCustomers,
  saveEmotions,
  saveStatements,
  type TestDecider,
} from '../../test/support/decision-database.ts';
import { NOW_MS } from '../../test/support/policy-facts.ts';
import { inTransaction } from '../db/index.ts';
import { DAY_MS } from '../lib/clock.ts';
import { PACK_NAMES } from '../policy/index.ts';
import type { DecisionRequest } from './decider.ts';
import { linkChain } from './decision-record.ts';
import type { DecisionView } from './decision-view.ts';
import { beginImport, endImport, getQueueStatus, listLimits, replayDecision } from './index.ts';

let database: TestDatabase;
let pool: pg.Pool;
let test1: TestDecider;

beforeAll(async () => {
  database = await createTestDatabase({ max: 24 });
  pool = database.pool;
  test1 = await makeDecider(pool);
});
afterAll(() => database.drop());
beforeEach(() => {
  test1.time.nowMs = NOW_MS;
});

const decideOne = (customerId: string, over: Partial<DecisionRequest> = {}): Promise<DecisionView> =>
  inTransaction(pool, (tx) =>
    test1.decider.decideCustomer(tx, { customerId, trigger: 'api', requestedBy: 'test', ...over }),
  );
const openLimit = (customerId: string, limitMinor: number): Promise<number> =>
  inTransaction(pool, (tx) => test1.decider.saveOpeningDecisions(tx, [{ customerId, limitMinor }], 'test'));
const count = async (sql: string, values: unknown[] = []) =>
  (await one<{ n: number }>(pool, `select count(*) as n from ${sql}`, values)).n;

describe('one decision', () => {
  test('an application: decision, limit, account and outbox are written once, in one transaction', async () => {
    await saveCustomers(pool, [{ customerId: 'first' }]);
    const view = await decideOne('first');
    expect(view).toMatchObject({
      customerId: 'first',
      sequence: 1,
      decidedAt: new Date(NOW_MS).toISOString(),
      outcome: 'approve',
      approved: true,
      currency: 'EUR',
      previousLimitMinor: null,
      emotion: { mode: 'bounded', used: false, logOdds: 0 },
      modelVersion: test1.model.modelVersion,
      requestedBy: 'test',
    });
    expect(view.limitMinor).toBeGreaterThan(0);
    expect(view.limitWithoutEmotionMinor).toBe(view.limitMinor);
    expect(view.reasons.length).toBeGreaterThan(0);
    expect(await listLimits(pool, 'first')).toEqual([
      {
        decisionId: view.decisionId,
        limitMinor: view.limitMinor,
        state: 'in_force',
        validFrom: new Date(NOW_MS).toISOString(),
        validTo: null,
      },
    ]);
    const account = await one(pool, 'select * from credit_accounts where customer_id = $1', ['first']);
    expect(account).toMatchObject({
      limit_minor: view.limitMinor,
      financial_limit_minor: view.limitMinor,
      limit_changed_at: new Date(NOW_MS),
      decision_sequence: 1,
      event_sequence: 2,
    });
    const { rows: events } = await pool.query('select * from outbox_events where customer_id = $1 order by sequence', [
      'first',
    ]);
    expect(events.map((event) => event.type)).toEqual(['decision.created', 'credit_limit.adjusted']);
    expect(events[0].data).toMatchObject({
      decisionId: view.decisionId,
      outcome: 'approve',
      limitMinor: view.limitMinor,
    });
    expect(events[1].data).toMatchObject({ previousLimitMinor: null, limitMinor: view.limitMinor });
    expect(await count("deliveries where customer_id = 'first' and destination = 'kafka'")).toBe(2);
  });

  test('keep is a stored decision, too, and adjusts nothing', async () => {
    await saveCustomers(pool, [{ customerId: 'keeper' }]);
    const opened = await decideOne('keeper');
    const kept = await decideOne('keeper', { trigger: 'statement' });
    expect(kept).toMatchObject({ outcome: 'keep', sequence: 2, limitMinor: opened.limitMinor });
    expect(await listLimits(pool, 'keeper')).toHaveLength(1);
    const { rows } = await pool.query("select type from outbox_events where customer_id = 'keeper' order by sequence");
    expect(rows.map((row) => row.type)).toEqual(['decision.created', 'credit_limit.adjusted', 'decision.created']);
  });

  test('a refused application leaves no limit, and the next one is an application again', async () => {
    await saveCustomers(pool, [{ customerId: 'poor', payer: 'late', declaredIncomeMinor: 10_000 }]);
    const refused = await decideOne('poor');
    expect(refused).toMatchObject({ outcome: 'decline', approved: false, limitMinor: 0, rateBps: null });
    expect(await listLimits(pool, 'poor')).toEqual([]);
    await pool.query("update customers set declared_income_minor = 900000 where customer_id = 'poor'");
    await pool.query("delete from statements where customer_id = 'poor'");
    await saveStatements(pool, ['poor'], 'good');
    expect(await decideOne('poor')).toMatchObject({ outcome: 'approve', previousLimitMinor: null, sequence: 2 });
  });

  test('a limit that changes ends one interval and begins the next at the same instant', async () => {
    await saveCustomers(pool, [{ customerId: 'mover' }]);
    await openLimit('mover', 200_000);
    test1.time.nowMs = NOW_MS + DAY_MS;
    const raised = await decideOne('mover', { requestedLimitMinor: 230_000 });
    expect(raised).toMatchObject({ outcome: 'increase', limitMinor: 230_000, previousLimitMinor: 200_000 });
    const at = new Date(NOW_MS + DAY_MS).toISOString();
    expect(
      (await listLimits(pool, 'mover')).map(({ limitMinor, state, validFrom, validTo }) => [
        limitMinor,
        state,
        validFrom,
        validTo,
      ]),
    ).toEqual([
      [230_000, 'in_force', at, null],
      [200_000, 'superseded', new Date(NOW_MS).toISOString(), at],
    ]);
  });

  test('never more than was asked for', async () => {
    await saveCustomers(pool, [{ customerId: 'modest' }]);
    expect(await decideOne('modest', { requestedLimitMinor: 50_000 })).toMatchObject({ limitMinor: 50_000 });
  });

  test('an unknown customer is refused by name and leaves nothing behind', async () => {
    await expect(decideOne('nobody')).rejects.toMatchObject({ code: 'ECS_NOT_FOUND' });
    expect(await count("credit_accounts where customer_id = 'nobody'")).toBe(0);
  });

  test('an account that is not there yet is made, and locked', async () => {
    await saveCustomers(pool, [{ customerId: 'accountless' }]);
    await pool.query("delete from credit_accounts where customer_id = 'accountless'");
    expect(await decideOne('accountless')).toMatchObject({ outcome: 'approve' });
  });

  test('a dry run says the same and writes nothing', async () => {
    await saveCustomers(pool, [{ customerId: 'curious' }]);
    const dry = await decideOne('curious', { dryRun: true });
    expect(await count("decisions where customer_id = 'curious'")).toBe(0);
    const wet = await decideOne('curious');
    expect({ ...dry, decisionId: '' }).toEqual({ ...wet, decisionId: '' });
    expect(await count("outbox_events where customer_id = 'curious'")).toBe(2);
  });

  test('what the caller rolls back was never decided', async () => {
    await saveCustomers(pool, [{ customerId: 'undone' }]);
    const undo = new Error('undo');
    await expect(
      inTransaction(pool, async (tx) => {
        await test1.decider.decideCustomer(tx, { customerId: 'undone', trigger: 'api', requestedBy: 'test' });
        throw undo;
      }),
    ).rejects.toBe(undo);
    expect(await count("decisions where customer_id = 'undone'")).toBe(0);
  });
});

describe('many at once', () => {
  test('twenty decisions about one customer at once: one limit in force, no gap, an unbroken chain', async () => {
    await saveCustomers(pool, [{ customerId: 'busy' }]);
    await openLimit('busy', 100_000);
    await Promise.all(
      Array.from({ length: 20 }, (_, index) => decideOne('busy', { requestedLimitMinor: 101_000 + index * 5_000 })),
    );
    expect(await count("credit_limits where customer_id = 'busy' and state = 'in_force'")).toBe(1);
    const { rows } = await pool.query(
      `select sequence, record_sha256, emotion_sha256, chain_link, limit_minor, previous_limit_minor
       from decisions where customer_id = 'busy' order by sequence`,
    );
    expect(rows.map((row) => row.sequence)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1));
    let link: Buffer | null = null;
    let limit: number | null = null;
    for (const row of rows) {
      link = linkChain(link, row.record_sha256, row.emotion_sha256);
      expect(row.chain_link.equals(link)).toBe(true);
      expect(row.previous_limit_minor).toBe(limit);
      limit = row.limit_minor;
    }
    const account = await one<{ limit_minor: number }>(
      pool,
      "select limit_minor from credit_accounts where customer_id = 'busy'",
    );
    expect(account.limit_minor).toBe(limit);
    // One step in all: 90 days apart, a quarter of the lowest at most.
    expect(limit).toBeLessThanOrEqual(125_000);
  });

  test('a batch decides every customer once, leaves strangers out, and tells each world once', async () => {
    const ids = Array.from({ length: 300 }, (_, index) => `many-${index}`);
    await saveCustomers(
      pool,
      ids.map((customerId) => ({ customerId, payer: customerId.endsWith('7') ? 'late' : 'good' })),
    );
    const asked = [...ids, 'stranger', ids[0] as string].map((customerId) => ({
      customerId,
      trigger: 'statement' as const,
    }));
    expect(await test1.decider.decideMany(asked)).toBe(300);
    expect(await count("decisions where customer_id like 'many-%'")).toBe(300);
    expect(await count("outbox_events where customer_id like 'many-%' and type = 'decision.created'")).toBe(300);
    expect(await test1.decider.decideMany([])).toBe(0);
  });

  test('two batches over the same customers in opposite order do not block each other for good', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `pair-${index}`);
    await saveCustomers(
      pool,
      ids.map((customerId) => ({ customerId })),
    );
    await saveEmotions(pool, ids, { valence: 0.2, stress: 0.4 });
    const asked = ids.map((customerId) => ({ customerId, trigger: 'statement' as const }));
    await Promise.all([test1.decider.decideMany(asked), test1.decider.decideMany(asked.toReversed())]);
    expect(await count("decisions where customer_id like 'pair-%'")).toBe(80);
    expect(await count("credit_limits where customer_id like 'pair-%' and state = 'in_force'")).toBe(40);
  });
});

describe('consent', () => {
  const withdraw = (tx: pg.PoolClient, customerId: string) =>
    tx.query('delete from emotional_states where customer_id = $1', [customerId]);
  const felt = (customerId: string) => count('decision_emotions where customer_id = $1', [customerId]);

  test('a withdrawal that committed while the decision waited wins: nothing emotional is read or stored', async () => {
    await saveCustomers(pool, [{ customerId: 'leaver' }]);
    await saveEmotions(pool, ['leaver'], { valence: 0.9, stress: 0.1 });
    const tx = await pool.connect();
    await tx.query('begin');
    await withdraw(tx, 'leaver');
    const deciding = decideOne('leaver');
    await waitUntilSomebodyWaits(pool);
    await tx.query('commit');
    tx.release();
    expect(await deciding).toMatchObject({ emotion: { used: false, logOdds: 0 } });
    expect(await felt('leaver')).toBe(0);
  });

  test('a withdrawal that comes while the decision is written waits for it, and finds what it has to erase', async () => {
    await saveCustomers(pool, [{ customerId: 'stayer' }]);
    await saveEmotions(pool, ['stayer'], { valence: 0.9, stress: 0.1 });
    const tx = await pool.connect();
    await tx.query('begin');
    const view = await test1.decider.decideCustomer(tx, { customerId: 'stayer', trigger: 'api', requestedBy: 'test' });
    expect(view.emotion.used).toBe(true);
    const withdrawing = inTransaction(pool, async (other) => {
      await withdraw(other, 'stayer');
      await other.query("delete from decision_emotions where customer_id = 'stayer'");
    });
    await waitUntilSomebodyWaits(pool);
    await tx.query('commit');
    tx.release();
    await withdrawing;
    expect(await felt('stayer')).toBe(0);
  });

  test('the levels it was decided at are remembered', async () => {
    await saveCustomers(pool, [{ customerId: 'marked' }]);
    await saveEmotions(pool, ['marked'], { valence: -0.25, stress: 0.75 });
    await decideOne('marked');
    const state = await one(
      pool,
      "select decided_valence_3, decided_stress_3 from emotional_states where customer_id = 'marked'",
    );
    expect(state).toEqual({ decided_valence_3: -0.25, decided_stress_3: 0.75 });
  });

  test('the outbox and the row say nothing that follows from emotional data', async () => {
    await saveCustomers(pool, [{ customerId: 'private' }]);
    await openLimit('private', 200_000);
    await saveEmotions(pool, ['private'], { valence: -0.9, stress: 0.95 });
    const paused = await decideOne('private', { trigger: 'state_change' });
    expect(paused).toMatchObject({ outcome: 'keep', limitMinor: 200_000, emotion: { used: true } });
    expect(paused.reasons[0]?.code).toBe('care_pause');
    expect(paused.reasons[0]?.text).toMatch(/call us/);
    const lasting = await one<{ text: string }>(
      pool,
      `select d.record || array_to_string(d.reasons, ' ') || string_agg(o.data::text, ' ') as text
       from decisions d join outbox_events o using (customer_id)
       where customer_id = 'private' and d.sequence = 2 group by d.record, d.reasons`,
    );
    expect(lasting.text).toContain('consented_data');
    expect(lasting.text).not.toMatch(/care_pause|emotion_[a-z]+|valence|stress/);
  });
});

async function waitUntilSomebodyWaits(db: pg.Pool): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const { rows } = await db.query(
      "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('nobody waits for a lock');
}

describe('by hand', () => {
  const order = (customerId: string, limitMinor: number) => ({
    customerId,
    limitMinor,
    reason: 'spoke on the phone',
    requestedBy: 'officer-7',
  });
  const byHand = (customerId: string, limitMinor: number) =>
    inTransaction(pool, (tx) => test1.decider.setLimitByHand(tx, order(customerId, limitMinor)));
  const freeze = (customerId: string) =>
    inTransaction(pool, (tx) =>
      test1.decider.freezeAccount(tx, { customerId, reason: 'fraud', requestedBy: 'officer-7' }),
    );
  const thaw = (customerId: string) =>
    inTransaction(pool, (tx) =>
      test1.decider.unfreezeAccount(tx, { customerId, reason: 'cleared', requestedBy: 'officer-7' }),
    );

  test('an officer sets a limit: stored with the reason, F = C, at once', async () => {
    await saveCustomers(pool, [{ customerId: 'hand' }]);
    await openLimit('hand', 200_000);
    const view = await byHand('hand', 123_456);
    expect(view).toMatchObject({
      trigger: 'manual',
      outcome: 'decrease',
      limitMinor: 123_456,
      previousLimitMinor: 200_000,
      limitWithoutEmotionMinor: 123_456,
      score: null,
      modelVersion: null,
      requestedBy: 'officer-7',
    });
    expect(view.reasons[0]).toMatchObject({ code: 'limit_set_by_officer', details: { note: 'spoke on the phone' } });
    expect(await replayDecision(pool, view.decisionId)).toMatchObject({
      same: true,
      halves: 'financial',
      erased: false,
    });
    await expect(byHand('nobody', 1)).rejects.toMatchObject({ code: 'ECS_NOT_FOUND' });
    await expect(byHand('hand', -1)).rejects.toThrow('bug');
    await expect(byHand('hand', 1.5)).rejects.toThrow('bug');
  });

  test('a frozen account keeps its limit through everything automatic, and an officer still moves it', async () => {
    await saveCustomers(pool, [{ customerId: 'ice' }]);
    await openLimit('ice', 200_000);
    expect(await freeze('ice')).toMatchObject({ trigger: 'manual', outcome: 'keep', limitMinor: 200_000 });
    await expect(freeze('ice')).rejects.toMatchObject({ code: 'ECS_CONFLICT' });
    const kept = await decideOne('ice', { requestedLimitMinor: 240_000 });
    expect(kept).toMatchObject({ outcome: 'keep', limitMinor: 200_000 });
    expect(kept.reasons[0]?.code).toBe('account_frozen');
    expect(await byHand('ice', 150_000)).toMatchObject({ outcome: 'decrease', limitMinor: 150_000 });
    expect(await one(pool, "select frozen_by, frozen_reason from credit_accounts where customer_id = 'ice'")).toEqual({
      frozen_by: 'officer-7',
      frozen_reason: 'fraud',
    });
    await thaw('ice');
    await expect(thaw('ice')).rejects.toMatchObject({ code: 'ECS_CONFLICT' });
    expect(await decideOne('ice', { requestedLimitMinor: 160_000 })).toMatchObject({ outcome: 'increase' });
  });
});

describe('import', () => {
  test('while it runs nothing is decided; opening decisions are written, once', async () => {
    await saveCustomers(pool, [{ customerId: 'brought' }, { customerId: 'had-one' }]);
    await openLimit('had-one', 70_000);
    await beginImport(
      pool,
      { importId: '0193f000-0000-7000-8000-000000000001', inputSha256: 'aa', customers: 2 },
      NOW_MS,
    );
    try {
      await expect(decideOne('brought')).rejects.toMatchObject({ code: 'ECS_IMPORT_RUNNING' });
      await expect(test1.decider.decideMany([{ customerId: 'brought', trigger: 'statement' }])).rejects.toMatchObject({
        code: 'ECS_IMPORT_RUNNING',
      });
      expect((await getQueueStatus(pool, NOW_MS)).importRunning).toBe(true);
      const rows = [
        { customerId: 'brought', limitMinor: 80_000 },
        { customerId: 'had-one', limitMinor: 1 },
        { customerId: 'stranger', limitMinor: 1 },
      ];
      const save = () => inTransaction(pool, (tx) => test1.decider.saveOpeningDecisions(tx, rows, 'import'));
      expect([await save(), await save()]).toEqual([1, 0]);
    } finally {
      await endImport(pool, 'completed', NOW_MS);
    }
    const row = await one(pool, "select * from decisions where customer_id = 'brought'");
    expect(row).toMatchObject({
      trigger: 'import',
      outcome: 'approve',
      limit_minor: 80_000,
      reasons: ['limit_brought_along', 'limit_opened'],
    });
    const account = await one(pool, "select * from credit_accounts where customer_id = 'brought'");
    expect(account).toMatchObject({ limit_minor: 80_000, financial_limit_minor: 80_000, last_increase_at: null });
    expect(await decideOne('brought', { trigger: 'statement' })).toMatchObject({
      outcome: 'increase',
      limitMinor: 100_000,
    });
  });
});

describe('assent and notice', () => {
  const scheduled = (customerId: string) =>
    pool.query("select limit_minor, valid_from from credit_limits where customer_id = $1 and state = 'scheduled'", [
      customerId,
    ]);

  test('what waits is stored, not applied; the same again keeps its date, another takes its place', async () => {
    await saveCustomers(pool, [{ customerId: 'sao', jurisdiction: 'BR' }]);
    await openLimit('sao', 200_000);
    await pool.query("update customers set declared_income_minor = 60000 where customer_id = 'sao'");
    const cut = await decideOne('sao', { trigger: 'profile' });
    expect(cut).toMatchObject({ outcome: 'decrease', limitMinor: 200_000, scheduledLimitMinor: 160_000 });
    const from = new Date(NOW_MS + 30 * DAY_MS);
    expect((await scheduled('sao')).rows).toEqual([{ limit_minor: 160_000, valid_from: from }]);
    const account = await one(pool, "select * from credit_accounts where customer_id = 'sao'");
    expect(account).toMatchObject({ limit_minor: 200_000, financial_limit_minor: 200_000, last_decrease_at: null });
    expect(await count("outbox_events where customer_id = 'sao' and type = 'credit_limit.adjusted'")).toBe(1);

    test1.time.nowMs = NOW_MS + 10 * DAY_MS;
    await decideOne('sao', { trigger: 'statement' });
    expect((await scheduled('sao')).rows).toEqual([{ limit_minor: 160_000, valid_from: from }]);

    await pool.query("update customers set declared_income_minor = 300000 where customer_id = 'sao'");
    const up = await decideOne('sao', { trigger: 'profile' });
    expect(up).toMatchObject({ outcome: 'increase', limitMinor: 200_000, scheduledLimitMinor: 250_000 });
    expect((await scheduled('sao')).rows).toEqual([{ limit_minor: 250_000, valid_from: new Date(test1.time.nowMs) }]);
    // What was replaced never was in force: its interval is empty.
    expect(
      await count("credit_limits where customer_id = 'sao' and state = 'superseded' and valid_to = valid_from"),
    ).toBe(1);

    // Asking is assent: in force at once, and nothing waits any more.
    const asked = await decideOne('sao', { requestedLimitMinor: 240_000 });
    expect(asked).toMatchObject({ outcome: 'increase', limitMinor: 240_000, scheduledLimitMinor: null });
    expect((await scheduled('sao')).rows).toEqual([]);
  });

  test('a frozen account leaves what waits alone', async () => {
    await saveCustomers(pool, [{ customerId: 'rio', jurisdiction: 'BR' }]);
    await openLimit('rio', 200_000);
    await decideOne('rio', { trigger: 'statement' });
    await inTransaction(pool, (tx) =>
      test1.decider.freezeAccount(tx, { customerId: 'rio', reason: 'x', requestedBy: 'o' }),
    );
    await decideOne('rio', { trigger: 'statement' });
    expect((await scheduled('rio')).rows).toHaveLength(1);
  });
});

const JURISDICTIONS = { generic: null, br: 'BR', us: 'US', eu: 'FR', uk: 'GB' } as const;

describe.each([...PACK_NAMES])('pack %s, end to end', (pack) => {
  const id = (name: string) => `${pack}-${name}`;
  const jurisdiction = JURISDICTIONS[pack];

  test('moods come and go, finances stay: the limit never falls, and price and approval never move', async () => {
    const felt = id('felt');
    const plain = id('plain');
    await saveCustomers(
      pool,
      [felt, plain].map((customerId) => ({ customerId, jurisdiction })),
    );
    await openLimit(felt, 200_000);
    await openLimit(plain, 200_000);
    const moods = [
      { valence: 1, stress: 0 },
      { valence: -1, stress: 1 },
      { valence: -0.4, stress: 0.7 },
      { valence: 0.8, stress: 0.1 },
    ];
    let before = 200_000;
    for (const mood of moods) {
      await pool.query('delete from emotional_states where customer_id = $1', [felt]);
      await saveEmotions(pool, [felt], mood);
      const withMood = await decideOne(felt, { trigger: 'state_change' });
      const without = await decideOne(plain, { trigger: 'state_change' });
      expect(withMood.limitMinor).toBeGreaterThanOrEqual(before);
      expect(withMood).toMatchObject({
        approved: without.approved,
        rateBps: without.rateBps,
        creditType: without.creditType,
      });
      expect(withMood.emotion.mode).toBe(without.emotion.mode);
      expect(await replayDecision(pool, withMood.decisionId)).toMatchObject({ same: true, differences: [] });
      before = withMood.limitMinor;
    }
    const stored = await count('decision_emotions where customer_id = $1', [felt]);
    expect(stored).toBe(pack === 'eu' ? 0 : moods.length);
  });

  test('in acute distress nothing is raised unasked', async () => {
    const customerId = id('distress');
    await saveCustomers(pool, [{ customerId, jurisdiction }]);
    await openLimit(customerId, 200_000);
    await saveEmotions(pool, [customerId], { valence: -0.9, stress: 0.9 });
    const view = await decideOne(customerId, { trigger: 'statement' });
    expect(view.limitMinor).toBe(200_000);
    expect(view.reasons.some((reason) => reason.code === 'care_pause')).toBe(pack !== 'eu');
  });
});
