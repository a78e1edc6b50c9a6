// Proves a stored decision: loads what it was made from, decides again, and compares bytes, hashes, the row and the
// customer's chain. After an erasure it proves the half without emotion.
import type { Queryable } from '../db/index.ts';
import { sha256 } from '../lib/canonical-json.ts';
import { EcsError } from '../lib/errors.ts';
import { loadModelVersion, loadVerdict } from '../model/index.ts';
import type { Reason } from '../policy/index.ts';
import { decide } from './decide.ts';
import {
  type EmotionalRecord,
  type FinancialRecord,
  linkChain,
  type PolicyRecord,
  sealRecord,
} from './decision-record.ts';
import { recordByHand } from './hand-record.ts';
import { loadPolicyVersion } from './load-policy-version.ts';
import { type DecisionProof, loadProof } from './load-proof.ts';
import type { Settlement } from './settle-limit.ts';

export interface ReplayResult {
  readonly decisionId: string;
  readonly customerId: string;
  /** Every half that is stored was recomputed to the same bytes, and hashes, row and chain agree with it. */
  readonly same: boolean;
  /** `financial`: no emotional half is stored; see `erased`. */
  readonly halves: 'both' | 'financial';
  /** An emotional half was used and has been erased since. */
  readonly erased: boolean;
  readonly differences: readonly string[];
}

interface Recomputed {
  readonly record: FinancialRecord;
  readonly emotionalRecord: EmotionalRecord | null;
  /** Null after an erasure: then the row's outcome cannot be recomputed. */
  readonly settled: Settlement | null;
  readonly lastingReasons: readonly Reason[];
}

/** ECS_NOT_FOUND; ECS_VERSION_UNKNOWN where model or policy of the decision is not registered here. */
export async function replayDecision(db: Queryable, decisionId: string): Promise<ReplayResult> {
  const proof = await loadProof(db, decisionId);
  if (proof === null) throw new EcsError('ECS_NOT_FOUND', `There is no decision ${decisionId}.`);
  const recomputed = await recompute(db, proof);
  const differences = [...compareBytes(proof, recomputed), ...compareRow(proof, recomputed)];
  return {
    decisionId: proof.decisionId,
    customerId: proof.customerId,
    same: differences.length === 0,
    halves: proof.emotionRecord === null ? 'financial' : 'both',
    erased: proof.emotionRecord === null && proof.emotionSha256 !== null,
    differences,
  };
}

async function recompute(db: Queryable, proof: DecisionProof): Promise<Recomputed> {
  const stored = JSON.parse(proof.record) as FinancialRecord;
  const emotional = proof.emotionRecord === null ? null : (JSON.parse(proof.emotionRecord) as EmotionalRecord);
  if (stored.kind === 'hand') {
    const record = recordByHand(stored.inputs, stored.format);
    const { settled } = record.result;
    return { record, emotionalRecord: null, settled, lastingReasons: settled.reasons };
  }
  const decided = await decideAgain(db, stored, emotional);
  const isErased = emotional === null && proof.emotionSha256 !== null;
  return isErased ? { ...decided, settled: null } : decided;
}

async function decideAgain(db: Queryable, stored: PolicyRecord, emotional: EmotionalRecord | null) {
  const { modelVersion, policyVersion, emotionVerdict = null } = stored.inputs;
  const input = {
    financial: stored.inputs,
    emotional: emotional?.inputs ?? null,
    model: await loadModelVersion(db, modelVersion),
    policy: await loadPolicyVersion(db, policyVersion),
    verdict: emotionVerdict === null ? null : await loadVerdict(db, emotionVerdict),
  };
  return decide(input, stored.format);
}

function compareBytes(proof: DecisionProof, recomputed: Recomputed): string[] {
  const differences: string[] = [];
  const check = (same: boolean, what: string) => {
    if (!same) differences.push(what);
  };
  const sealed = sealRecord(recomputed.record);
  check(sealed.text === proof.record, 'the half without emotion comes out otherwise');
  check(sha256(proof.record).equals(proof.recordSha256), 'record_sha256 is not the hash of the record');
  if (proof.emotionRecord !== null) {
    const felt = recomputed.emotionalRecord === null ? null : sealRecord(recomputed.emotionalRecord);
    check(felt?.text === proof.emotionRecord, 'the emotional half comes out otherwise');
    const hash = sha256(proof.emotionRecord);
    check(proof.emotionSha256?.equals(hash) ?? false, 'emotion_sha256 is not the hash of the emotional half');
  }
  const link = linkChain(proof.previousLink, proof.recordSha256, proof.emotionSha256);
  check(link.equals(proof.chainLink), "the customer's chain is broken at this decision");
  return differences;
}

/** The row repeats what the records say; it must not say anything else. */
function compareRow(proof: DecisionProof, { record, settled, lastingReasons }: Recomputed): string[] {
  const expected: Partial<DecisionProof['row']> = {
    ...expectedFigures(record),
    ...(settled === null
      ? {}
      : {
          outcome: settled.outcome,
          limitMinor: settled.limitMinor ?? 0,
          scheduledLimitMinor: settled.scheduled?.limitMinor ?? null,
          reasons: lastingReasons.map((reason) => reason.code).join(','),
        }),
  };
  const actual: Readonly<Record<string, unknown>> = { ...proof.row };
  return Object.entries(expected)
    .filter(([name, value]) => actual[name] !== value)
    .map(([name]) => `the row's ${name} is not that of the record`);
}

function expectedFigures(record: FinancialRecord): Partial<DecisionProof['row']> {
  const { inputs } = record;
  const header = {
    sequence: inputs.sequence,
    decidedAtMs: inputs.nowMs,
    trigger: inputs.trigger,
    requestedBy: inputs.requestedBy,
    previousLimitMinor: inputs.account.limitMinor,
  };
  if (record.kind === 'hand') return header;
  const { result } = record;
  return {
    ...header,
    limitWithoutEmotionMinor: result.limitMinor,
    score: result.score,
    probabilityOfDefault: result.probabilityOfDefault,
    rateBps: result.rateBps,
    creditType: result.creditType,
  };
}
