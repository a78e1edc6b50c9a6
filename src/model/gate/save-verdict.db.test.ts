// Registering and opening against a real database: shutting takes one person and no time, opening takes two.
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { drawHistory } from '../../cli/simulate/truth/draw-history.ts';
import { SCENARIOS } from '../../cli/simulate/truth/scenario.ts';
import { inTransaction } from '../../db/index.ts';
import { DAY_MS } from '../../lib/clock.ts';
import { EMOTION_BLOCK } from '../emotion-block.ts';
import { runGate } from './evidence-gate.ts';
import { endOfMonthMs } from './gate-outcomes.ts';
import { GATE_RULES } from './gate-rules.ts';
import { buildVerdict, type GateVerdict, hashEmotionBlock, hashVerdict } from './gate-verdict.ts';
import { listVerdicts, loadVerdict, loadVerdictInForce } from './load-verdicts.ts';
import { approveVerdict, registerVerdict } from './save-verdict.ts';

const outcomes = drawHistory(SCENARIOS.moderate, 1);
const OPEN = buildVerdict(runGate(outcomes, GATE_RULES), outcomes, EMOTION_BLOCK, GATE_RULES);
const unlabelled = { ...outcomes, group: outcomes.group.map(() => 0), groups: null };
const SHUT = buildVerdict(runGate(unlabelled, GATE_RULES), unlabelled, EMOTION_BLOCK, GATE_RULES);
const BLOCK = hashEmotionBlock(EMOTION_BLOCK);
const NOW = endOfMonthMs(outcomes.months.at(-1) ?? 0) + DAY_MS;
const ANA = { name: 'key:ana', holder: 'key:ana' };
const BEN = { name: 'key:ben', holder: 'key:ben' };

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('truncate gate_verdicts'));

const register = (verdict: GateVerdict, actor = ANA, nowMs = NOW) =>
  inTransaction(database.pool, (tx) => registerVerdict(tx, verdict, actor, nowMs));
const approve = (verdict: GateVerdict, actor = BEN, nowMs = NOW) =>
  inTransaction(database.pool, (tx) => approveVerdict(tx, hashVerdict(verdict), actor, nowMs));
const inForce = async () => (await loadVerdictInForce(database.pool, BLOCK))?.state ?? null;

test('an open verdict waits for a second person', async () => {
  expect(await register(OPEN)).toEqual({ verdictSha256: hashVerdict(OPEN), state: 'open', inForce: false });
  expect(await inForce()).toBeNull();
  await approve(OPEN);
  expect(await loadVerdictInForce(database.pool, BLOCK)).toEqual({
    verdictSha256: hashVerdict(OPEN),
    state: 'open',
    blockSha256: BLOCK,
    validUntil: OPEN.validUntil,
  });
  expect(await listVerdicts(database.pool)).toMatchObject([{ registeredBy: 'key:ana', approvedBy: 'key:ben' }]);
});

test('a shut one is in force at once, also after an open one, and can be said again', async () => {
  await register(SHUT);
  await register(OPEN);
  await approve(OPEN);
  expect(await inForce()).toBe('open');
  expect((await register(SHUT, ANA, NOW + 1)).inForce).toBe(true);
  expect(await inForce()).toBe('shut');
});

test('another block asks in vain', async () => {
  await register(OPEN);
  await approve(OPEN);
  expect(await loadVerdictInForce(database.pool, 'ab'.repeat(32))).toBeNull();
});

test.each<[string, () => Promise<unknown>, string]>([
  ['the same person', () => approve(OPEN, ANA), 'ECS_FORBIDDEN'],
  ['the same hand with a rotated key', () => approve(OPEN, { ...ANA, name: 'key:ana-2' }), 'ECS_FORBIDDEN'],
  ['nobody registered it', () => approve({ ...OPEN, looks: [] }), 'ECS_NOT_FOUND'],
  ['it has run out', () => approve(OPEN, BEN, Date.parse(OPEN.validUntil ?? '')), 'ECS_CONFLICT'],
])('%s cannot be approved by: %#', async (_, attempt, code) => {
  await register(OPEN);
  await expect(attempt()).rejects.toMatchObject({ code });
  expect(await inForce()).toBeNull();
});

