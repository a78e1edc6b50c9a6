// Writes decisions once, many at a time, in the transaction that holds their accounts' locks: rows, emotional halves,
// limits, accounts, and what the world is told. One statement per table.
import { markDecidedLevels } from '../affect/index.ts';
import { binaryArray, insertOutboxEvents, type NumberedOutboxEvent, type Queryable } from '../db/index.ts';
import type { MakeId } from '../lib/ids.ts';
import type { NewDecision } from './new-decision.ts';
import { toOutgoingReasons } from './to-decision-view.ts';

export interface SaveOptions {
  readonly makeId: MakeId;
  /** Does the outbox have Kafka as a destination? */
  readonly kafka: boolean;
}

export async function saveDecisions(
  tx: Queryable,
  decisions: readonly NewDecision[],
  options: SaveOptions,
): Promise<void> {
  if (decisions.length === 0) return;
  const events = decisions.map((decision) => toOutboxEvents(decision, options.makeId));
  // Sent together, carried out in this order: a decision stands before what points at it, a limit ends before the next begins.
  await Promise.all([
    insertDecisions(tx, decisions),
    insertEmotionalHalves(tx, decisions),
    supersedeLimits(tx, decisions),
    insertLimits(tx, decisions),
    updateAccounts(
      tx,
      decisions,
      events.map((own) => own.length),
    ),
    insertOutboxEvents(tx, events.flat(), { kafka: options.kafka }),
    markDecidedLevels(
      tx,
      decisions.map((decision) => decision.record.inputs.customerId),
    ),
  ]);
}

async function insertDecisions(tx: Queryable, decisions: readonly NewDecision[]): Promise<void> {
  const inputs = decisions.map((decision) => decision.record.inputs);
  const judged = decisions.map(({ record }) => (record.kind === 'policy' ? record : null));
  await tx.query({
    name: 'decision-insert',
    text: `insert into decisions (customer_id, decision_id, sequence, decided_at, trigger, outcome, currency,
       previous_limit_minor, limit_minor, limit_without_emotion_minor, scheduled_limit_minor, score,
       probability_of_default, rate_bps, credit_type, reasons, requested_by, model_version, policy_version,
       record, record_sha256, emotion_sha256, chain_link)
     select customer_id, decision_id::uuid, sequence, decided_at, trigger, outcome, currency,
       previous_limit_minor, limit_minor, limit_without_emotion_minor, scheduled_limit_minor, score,
       probability_of_default, rate_bps, credit_type, string_to_array(reasons, ','), requested_by, model_version,
       policy_version, record, record_sha256, emotion_sha256, chain_link
     from unnest($1::text[], $2::text[], $3::int8[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::int8[],
       $9::int8[], $10::int8[], $11::int8[], $12::int4[], $13::float8[], $14::int4[], $15::text[], $16::text[],
       $17::text[], $18::text[], $19::text[], $20::text[], $21::bytea[], $22::bytea[], $23::bytea[])
       as given (customer_id, decision_id, sequence, decided_at, trigger, outcome, currency, previous_limit_minor,
         limit_minor, limit_without_emotion_minor, scheduled_limit_minor, score, probability_of_default, rate_bps,
         credit_type, reasons, requested_by, model_version, policy_version, record, record_sha256, emotion_sha256,
         chain_link)`,
    values: [
      binaryArray.text(inputs.map((one) => one.customerId)),
      binaryArray.text(inputs.map((one) => one.decisionId)),
      binaryArray.int8(inputs.map((one) => one.sequence)),
      binaryArray.timestamptz(inputs.map((one) => one.nowMs)),
      binaryArray.text(inputs.map((one) => one.trigger)),
      binaryArray.text(decisions.map(({ settled }) => settled.outcome)),
      binaryArray.text(inputs.map((one) => one.currency)),
      binaryArray.int8(inputs.map((one) => one.account.limitMinor)),
      binaryArray.int8(decisions.map(({ settled }) => settled.limitMinor ?? 0)),
      binaryArray.int8(decisions.map(limitWithoutEmotion)),
      binaryArray.int8(decisions.map(({ settled }) => settled.scheduled?.limitMinor ?? null)),
      binaryArray.int4(judged.map((record) => record?.result.score ?? null)),
      binaryArray.float8(judged.map((record) => record?.result.probabilityOfDefault ?? null)),
      binaryArray.int4(judged.map((record) => record?.result.rateBps ?? null)),
      binaryArray.text(judged.map((record) => record?.result.creditType ?? null)),
      // Codes are lower-case words, so a comma parts them.
      binaryArray.text(decisions.map((decision) => decision.lastingReasons.map((reason) => reason.code).join(','))),
      binaryArray.text(inputs.map((one) => one.requestedBy)),
      binaryArray.text(judged.map((record) => record?.inputs.modelVersion ?? null)),
      binaryArray.text(judged.map((record) => record?.inputs.policyVersion ?? null)),
      binaryArray.text(decisions.map((decision) => decision.sealed.text)),
      binaryArray.bytea(decisions.map((decision) => decision.sealed.sha256)),
      binaryArray.bytea(decisions.map((decision) => decision.sealedEmotion?.sha256 ?? null)),
      binaryArray.bytea(decisions.map((decision) => decision.chainLink)),
    ],
  });
}

