// The registry on a real database: names, aliases, two people, history, and what happens when several come at once.
import type pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { makeOtherModel } from '../../../test/support/registered-models.ts';
import { inTransaction } from '../../db/index.ts';
import { DAY_MS } from '../../lib/clock.ts';
import { makeId } from '../../lib/ids.ts';
import {
  type Actor,
  approveProposal,
  clearChallenger,
  getModel,
  installModel,
  type LoadedScorecard,
  listModelHistory,
  listModels,
  listProposals,
  loadAlias,
  loadModelVersion,
  proposeChampion,
  registerModel,
  rejectProposal,
  rollBack,
  setChallenger,
} from '../index.ts';

const NOW_MS = Date.UTC(2026, 10, 22);
const person = (name: string): Actor => ({ name: `key:${name}`, holder: `key:${name}` });
const ana = person('ana');
const bea = person('bea');

let database: TestDatabase;
let pool: pg.Pool;
let first: LoadedScorecard;
let second: LoadedScorecard;
let third: LoadedScorecard;

const tx = <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => inTransaction(pool, work);
const install = (model: LoadedScorecard) => tx((client) => installModel(client, model.artefact, NOW_MS));
const register = (artefact: unknown) =>
  tx((client) => registerModel(client, artefact, { actor: ana, reason: 'new', nowMs: NOW_MS }));
const propose = (model: LoadedScorecard, actor = ana, nowMs = NOW_MS) =>
  tx((client) =>
    proposeChampion(client, { proposalId: makeId(), modelVersion: model.modelVersion, reason: 'better' }, actor, nowMs),
  );
const approve = (proposalId: string, actor = bea, nowMs = NOW_MS) =>
  tx((client) => approveProposal(client, { proposalId, reason: 'checked' }, actor, nowMs));
const reject = (proposalId: string, actor = bea) =>
  tx((client) => rejectProposal(client, { proposalId, reason: 'no' }, actor, NOW_MS));
const back = (nowMs = NOW_MS, actor = ana) => tx((client) => rollBack(client, 'worse', actor, nowMs));
const challenge = (model: LoadedScorecard) =>
  tx((client) => setChallenger(client, { modelVersion: model.modelVersion, reason: 'look', pastDays: 0 }, ana, NOW_MS));
const champion = () => loadAlias(pool, 'champion');
const refusal = (code: string, text: RegExp) => ({ code, message: expect.stringMatching(text) });
const actions = async () => (await listModelHistory(pool)).map(({ action }) => action);

beforeAll(async () => {
  first = await makeOtherModel('first');
  second = await makeOtherModel('second');
  third = await makeOtherModel('third');
});
beforeEach(async () => {
  database = await createTestDatabase();
  pool = database.pool;
  await install(first);
  await register(second.artefact);
  await register(third.artefact);
});
afterEach(() => database.drop());

describe('versions', () => {
  test('a version is the hash of its content; registering it again changes nothing', async () => {
    expect(await register(second.artefact)).toEqual({ modelVersion: second.modelVersion, isNew: false });
    expect(await register({ ...second.artefact, name: 'fourth' })).toMatchObject({ isNew: true });
    expect(await actions()).toEqual(['registered', 'registered', 'registered', 'installed', 'registered']);
    const model = await getModel(pool, second.modelVersion);
    expect(model).toMatchObject({ alias: null, name: 'second', registeredBy: 'key:ana', artefact: { name: 'second' } });
    expect(model?.training).toEqual(JSON.parse(JSON.stringify(second.artefact.training)));
    expect((await loadModelVersion(pool, second.modelVersion)).artefact).toEqual(second.artefact);
  });

  test('what is no scorecard, or cannot decide, is refused by the name of the field', async () => {
    const [table] = second.artefact.features;
    const falling = { ...table, monotone: 'up', cuts: [1], logOdds: [1, 0], rows: [1, 1] };
    await expect(register({ ...second.artefact, features: [falling] })).rejects.toMatchObject({
      code: 'ECS_MODEL_INVALID',
      facts: { field: expect.stringMatching(/^features/) },
    });
    await expect(register({ hello: 1 })).rejects.toMatchObject({ code: 'ECS_MODEL_INVALID' });
    expect(await listModels(pool)).toHaveLength(3);
  });

  test('bytes that were changed in the database are not taken for the model', async () => {
    await pool.query(`update model_versions set artefact = replace(artefact, '"second"', '"sekond"')`);
    const changed = { code: 'ECS_MODEL_INVALID', message: expect.stringMatching(/not what was registered/) };
    await expect(loadModelVersion(pool, second.modelVersion)).rejects.toMatchObject(changed);
    await expect(propose(second)).rejects.toMatchObject(changed);
  });

  test('the list: champion, challenger, then the others, whole only where there is an alias', async () => {
    await challenge(third);
    const models = await listModels(pool);
    expect(models.map(({ alias, name, artefact }) => [alias, name, artefact !== null])).toEqual([
      ['champion', 'first', true],
      ['challenger', 'third', true],
      [null, 'second', false],
    ]);
    expect(await getModel(pool, 'challenger')).toMatchObject({ modelVersion: third.modelVersion });
    expect(await getModel(pool, 'nobody')).toBeNull();
  });
});

