// Acute distress: recent readings, enough of them, that say very stressed or very low. Then nobody is tempted with a
// higher limit they did not ask for. Thoughts about money count here and nowhere else.
import type { EmotionFeatures } from '../../affect/index.ts';
import { DAY_MS } from '../../lib/clock.ts';
import type { PolicyDocument } from '../policy-document.ts';

export function isAcuteDistress(
  emotions: EmotionFeatures | null,
  thoughts: EmotionFeatures | null,
  document: PolicyDocument,
): boolean {
  const { care } = document;
  const isTold = (state: EmotionFeatures | null): state is EmotionFeatures =>
    state !== null &&
    state.effectiveSamples3 >= care.effectiveSamplesMin &&
    state.lastEventAgeMs <= care.staleAfterDays * DAY_MS;
  const isStressed = isTold(emotions) && (emotions.stress3 ?? 0) >= care.stressMin;
  const isLow = isTold(emotions) && (emotions.valence3 ?? 0) <= care.valenceMax;
  const isWorried = isTold(thoughts) && (thoughts.valence3 ?? 0) <= care.thoughtValenceMax;
  return isStressed || isLow || isWorried;
}