export function limitWithoutEmotion({ record }: Pick<NewDecision, 'record'>): number {
  return record.kind === 'policy' ? record.result.limitMinor : (record.result.settled.financialLimitMinor ?? 0);
}

async function insertEmotionalHalves(tx: Queryable, decisions: readonly NewDecision[]): Promise<void> {
  const felt = decisions.flatMap((decision) => (decision.sealedEmotion === null ? [] : [decision]));
  if (felt.length === 0) return;
  await tx.query({
    name: 'decision-insert-emotions',
    text: `insert into decision_emotions (customer_id, decision_id, record)
     select customer_id, decision_id::uuid, record
     from unnest($1::text[], $2::text[], $3::text[]) as given (customer_id, decision_id, record)`,
    values: [
      binaryArray.text(felt.map(({ record }) => record.inputs.customerId)),
      binaryArray.text(felt.map(({ record }) => record.inputs.decisionId)),
      binaryArray.text(felt.map(({ sealedEmotion }) => sealedEmotion?.text ?? null)),
    ],
  });
}

/** A limit ends when the next begins; one that only waited never was in force, so its interval is empty. */
async function supersedeLimits(tx: Queryable, decisions: readonly NewDecision[]): Promise<void> {
  const ending = decisions.filter((decision) => decision.limitChanged || decision.endsScheduled);
  if (ending.length === 0) return;
  await tx.query({
    name: 'decision-supersede-limits',
    text: `update credit_limits l set state = 'superseded',
       valid_to = case when l.state = 'scheduled' then l.valid_from else greatest(l.valid_from, given.at) end
     from unnest($1::text[], $2::timestamptz[], $3::boolean[], $4::boolean[])
       as given (customer_id, at, ends_in_force, ends_scheduled)
     where l.customer_id = given.customer_id
       and ((l.state = 'in_force' and given.ends_in_force) or (l.state = 'scheduled' and given.ends_scheduled))`,
    values: [
      binaryArray.text(ending.map(({ record }) => record.inputs.customerId)),
      binaryArray.timestamptz(ending.map(({ record }) => record.inputs.nowMs)),
      ending.map((decision) => decision.limitChanged),
      ending.map((decision) => decision.endsScheduled),
    ],
  });
}

interface NewLimit {
  readonly customerId: string;
  readonly decisionId: string;
  readonly limitMinor: number;
  readonly financialLimitMinor: number;
  readonly state: 'scheduled' | 'in_force';
  readonly validFromMs: number;
}

function toLimits({ record, settled, limitChanged, startsScheduled }: NewDecision): NewLimit[] {
  const { customerId, decisionId, nowMs } = record.inputs;
  const { limitMinor, financialLimitMinor, scheduled } = settled;
  if (startsScheduled && scheduled !== null) {
    return [{ ...scheduled, customerId, decisionId, state: 'scheduled', validFromMs: scheduled.fromMs }];
  }
  if (!limitChanged || limitMinor === null || financialLimitMinor === null) return [];
  return [{ customerId, decisionId, limitMinor, financialLimitMinor, state: 'in_force', validFromMs: nowMs }];
}

