import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { canonicalJson } from '../lib/canonical-json.ts';
import { EMOTION_LOG_ODDS_MAX } from '../model/index.ts';
import { loadPolicies } from './load-policies.ts';
import { parsePolicy } from './parse-policy.ts';
import { PACK_NAMES, type PackName } from './policy-document.ts';

const shipped = fileURLToPath(new URL('./documents/', import.meta.url));
const policies = await loadPolicies();

describe('the shipped policies', () => {
  test('one for every pack, each with a version of its own', () => {
    expect([...policies.byPack.keys()].sort()).toEqual([...PACK_NAMES].sort());
    const versions = [...policies.byPack.values()].map((policy) => policy.policyVersion);
    expect(new Set(versions).size).toBe(PACK_NAMES.length);
    for (const version of versions) expect(version).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each<[PackName, string, boolean, number, boolean]>([
    // pack, emotion, assent, notice, income needed
    ['generic', 'bounded', false, 0, false],
    ['br', 'protective', true, 30, true],
    ['us', 'protective', false, 0, true],
    ['eu', 'off', true, 30, true],
    ['uk', 'protective', true, 0, true],
  ])('%s: emotion %s, assent %p, notice %p days, income needed %p', (name, mode, assent, notice, income) => {
    const pack = policies.byPack.get(name)?.document.pack;
    expect([
      pack?.emotionMode,
      pack?.increaseNeedsAssent,
      pack?.decreaseNoticeDays,
      pack?.affordabilityRequiredForIncrease,
    ]).toEqual([mode, assent, notice, income]);
    expect(pack?.notes.length).toBeGreaterThan(0);
  });

  test('only the pack without a country lets emotion into the score', () => {
    const bounded = [...policies.byPack.values()].filter((policy) => policy.document.pack.emotionMode === 'bounded');
    expect(bounded.map((policy) => policy.pack)).toEqual(['generic']);
    expect(EMOTION_LOG_ODDS_MAX).toBeCloseTo(Math.log(1.25), 12);
  });

  test('the version names the content: the stored text gives the same version back', () => {
    for (const policy of policies.byPack.values()) {
      const again = parsePolicy(JSON.parse(canonicalJson(policy.document)), 'stored');
      expect(again.policyVersion).toBe(policy.policyVersion);
    }
  });

  test('an installation may choose another default', async () => {
    const other = await loadPolicies({ defaultPack: 'eu' });
    expect([policies.defaultPack, other.defaultPack]).toEqual(['generic', 'eu']);
  });
});

describe('a folder of a lender', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ecs-policy-'));
    await cp(shipped, dir, { recursive: true });
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const edit = async (file: string, change: (document: Record<string, unknown>) => void) => {
    const document = JSON.parse(await readFile(join(dir, file), 'utf8'));
    change(document);
    await writeFile(join(dir, file), JSON.stringify(document));
  };

  test('a pack lays single figures over the base', async () => {
    await edit('packs/br.json', (document) => {
      document.pricing = { rateMaxBps: 9_900 };
    });
    const changed = await loadPolicies({ dir });
    const pricing = changed.byPack.get('br')?.document.pricing;
    expect(pricing).toEqual({ fundingBps: 500, operatingBps: 450, capitalBps: 150, rateMaxBps: 9_900 });
    expect(changed.byPack.get('br')?.policyVersion).not.toBe(policies.byPack.get('br')?.policyVersion);
    expect(changed.byPack.get('us')?.policyVersion).toBe(policies.byPack.get('us')?.policyVersion);
  });

  test.each<[string, string, (document: Record<string, unknown>) => void, RegExp]>([
    [
      'an unknown field',
      'base.json',
      (document) => {
        document.surprise = 1;
      },
      /base|surprise/,
    ],
    [
      'a riskier band that allows more',
      'base.json',
      (document) => {
        document.bands = [
          { probabilityOfDefaultMax: 0.1, incomeMultipleBps: 100, limitMaxUnitsBps: 100 },
          { probabilityOfDefaultMax: 0.2, incomeMultipleBps: 200, limitMaxUnitsBps: 100 },
        ];
      },
      /bands\.1: a riskier band/,
    ],
    [
      'a cut-off beyond the last band',
      'base.json',
      (document) => {
        document.bands = [{ probabilityOfDefaultMax: 0.1, incomeMultipleBps: 100, limitMaxUnitsBps: 100 }];
      },
      /approval\.probabilityOfDefaultMax/,
    ],
    [
      'another pack’s name',
      'packs/us.json',
      (document) => {
        document.pack = { ...(document.pack as object), name: 'uk' };
      },
      /pack\.name: is uk, not us/,
    ],
  ])('%s is refused by name', async (_name, file, change, message) => {
    await edit(file, change);
    await expect(loadPolicies({ dir })).rejects.toMatchObject({
      code: 'ECS_POLICY_INVALID',
      message: expect.stringMatching(message),
    });
  });

  test('what is not JSON, or not there, is refused by name', async () => {
    await writeFile(join(dir, 'packs/eu.json'), '{');
    await expect(loadPolicies({ dir })).rejects.toMatchObject({ code: 'ECS_POLICY_INVALID' });
    await rm(join(dir, 'packs/eu.json'));
    await expect(loadPolicies({ dir })).rejects.toMatchObject({ code: 'ECS_POLICY_INVALID' });
  });
});