test('nothing opens that has been overtaken by a later word, or is open already', async () => {
  await register(OPEN);
  await register(SHUT);
  await expect(approve(OPEN)).rejects.toMatchObject({ code: 'ECS_CONFLICT' });
  await register(OPEN);
  await approve(OPEN);
  await expect(approve(OPEN)).rejects.toMatchObject({ code: 'ECS_CONFLICT' });
});

test('of two who approve at once one is told that it is done', async () => {
  await register(OPEN);
  const results = await Promise.allSettled([approve(OPEN), approve(OPEN)]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});

test('outcomes from the future are refused', async () => {
  const early = endOfMonthMs((outcomes.months.at(-1) ?? 0) - 1) - 1;
  await expect(register(OPEN, ANA, early)).rejects.toMatchObject({ code: 'ECS_REQUEST_INVALID' });
});

test('claims of other files are counted, and a verdict that was asked without them is refused', async () => {
  const cut = drawHistory(SCENARIOS.moderate, 1, { firstMonth: (outcomes.months[0] ?? 0) + 1, months: 23 });
  const ask = (claimsBefore: number) =>
    buildVerdict(runGate(cut, GATE_RULES, { detail: true, claimsBefore }), cut, EMOTION_BLOCK, GATE_RULES);
  await register(OPEN);
  await register(OPEN);
  await expect(register(ask(0))).rejects.toMatchObject({ code: 'ECS_CONFLICT' });
  const spent = OPEN.looks.at(-1)?.claim ?? 0;
  expect((await register(ask(spent))).inForce).toBe(false);
  await expect(register(OPEN)).rejects.toMatchObject({ code: 'ECS_CONFLICT' });
});

describe('a block that is not the shipped one', () => {
  const block = { ...EMOTION_BLOCK, valenceWeight: 0.281 };
  const verdict = buildVerdict(runGate(outcomes, GATE_RULES), outcomes, block, GATE_RULES);
  const beganMs = endOfMonthMs((outcomes.beganMonth ?? 0) - 1);
  const saveModel = (createdMs: number) =>
    database.pool.query('insert into model_versions (model_version, artefact, created_at) values ($1, $2, $3)', [
      String(createdMs),
      JSON.stringify({ emotionBlock: block }),
      new Date(createdMs),
    ]);

  test('opens nothing unless it was registered before the outcomes began', async () => {
    await expect(register(verdict)).rejects.toThrow('No registered model has this emotion block');
    await saveModel(beganMs + 1);
    await expect(register(verdict)).rejects.toThrow('could have shaped it');
    await saveModel(beganMs);
    expect((await register(verdict)).inForce).toBe(false);
  });

  test('shuts at any time', async () => {
    const silent = { ...outcomes, block: outcomes.block.map(() => 0) };
    const other = { ...block, stressWeight: 0.01 };
    const shut = buildVerdict(runGate(silent, GATE_RULES), silent, other, GATE_RULES);
    expect((await register(shut)).inForce).toBe(true);
  });
});

test('the database itself refuses one person for both, and a document that was changed is not found', async () => {
  await register(OPEN);
  const both = `update gate_verdicts set in_force_at = now(), approved_by = 'x', approved_holder = 'key:ana'`;
  await expect(database.pool.query(both)).rejects.toThrow('check constraint');
  expect(await loadVerdict(database.pool, hashVerdict(OPEN))).toMatchObject({ state: 'open' });
  await database.pool.query(`update gate_verdicts set document = replace(document, '"late', '"Late')`);
  await database.pool.query(`update gate_verdicts set document = replace(document, '2024', '2034')`);
  await expect(loadVerdict(database.pool, hashVerdict(OPEN))).rejects.toMatchObject({ code: 'ECS_VERSION_UNKNOWN' });
});
