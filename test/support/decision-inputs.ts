// Inputs of a decision about the ordinary customer of `policy-facts`, for tests of the decision room.
import type { EmotionFeatures } from '../../src/affect/index.ts';
import type { DecisionInput } from '../../src/decision/index.ts';
import { DAY_MS } from '../../src/lib/clock.ts';
import { hashEmotionBlock, type VerdictTerms } from '../../src/model/index.ts';
import type { PackName, Policies, Policy, PolicyFacts } from '../../src/policy/index.ts';
import { dialFeatures, makeDialScorecard } from './dial-scorecard.ts';
import { openVerdict } from './open-verdict.ts';
import { makeFacts } from './policy-facts.ts';

const model = await makeDialScorecard();

export const CALM: EmotionFeatures = {
  valence30: 0,
  stress30: 0.5,
  valenceVariability30: 0.2,
  effectiveSamples30: 40,
  lastEventAgeMs: DAY_MS,
  valence3: 0,
  stress3: 0.5,
  effectiveSamples3: 8,
};
/** As good as it gets: at the bound, log-odds of -0.22. */
export const HAPPY: EmotionFeatures = { ...CALM, valence30: 1, stress30: 0, valence3: 1, stress3: 0 };
/** Low for a month, but not acutely: at the bound, log-odds of +0.22. */
export const GLOOMY: EmotionFeatures = { ...CALM, valence30: -1, stress30: 0.9, valence3: -0.5, stress3: 0.7 };
/** Acute distress on top of a good month. */
export const DISTRESSED: EmotionFeatures = { ...HAPPY, valence3: -0.9, stress3: 0.95 };

export function policyOf(policies: Policies, pack: PackName): Policy {
  const policy = policies.byPack.get(pack);
  if (policy === undefined) throw new Error(`no policy ${pack}`);
  return policy;
}

/** Lets the block of this model act. */
export const OPEN_VERDICT = openVerdict(hashEmotionBlock(model.compiled.emotionBlock));

export interface InputOverrides {
  readonly facts?: PolicyFacts;
  readonly probabilityOfDefault?: number;
  readonly emotions?: EmotionFeatures | null;
  readonly thoughts?: EmotionFeatures | null;
  readonly trigger?: DecisionInput['financial']['trigger'];
  readonly frozen?: boolean;
  readonly sequence?: number;
  /** Of the evidence gate; open where absent. */
  readonly verdict?: VerdictTerms | null;
}

export function makeInput(policy: Policy, over: InputOverrides = {}): DecisionInput {
  const facts = over.facts ?? makeFacts();
  const { emotions = null, thoughts = null, verdict = OPEN_VERDICT } = over;
  const asksForEvidence = policy.document.pack.emotionMode === 'bounded';
  const isFelt = policy.document.pack.emotionMode !== 'off' && (emotions !== null || thoughts !== null);
  return {
    financial: {
      ...facts,
      decisionId: '0193f000-0000-7000-8000-000000000001',
      customerId: 'ana',
      sequence: over.sequence ?? 1,
      trigger: over.trigger ?? (facts.requestedLimitMinor === null ? 'statement' : 'api'),
      requestedBy: 'test',
      frozen: over.frozen ?? false,
      features: dialFeatures(over.probabilityOfDefault ?? 0.015),
      modelVersion: model.modelVersion,
      policyVersion: policy.policyVersion,
      emotionVerdict: asksForEvidence ? (verdict?.verdictSha256 ?? null) : null,
    },
    emotional: isFelt ? { nonce: 'ab'.repeat(32), emotions, thoughts } : null,
    model,
    policy,
    verdict: asksForEvidence ? verdict : null,
  };
}