describe('the first start', () => {
  test('the file becomes champion only where there is none', async () => {
    expect(await install(second)).toBe(first.modelVersion);
    expect(await install(await makeOtherModel('a later file'))).toBe(first.modelVersion);
    expect(await champion()).toBe(first.modelVersion);
  });

  test('of several that start at once with other files one makes the champion, and all name it', async () => {
    const empty = await createTestDatabase({ max: 12 });
    try {
      const models = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => makeOtherModel(`start-${n}`)));
      const named = await Promise.all(
        models.map((model) => inTransaction(empty.pool, (client) => installModel(client, model.artefact, NOW_MS))),
      );
      expect(new Set(named).size).toBe(1);
      const installed = (await listModelHistory(empty.pool)).filter(({ action }) => action === 'installed');
      expect(installed.map(({ modelVersion }) => modelVersion)).toEqual([named[0]]);
    } finally {
      await empty.drop();
    }
  });
});

describe('two people', () => {
  test('one proposes, another approves; who, when and why is kept', async () => {
    const proposal = await propose(second);
    expect(proposal).toMatchObject({ state: 'open', proposedBy: 'key:ana', championVersion: first.modelVersion });
    expect(await champion()).toBe(first.modelVersion);
    const approved = await approve(proposal.proposalId, bea, NOW_MS + 5);
    expect(approved).toMatchObject({
      state: 'approved',
      closedBy: 'key:bea',
      closingReason: 'checked',
      closedAt: new Date(NOW_MS + 5).toISOString(),
    });
    expect(await champion()).toBe(second.modelVersion);
    expect((await listModelHistory(pool)).slice(0, 2)).toMatchObject([
      { action: 'approved', modelVersion: second.modelVersion, previousVersion: first.modelVersion, reason: 'checked' },
      { action: 'proposed', modelVersion: second.modelVersion, reason: 'better', actedBy: 'key:ana' },
    ]);
  });

  test('the same person, whatever the key is called by now, cannot approve', async () => {
    const { proposalId } = await propose(second);
    const rotated: Actor = { name: 'key:new', holder: 'key:ana' };
    for (const actor of [ana, rotated]) {
      await expect(approve(proposalId, actor)).rejects.toMatchObject(refusal('ECS_FORBIDDEN', /two people/));
    }
    expect(await champion()).toBe(first.modelVersion);
    expect(await approve(proposalId)).toMatchObject({ state: 'approved' });
  });

  test('closed is closed: approved, rejected, withdrawn', async () => {
    const approved = await propose(second);
    await approve(approved.proposalId);
    await expect(approve(approved.proposalId)).rejects.toMatchObject(refusal('ECS_CONFLICT', /approved already/));
    const rejected = await propose(third);
    expect(await reject(rejected.proposalId)).toMatchObject({ state: 'rejected', closingReason: 'no' });
    await expect(approve(rejected.proposalId)).rejects.toMatchObject(refusal('ECS_CONFLICT', /was rejected/));
    const withdrawn = await propose(third);
    expect(await reject(withdrawn.proposalId, { name: 'key:new', holder: 'key:ana' })).toMatchObject({
      state: 'withdrawn',
    });
    await expect(approve(withdrawn.proposalId)).rejects.toMatchObject(refusal('ECS_CONFLICT', /withdrawn/));
    await expect(reject(withdrawn.proposalId)).rejects.toMatchObject(refusal('ECS_CONFLICT', /withdrawn/));
    expect(await champion()).toBe(second.modelVersion);
  });

  test('a proposal lives for seven days', async () => {
    const { proposalId } = await propose(second);
    const end = NOW_MS + 7 * DAY_MS;
    await expect(approve(proposalId, bea, end)).rejects.toMatchObject(refusal('ECS_CONFLICT', /expired/));
    expect((await listProposals(pool, end))[0]).toMatchObject({ state: 'expired' });
    const again = await propose(second, ana, end);
    expect(await approve(again.proposalId, bea, end)).toMatchObject({ state: 'approved' });
    const late = await propose(third, ana, end);
    expect(await approve(late.proposalId, bea, end + 7 * DAY_MS - 1)).toMatchObject({ state: 'approved' });
  });

  test('a proposal rests on the champion of its time', async () => {
    const one = await propose(second);
    const other = await propose(third);
    await approve(one.proposalId);
    await expect(approve(other.proposalId)).rejects.toMatchObject(
      refusal('ECS_CONFLICT', /another model was in force/),
    );
    expect((await listProposals(pool, NOW_MS)).map(({ state }) => state)).toEqual(['overtaken', 'approved']);
    expect(await champion()).toBe(second.modelVersion);
  });

  test('what cannot be proposed', async () => {
    await expect(propose(first)).rejects.toMatchObject(refusal('ECS_CONFLICT', /champion already/));
    await expect(propose(await makeOtherModel('unknown'))).rejects.toMatchObject({ code: 'ECS_VERSION_UNKNOWN' });
    await propose(second);
    await expect(propose(second, bea)).rejects.toMatchObject(refusal('ECS_CONFLICT', /proposed already/));
    await expect(approve('no proposal')).rejects.toMatchObject({ code: 'ECS_NOT_FOUND' });
  });
});

