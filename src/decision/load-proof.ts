// A decision as replay needs it: the stored bytes and hashes, the row's figures, and the link before it in the chain.
import type { Queryable } from '../db/index.ts';

export interface DecisionProof {
  readonly customerId: string;
  readonly decisionId: string;
  readonly record: string;
  readonly recordSha256: Buffer;
  readonly emotionRecord: string | null;
  readonly emotionSha256: Buffer | null;
  readonly chainLink: Buffer;
  readonly previousLink: Buffer | null;
  readonly row: {
    readonly sequence: number;
    readonly decidedAtMs: number;
    readonly trigger: string;
    readonly requestedBy: string;
    readonly outcome: string;
    readonly limitMinor: number;
    readonly previousLimitMinor: number | null;
    readonly limitWithoutEmotionMinor: number;
    readonly scheduledLimitMinor: number | null;
    readonly score: number | null;
    readonly probabilityOfDefault: number | null;
    readonly rateBps: number | null;
    readonly creditType: string | null;
    /** Joined by commas. */
    readonly reasons: string;
  };
}

interface ProofRow {
  readonly customer_id: string;
  readonly decision_id: string;
  readonly record: string;
  readonly record_sha256: Buffer;
  readonly emotion_record: string | null;
  readonly emotion_sha256: Buffer | null;
  readonly chain_link: Buffer;
  readonly previous_link: Buffer | null;
  readonly sequence: number;
  readonly decided_at: Date;
  readonly trigger: string;
  readonly requested_by: string;
  readonly outcome: string;
  readonly limit_minor: number;
  readonly previous_limit_minor: number | null;
  readonly limit_without_emotion_minor: number;
  readonly scheduled_limit_minor: number | null;
  readonly score: number | null;
  readonly probability_of_default: number | null;
  readonly rate_bps: number | null;
  readonly credit_type: string | null;
  readonly reasons: string[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export async function loadProof(db: Queryable, decisionId: string): Promise<DecisionProof | null> {
  if (!UUID.test(decisionId)) return null;
  const { rows } = await db.query<ProofRow>({
    name: 'decision-load-proof',
    text: `
      select d.*, e.record as emotion_record, p.chain_link as previous_link
      from decisions d
      left join decision_emotions e using (customer_id, decision_id)
      left join decisions p on p.customer_id = d.customer_id and p.sequence = d.sequence - 1
      where d.decision_id = $1`,
    values: [decisionId],
  });
  return rows[0] === undefined ? null : toProof(rows[0]);
}

function toProof(row: ProofRow): DecisionProof {
  return {
    customerId: row.customer_id,
    decisionId: row.decision_id,
    record: row.record,
    recordSha256: row.record_sha256,
    emotionRecord: row.emotion_record,
    emotionSha256: row.emotion_sha256,
    chainLink: row.chain_link,
    previousLink: row.previous_link,
    row: {
      sequence: row.sequence,
      decidedAtMs: row.decided_at.getTime(),
      trigger: row.trigger,
      requestedBy: row.requested_by,
      outcome: row.outcome,
      limitMinor: row.limit_minor,
      previousLimitMinor: row.previous_limit_minor,
      limitWithoutEmotionMinor: row.limit_without_emotion_minor,
      scheduledLimitMinor: row.scheduled_limit_minor,
      score: row.score,
      probabilityOfDefault: row.probability_of_default,
      rateBps: row.rate_bps,
      creditType: row.credit_type,
      reasons: row.reasons.join(','),
    },
  };
}
