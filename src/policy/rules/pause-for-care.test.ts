import type { EmotionFeatures } from '../../affect/index.ts';
import { DAY_MS } from '../../lib/clock.ts';
import { loadPolicies } from '../load-policies.ts';
import { isAcuteDistress } from './pause-for-care.ts';

const policy = (await loadPolicies()).byPack.get('generic');
if (policy === undefined) throw new Error('no generic pack');
const { document } = policy;

const calm: EmotionFeatures = {
  valence30: 0.2,
  stress30: 0.3,
  valenceVariability30: 0.2,
  effectiveSamples30: 20,
  lastEventAgeMs: DAY_MS,
  valence3: 0.2,
  stress3: 0.3,
  effectiveSamples3: 8,
};
const feel = (over: Partial<EmotionFeatures>): EmotionFeatures => ({ ...calm, ...over });

test.each<[string, EmotionFeatures | null, EmotionFeatures | null, boolean]>([
  ['nothing known', null, null, false],
  ['calm', calm, calm, false],
  ['very stressed', feel({ stress3: 0.8 }), null, true],
  ['stressed, but not acutely', feel({ stress3: 0.79 }), null, false],
  ['very low', feel({ valence3: -0.6 }), null, true],
  ['low, but not acutely', feel({ valence3: -0.59 }), null, false],
  ['very worried about money', null, feel({ valence3: -0.7 }), true],
  ['a stressed thought is no such thing', null, feel({ stress3: 1 }), false],
  ['too few readings', feel({ stress3: 1, effectiveSamples3: 2.9 }), null, false],
  ['readings from last week', feel({ stress3: 1, lastEventAgeMs: 7 * DAY_MS + 1 }), null, false],
  ['the last days were good, the month was not', feel({ valence30: -1, stress30: 1 }), null, false],
  ['nothing recent', feel({ valence3: null, stress3: null, effectiveSamples3: 5 }), null, false],
])('%s: %#', (_name, emotions, thoughts, acute) => {
  expect(isAcuteDistress(emotions, thoughts, document)).toBe(acute);
});
