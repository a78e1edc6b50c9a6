// Putting a model in force on a real database: two people, the brake, and what happens when several come at once.
import { makeOtherModel } from '../../../test/support/registered-models.ts';
import {
  createRegistryWorld,
  person,
  REGISTRY_NOW_MS,
  type RegistryWorld,
  refusal,
} from '../../../test/support/registry-world.ts';
import { DAY_MS } from '../../lib/clock.ts';
import { type Actor, listModelHistory, listProposals } from '../index.ts';

const ana = person('ana');
const bea = person('bea');

let world: RegistryWorld;
beforeEach(async () => {
  world = await createRegistryWorld();
});
afterEach(() => world.database.drop());

describe('two people', () => {
  test('one proposes, another approves; who, when and why is kept', async () => {
    const proposal = await world.propose(world.second);
    expect(proposal).toMatchObject({ state: 'open', proposedBy: 'key:ana', championVersion: world.first.modelVersion });
    expect(await world.champion()).toBe(world.first.modelVersion);
    const approved = await world.approve(proposal.proposalId, bea, REGISTRY_NOW_MS + 5);
    expect(approved).toMatchObject({
      state: 'approved',
      closedBy: 'key:bea',
      closingReason: 'checked',
      closedAt: new Date(REGISTRY_NOW_MS + 5).toISOString(),
    });
    expect(await world.champion()).toBe(world.second.modelVersion);
    expect((await listModelHistory(world.pool)).slice(0, 2)).toMatchObject([
      {
        action: 'approved',
        modelVersion: world.second.modelVersion,
        previousVersion: world.first.modelVersion,
        reason: 'checked',
      },
      { action: 'proposed', modelVersion: world.second.modelVersion, reason: 'better', actedBy: 'key:ana' },
    ]);
  });

  test('the same person, whatever the key is called by now, cannot approve', async () => {
    const { proposalId } = await world.propose(world.second);
    const rotated: Actor = { name: 'key:new', holder: 'key:ana' };
    for (const actor of [ana, rotated]) {
      await expect(world.approve(proposalId, actor)).rejects.toMatchObject(refusal('ECS_FORBIDDEN', /two people/));
    }
    expect(await world.champion()).toBe(world.first.modelVersion);
    expect(await world.approve(proposalId)).toMatchObject({ state: 'approved' });
  });

  test('closed is closed: approved, rejected, withdrawn', async () => {
    const approved = await world.propose(world.second);
    await world.approve(approved.proposalId);
    await expect(world.approve(approved.proposalId)).rejects.toMatchObject(refusal('ECS_CONFLICT', /approved already/));
    const rejected = await world.propose(world.third);
    expect(await world.reject(rejected.proposalId)).toMatchObject({ state: 'rejected', closingReason: 'no' });
    await expect(world.approve(rejected.proposalId)).rejects.toMatchObject(refusal('ECS_CONFLICT', /was rejected/));
    const withdrawn = await world.propose(world.third);
    expect(await world.reject(withdrawn.proposalId, { name: 'key:new', holder: 'key:ana' })).toMatchObject({
      state: 'withdrawn',
    });
    await expect(world.approve(withdrawn.proposalId)).rejects.toMatchObject(refusal('ECS_CONFLICT', /withdrawn/));
    await expect(world.reject(withdrawn.proposalId)).rejects.toMatchObject(refusal('ECS_CONFLICT', /withdrawn/));
    expect(await world.champion()).toBe(world.second.modelVersion);
  });

  test('a proposal lives for seven days', async () => {
    const { proposalId } = await world.propose(world.second);
    const end = REGISTRY_NOW_MS + 7 * DAY_MS;
    await expect(world.approve(proposalId, bea, end)).rejects.toMatchObject(refusal('ECS_CONFLICT', /expired/));
    expect((await listProposals(world.pool, end))[0]).toMatchObject({ state: 'expired' });
    const again = await world.propose(world.second, ana, end);
    expect(await world.approve(again.proposalId, bea, end)).toMatchObject({ state: 'approved' });
    const late = await world.propose(world.third, ana, end);
    expect(await world.approve(late.proposalId, bea, end + 7 * DAY_MS - 1)).toMatchObject({ state: 'approved' });
  });

  test('a proposal rests on the champion of its time', async () => {
    const one = await world.propose(world.second);
    const other = await world.propose(world.third);
    await world.approve(one.proposalId);
    await expect(world.approve(other.proposalId)).rejects.toMatchObject(
      refusal('ECS_CONFLICT', /another model was in force/),
    );
    expect((await listProposals(world.pool, REGISTRY_NOW_MS)).map(({ state }) => state)).toEqual([
      'overtaken',
      'approved',
    ]);
    expect(await world.champion()).toBe(world.second.modelVersion);
  });

  test('what cannot be proposed', async () => {
    await expect(world.propose(world.first)).rejects.toMatchObject(refusal('ECS_CONFLICT', /champion already/));
    await expect(world.propose(await makeOtherModel('unknown'))).rejects.toMatchObject({ code: 'ECS_VERSION_UNKNOWN' });
    await world.propose(world.second);
    await expect(world.propose(world.second, bea)).rejects.toMatchObject(refusal('ECS_CONFLICT', /proposed already/));
    await expect(world.approve('no proposal')).rejects.toMatchObject({ code: 'ECS_NOT_FOUND' });
  });
});

