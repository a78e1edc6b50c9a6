import { EMOTION_BLOCK, hashEmotionBlock, type VerdictTerms } from '../model/index.ts';
import { emotionModeOf } from './emotion-mode-of.ts';
import { loadPolicies } from './load-policies.ts';
import type { EmotionMode, PackName } from './policy-document.ts';

const { byPack } = await loadPolicies();
const NOW = Date.UTC(2026, 10, 22);
const OPEN: VerdictTerms = {
  verdictSha256: 'aa'.repeat(32),
  state: 'open',
  blockSha256: hashEmotionBlock(EMOTION_BLOCK),
  validUntil: '2027-02-01T00:00:00.000Z',
};
const modeOf = (pack: PackName, verdict: VerdictTerms | null, emotionBlock = EMOTION_BLOCK, nowMs = NOW) => {
  const policy = byPack.get(pack);
  return policy === undefined ? null : emotionModeOf(policy.document, { verdict, emotionBlock, nowMs });
};

test.each<[PackName, EmotionMode, EmotionMode]>([
  // pack, with an open verdict, without one
  ['generic', 'bounded', 'protective'],
  ['br', 'protective', 'protective'],
  ['us', 'protective', 'protective'],
  ['uk', 'protective', 'protective'],
  ['eu', 'off', 'off'],
])('%s: the law first, then the evidence', (pack, open, none) => {
  expect([modeOf(pack, OPEN), modeOf(pack, null)]).toEqual([open, none]);
});

test.each<[string, VerdictTerms, typeof EMOTION_BLOCK, number]>([
  ['it is shut', { ...OPEN, state: 'shut' }, EMOTION_BLOCK, NOW],
  ['it has run out', OPEN, EMOTION_BLOCK, Date.parse(OPEN.validUntil ?? '')],
  ['one weight of the block is another', OPEN, { ...EMOTION_BLOCK, stressWeight: 0.161 }, NOW],
])('a verdict permits nothing where %s', (_, verdict, block, nowMs) => {
  expect(modeOf('generic', verdict, block, nowMs)).toBe('protective');
});