describe('the brake', () => {
  test('one person takes the last promotion back, once, and no further', async () => {
    await approve((await propose(second)).proposalId);
    await approve((await propose(third)).proposalId);
    expect(await back()).toEqual({ from: third.modelVersion, to: second.modelVersion });
    expect(await champion()).toBe(second.modelVersion);
    await expect(back()).rejects.toMatchObject(refusal('ECS_CONFLICT', /did not come by a promotion/));
    // Back in force takes two people again.
    const { proposalId } = await propose(third);
    await expect(approve(proposalId, ana)).rejects.toMatchObject({ code: 'ECS_FORBIDDEN' });
    await approve(proposalId);
    expect(await back()).toEqual({ from: third.modelVersion, to: second.modelVersion });
    expect((await actions())[0]).toBe('rolled_back');
  });

  test('not before any promotion, and not after 30 days', async () => {
    await expect(back()).rejects.toMatchObject(refusal('ECS_CONFLICT', /did not come by a promotion/));
    await approve((await propose(second)).proposalId);
    await expect(back(NOW_MS + 30 * DAY_MS + 1)).rejects.toMatchObject(refusal('ECS_CONFLICT', /too long ago/));
    expect(await back(NOW_MS + 30 * DAY_MS)).toMatchObject({ to: first.modelVersion });
  });
});

describe('at once', () => {
  const settle = async (work: readonly Promise<unknown>[]) => {
    const ends = await Promise.allSettled(work);
    const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []));
    return { done: ends.length - refused.length, refused };
  };

  test('several approve one proposal: one does', async () => {
    const { proposalId } = await propose(second);
    const people = ['b', 'c', 'd', 'e', 'f'].map(person);
    const { done, refused } = await settle(people.map((actor) => approve(proposalId, actor)));
    expect({ done, refused }).toEqual({ done: 1, refused: Array(4).fill('ECS_CONFLICT') });
    expect((await actions()).filter((action) => action === 'approved')).toHaveLength(1);
  });

  test('one approves while another rejects: one does, and the alias agrees with it', async () => {
    for (let round = 0; round < 6; round += 1) {
      const target = (await champion()) === second.modelVersion ? third : second;
      const { proposalId } = await propose(target);
      const { done } = await settle([approve(proposalId), reject(proposalId, person('carl'))]);
      expect(done).toBe(1);
      const closed = (await listProposals(pool, NOW_MS)).find((proposal) => proposal.proposalId === proposalId);
      expect((await champion()) === target.modelVersion).toBe(closed?.state === 'approved');
    }
  });

  test('two proposals approved together: the second finds another champion', async () => {
    const [one, other] = [await propose(second), await propose(third)];
    const { done, refused } = await settle([approve(one.proposalId), approve(other.proposalId)]);
    expect({ done, refused }).toEqual({ done: 1, refused: ['ECS_CONFLICT'] });
  });

  test('the brake pulled by several: once', async () => {
    await approve((await propose(second)).proposalId);
    await approve((await propose(third)).proposalId);
    const { done, refused } = await settle(['a', 'b', 'c'].map((name) => back(NOW_MS, person(name))));
    expect({ done, refused }).toEqual({ done: 1, refused: ['ECS_CONFLICT', 'ECS_CONFLICT'] });
    expect(await champion()).toBe(second.modelVersion);
  });

  test('the same model proposed by several: once', async () => {
    const { done } = await settle(['a', 'b', 'c', 'd'].map((name) => propose(second, person(name))));
    expect(done).toBe(1);
  });
});

describe('the challenger', () => {
  test('is set, changed and cleared, and is never the champion', async () => {
    await challenge(second);
    await challenge(third);
    expect((await listModelHistory(pool))[0]).toMatchObject({
      action: 'challenger_set',
      previousVersion: second.modelVersion,
    });
    await expect(challenge(first)).rejects.toMatchObject(refusal('ECS_CONFLICT', /own challenger/));
    expect(await tx((client) => clearChallenger(client, 'enough', ana, NOW_MS))).toBe(third.modelVersion);
    await expect(tx((client) => clearChallenger(client, 'enough', ana, NOW_MS))).rejects.toMatchObject({
      code: 'ECS_NOT_FOUND',
    });
    expect(await champion()).toBe(first.modelVersion);
  });

  test('ends where it is promoted, and where the brake brings it back', async () => {
    await challenge(second);
    await approve((await propose(second)).proposalId);
    expect(await loadAlias(pool, 'challenger')).toBeNull();
    expect((await actions()).slice(0, 2)).toEqual(['challenger_cleared', 'approved']);
    await challenge(first);
    await back();
    expect(await loadAlias(pool, 'challenger')).toBeNull();
  });
});

test('the history is only added to', async () => {
  for (const sql of [
    "update model_history set reason = 'x'",
    'delete from model_history',
    'truncate model_history',
    "update model_history set reason = 'x' where false",
  ]) {
    await expect(pool.query(sql)).rejects.toThrow(/only added to/);
  }
});