describe('the brake', () => {
  test('one person takes the last promotion back, once, and no further', async () => {
    await world.approve((await world.propose(world.second)).proposalId);
    await world.approve((await world.propose(world.third)).proposalId);
    expect(await world.back()).toEqual({ from: world.third.modelVersion, to: world.second.modelVersion });
    expect(await world.champion()).toBe(world.second.modelVersion);
    await expect(world.back()).rejects.toMatchObject(refusal('ECS_CONFLICT', /did not come by a promotion/));
    // Back in force takes two people again.
    const { proposalId } = await world.propose(world.third);
    await expect(world.approve(proposalId, ana)).rejects.toMatchObject({ code: 'ECS_FORBIDDEN' });
    await world.approve(proposalId);
    expect(await world.back()).toEqual({ from: world.third.modelVersion, to: world.second.modelVersion });
    expect((await world.actions())[0]).toBe('rolled_back');
  });

  test('not before any promotion, and not after 30 days', async () => {
    await expect(world.back()).rejects.toMatchObject(refusal('ECS_CONFLICT', /did not come by a promotion/));
    await world.approve((await world.propose(world.second)).proposalId);
    await expect(world.back(REGISTRY_NOW_MS + 30 * DAY_MS + 1)).rejects.toMatchObject(
      refusal('ECS_CONFLICT', /too long ago/),
    );
    expect(await world.back(REGISTRY_NOW_MS + 30 * DAY_MS)).toMatchObject({ to: world.first.modelVersion });
  });
});

describe('at once', () => {
  const settle = async (work: readonly Promise<unknown>[]) => {
    const ends = await Promise.allSettled(work);
    const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []));
    return { done: ends.length - refused.length, refused };
  };

  test('several approve one proposal: one does', async () => {
    const { proposalId } = await world.propose(world.second);
    const people = ['b', 'c', 'd', 'e', 'f'].map(person);
    const { done, refused } = await settle(people.map((actor) => world.approve(proposalId, actor)));
    expect({ done, refused }).toEqual({ done: 1, refused: Array(4).fill('ECS_CONFLICT') });
    expect((await world.actions()).filter((action) => action === 'approved')).toHaveLength(1);
  });

  test('one approves while another rejects: one does, and the alias agrees with it', async () => {
    for (let round = 0; round < 6; round += 1) {
      const target = (await world.champion()) === world.second.modelVersion ? world.third : world.second;
      const { proposalId } = await world.propose(target);
      const { done } = await settle([world.approve(proposalId), world.reject(proposalId, person('carl'))]);
      expect(done).toBe(1);
      const closed = (await listProposals(world.pool, REGISTRY_NOW_MS)).find(
        (proposal) => proposal.proposalId === proposalId,
      );
      expect((await world.champion()) === target.modelVersion).toBe(closed?.state === 'approved');
    }
  });

  test('two proposals approved together: the second finds another champion', async () => {
    const [one, other] = [await world.propose(world.second), await world.propose(world.third)];
    const { done, refused } = await settle([world.approve(one.proposalId), world.approve(other.proposalId)]);
    expect({ done, refused }).toEqual({ done: 1, refused: ['ECS_CONFLICT'] });
  });

  test('the brake pulled by several: once', async () => {
    await world.approve((await world.propose(world.second)).proposalId);
    await world.approve((await world.propose(world.third)).proposalId);
    const { done, refused } = await settle(['a', 'b', 'c'].map((name) => world.back(REGISTRY_NOW_MS, person(name))));
    expect({ done, refused }).toEqual({ done: 1, refused: ['ECS_CONFLICT', 'ECS_CONFLICT'] });
    expect(await world.champion()).toBe(world.second.modelVersion);
  });

  test('the same model proposed by several: once', async () => {
    const { done } = await settle(['a', 'b', 'c', 'd'].map((name) => world.propose(world.second, person(name))));
    expect(done).toBe(1);
  });
});