async function insertLimits(tx: Queryable, decisions: readonly NewDecision[]): Promise<void> {
  const limits = decisions.flatMap(toLimits);
  if (limits.length === 0) return;
  await tx.query({
    name: 'decision-insert-limits',
    text: `insert into credit_limits (customer_id, decision_id, limit_minor, financial_limit_minor, state, valid_from)
     select customer_id, decision_id::uuid, limit_minor, financial_limit_minor, state, valid_from
     from unnest($1::text[], $2::text[], $3::int8[], $4::int8[], $5::text[], $6::timestamptz[])
       as given (customer_id, decision_id, limit_minor, financial_limit_minor, state, valid_from)`,
    values: [
      binaryArray.text(limits.map((limit) => limit.customerId)),
      binaryArray.text(limits.map((limit) => limit.decisionId)),
      binaryArray.int8(limits.map((limit) => limit.limitMinor)),
      binaryArray.int8(limits.map((limit) => limit.financialLimitMinor)),
      binaryArray.text(limits.map((limit) => limit.state)),
      binaryArray.timestamptz(limits.map((limit) => limit.validFromMs)),
    ],
  });
}

async function updateAccounts(
  tx: Queryable,
  decisions: readonly NewDecision[],
  eventCounts: readonly number[],
): Promise<void> {
  await tx.query({
    name: 'decision-update-accounts',
    text: `update credit_accounts a set
       limit_minor = given.limit_minor, financial_limit_minor = given.financial_limit_minor,
       limit_changed_at = coalesce(given.changed_at, a.limit_changed_at),
       last_increase_at = given.last_increase_at, last_decrease_at = given.last_decrease_at,
       decision_sequence = given.sequence, event_sequence = given.event_sequence, chain_link = given.chain_link
     from unnest($1::text[], $2::int8[], $3::int8[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[],
       $7::int8[], $8::int8[], $9::bytea[])
       as given (customer_id, limit_minor, financial_limit_minor, changed_at, last_increase_at, last_decrease_at,
         sequence, event_sequence, chain_link)
     where a.customer_id = given.customer_id`,
    values: [
      binaryArray.text(decisions.map(({ record }) => record.inputs.customerId)),
      binaryArray.int8(decisions.map(({ settled }) => settled.limitMinor)),
      binaryArray.int8(decisions.map(({ settled }) => settled.financialLimitMinor)),
      binaryArray.timestamptz(decisions.map((one) => (one.limitChanged ? one.record.inputs.nowMs : null))),
      binaryArray.timestamptz(decisions.map(({ settled }) => settled.lastIncreaseAtMs)),
      binaryArray.timestamptz(decisions.map(({ settled }) => settled.lastDecreaseAtMs)),
      binaryArray.int8(decisions.map(({ record }) => record.inputs.sequence)),
      binaryArray.int8(decisions.map((one, index) => one.eventSequenceBefore + (eventCounts[index] ?? 0))),
      binaryArray.bytea(decisions.map((decision) => decision.chainLink)),
    ],
  });
}

/** One `decision.created`, and `credit_limit.adjusted` where the limit in force is another now. */
function toOutboxEvents(decision: NewDecision, makeId: MakeId): NumberedOutboxEvent[] {
  const { customerId, nowMs } = decision.record.inputs;
  const told: { type: string; data: object }[] = [{ type: 'decision.created', data: toCreatedData(decision) }];
  if (decision.limitChanged) told.push({ type: 'credit_limit.adjusted', data: toAdjustedData(decision) });
  return told.map((event, index) => ({
    ...event,
    customerId,
    eventId: makeId(),
    occurredAtMs: nowMs,
    sequence: decision.eventSequenceBefore + index + 1,
  }));
}

function toCreatedData({ record, settled, lastingReasons }: NewDecision): object {
  const { decisionId, sequence, trigger, currency, account } = record.inputs;
  const judged = record.kind === 'policy' ? record.result : null;
  return {
    decisionId,
    decisionSequence: sequence,
    trigger,
    outcome: settled.outcome,
    approved: judged?.approved ?? (settled.limitMinor ?? 0) > 0,
    currency,
    limitMinor: settled.limitMinor ?? 0,
    previousLimitMinor: account.limitMinor,
    scheduledLimitMinor: settled.scheduled?.limitMinor ?? null,
    rateBps: judged?.rateBps ?? null,
    creditType: judged?.creditType ?? null,
    reasons: toOutgoingReasons(lastingReasons),
  };
}

function toAdjustedData({ record, settled }: NewDecision): object {
  return {
    decisionId: record.inputs.decisionId,
    currency: record.inputs.currency,
    limitMinor: settled.limitMinor ?? 0,
    previousLimitMinor: record.inputs.account.limitMinor,
    validFrom: new Date(record.inputs.nowMs).toISOString(),
  };
}
