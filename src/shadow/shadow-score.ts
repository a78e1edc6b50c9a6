// What another model would have said on a stored decision: the same inputs, the same policy, decided again by the same
// pure rules. Both sides are taken without emotion, so nothing emotional is read or kept here.
import { decide, type PolicyRecord } from '../decision/index.ts';
import { assert } from '../lib/assert.ts';
import type { LoadedScorecard } from '../model/index.ts';
import { findBandIndex, type Policy } from '../policy/index.ts';

export interface ShadowVerdict {
  readonly probabilityOfDefault: number;
  readonly score: number;
  /** Position of the risk band; the number of bands beyond the last. */
  readonly band: number;
  readonly outcome: string;
  /** Decided: in force at once, or waiting for assent or notice. */
  readonly limitMinor: number;
}

export interface ShadowScore {
  readonly customerId: string;
  readonly decisionId: string;
  readonly decidedAtMs: number;
  readonly championVersion: string;
  readonly champion: ShadowVerdict;
  readonly challenger: ShadowVerdict;
}

export function scoreInShadow(
  stored: PolicyRecord,
  model: Pick<LoadedScorecard, 'modelVersion' | 'compiled'>,
  policy: Policy,
): ShadowScore {
  const { inputs } = stored;
  // Both are compared without emotion, so no evidence is asked for.
  const financial = { ...inputs, modelVersion: model.modelVersion, emotionVerdict: null };
  const { record } = decide({ financial, emotional: null, model, policy, verdict: null });
  assert(record.kind === 'policy', 'what a model decides is decided by a policy');
  return {
    customerId: inputs.customerId,
    decisionId: inputs.decisionId,
    decidedAtMs: inputs.nowMs,
    championVersion: inputs.modelVersion,
    champion: toVerdict(stored, policy),
    challenger: toVerdict(record, policy),
  };
}

function toVerdict({ result }: PolicyRecord, { document }: Policy): ShadowVerdict {
  const { probabilityOfDefault, score, settled } = result;
  return {
    probabilityOfDefault,
    score,
    band: findBandIndex(probabilityOfDefault, document),
    outcome: settled.outcome,
    limitMinor: settled.scheduled?.limitMinor ?? settled.limitMinor ?? 0,
  };
}
