// What must hold when the faults are over and everything has come to rest: the journals kept outside against what the
// database and the receivers have.
import { foldReadings } from '../../src/affect/fold-readings.ts';
import { readEmotion } from '../../src/affect/reading.ts';
import {
  type EmotionalRecord,
  type FinancialRecord,
  linkChain,
  sealRecord,
} from '../../src/decision/decision-record.ts';
import { recordByHand } from '../../src/decision/hand-record.ts';
import { decide } from '../../src/decision/index.ts';
import { partitionOf } from '../../src/events/partition-of.ts';
import { assert } from '../../src/lib/assert.ts';
import { hashEmotionBlock } from '../../src/model/index.ts';
import { openVerdict } from '../support/open-verdict.ts';
import { CUSTOMERS, PARTITIONS } from './plan.ts';
import { placeName } from './simulated-broker.ts';
import { SUM_COLUMNS } from './statements/affect-statements.ts';
import { DESTINATIONS } from './statements/queue-statements.ts';
import type { DecisionRow } from './tables.ts';
import type { World } from './world.ts';

type Report = (invariant: string, message: string) => void;

export function checkEnd(world: World): void {
  const report: Report = (invariant, message) => world.violations.push({ invariant, message });
  checkDrained(world, report);
  checkCounted(world, report);
  checkDeadLetters(world, report);
  checkConsents(world, report);
  checkStates(world, report);
  for (const { customerId } of CUSTOMERS) {
    checkDecided(world, customerId, report);
    checkLimits(world, customerId, report);
    checkChain(world, customerId, report);
    checkOutbox(world, customerId, report);
  }
}

function checkDrained({ database, broker }: World, report: Report): void {
  const drains = 'after the faults everything drains';
  for (const place of broker.places) {
    const at = database.committed.get('ingest_offsets', place.topic, place.partition)?.next_offset ?? 0;
    const end = broker.log(place).length;
    if (at !== end) report(drains, `${placeName(place)} stands at ${at} of ${end}`);
  }
  for (const table of ['decision_queue', 'topic_outbox'] as const) {
    const left = database.committed.rows(table).length;
    if (left > 0) report(drains, `${left} rows left in ${table}`);
  }
  const pending = database.committed.rows('deliveries').filter((row) => row.state === 'pending').length;
  if (pending > 0) report(drains, `${pending} deliveries pending`);
}

function checkCounted({ journals }: World, report: Report): void {
  for (const [event, times] of journals.counted) {
    if (times > 1) report('each acknowledged event counts exactly once', `${event} counted ${times} times`);
  }
  for (const send of journals.acked) {
    if (send.eventId === null || send.deadLetter !== null || send.topic === 'ecs.customers.v1') continue;
    const isSure =
      send.topic === 'ecs.statements.v1' || CUSTOMERS.some((one) => one.steady && one.customerId === send.customerId);
    if (isSure && !journals.counted.has(send.eventId)) {
      report('each acknowledged event counts exactly once', `${send.eventId} of ${send.customerId} was lost`);
    }
  }
}

/** A record that cannot be counted has one dead letter with its cause, and nothing else has any. */
function checkDeadLetters({ database, journals, broker }: World, report: Report): void {
  const expected = new Map<string, string>();
  const byValue = new Map(journals.acked.map((send) => [`${send.topic} ${send.value}`, send]));
  for (const place of broker.places) {
    for (const record of broker.log(place)) {
      const send = byValue.get(`${place.topic} ${record.value?.toString('utf8')}`);
      if (send?.deadLetter === undefined || send.deadLetter === null) continue;
      // What is misplaced is sent back before its time is looked at.
      if (send.eventId !== null && partitionOf(send.customerId, PARTITIONS) !== place.partition) continue;
      expected.set(`${placeName(place)} ${record.offset}`, send.deadLetter);
    }
  }
  const rows = database.committed.rows('dead_letters');
  const actual = new Map(rows.map((row) => [`${placeName(row as never)} ${row.record_offset}`, row.code]));
  for (const [key, code] of expected) {
    if (actual.get(key) !== code)
      report('poison is quarantined once with its cause', `${key}: ${actual.get(key)}, not ${code}`);
  }
  for (const [key, code] of actual) {
    if (!expected.has(key)) report('poison is quarantined once with its cause', `${key}: ${code}, but it is good`);
  }
}

function checkConsents({ database, journals }: World, report: Report): void {
  for (const { customerId, steady } of CUSTOMERS) {
    if (steady) continue;
    const words = journals.acked
      .filter((send) => send.topic === 'ecs.customers.v1' && send.customerId === customerId)
      .map((send) => ({ timeMs: send.timeMs, granted: JSON.parse(send.value).data.consents.emotions === true }));
    const newest = words.sort((a, b) => a.timeMs - b.timeMs || Number(b.granted) - Number(a.granted)).at(-1);
    const isLive = database.committed.get('emotional_states', customerId, 'emotions') !== undefined;
    if (isLive !== (newest?.granted ?? false)) report('the newest word of consent stands', customerId);
  }
}

/** The stored sums are those of the sorted fold of what was counted since the consent that stands. */
function checkStates({ database, journals }: World, report: Report): void {
  for (const row of database.committed.rows('emotional_states')) {
    const events = journals.inState.get(row.customer_id) ?? [];
    const early = events.find(({ timeMs }) => timeMs < row.consented_from.getTime());
    if (early !== undefined) report('nothing is folded from before a consent', `${row.customer_id}: ${early.event.id}`);
    const readings = events
      .toSorted((a, b) => a.timeMs - b.timeMs)
      .map(({ event, timeMs }) => readEmotion(event.data, timeMs))
      .filter((reading) => typeof reading !== 'string');
    const fold = foldReadings(
      readings.map(() => row.customer_id),
      readings,
    ).get(row.customer_id);
    const expected = (index: number) => fold?.sums[index] ?? 0;
    const isSame = SUM_COLUMNS.every((column, index) => {
      const weight = expected(index < SUM_COLUMNS.length / 2 ? 0 : SUM_COLUMNS.length / 2);
      return Math.abs((row.sums[column] ?? 0) - expected(index)) <= 1e-12 * Math.max(weight, weight * weight);
    });
    if (!isSame || row.readings !== readings.length) {
      report(
        'the state is the sorted fold of what was counted',
        `${row.customer_id}: ${row.readings} readings, ${readings.length} counted`,
      );
    }
  }
}

/** Whoever asked for a decision got one that read what they asked about. */
function checkDecided({ journals }: World, customerId: string, report: Report): void {
  const asked = journals.asked.get(customerId) ?? 0;
  if ((journals.decidedAfter.get(customerId) ?? 0) < asked) report('each change that asks is decided', customerId);
}

function checkLimits({ database }: World, customerId: string, report: Report): void {
  const limits = database.committed.rows('credit_limits').filter((row) => row.customer_id === customerId);
  const inForce = limits.filter((row) => row.state === 'in_force');
  const account = database.committed.get('credit_accounts', customerId);
  if (inForce.length > 1 || (inForce[0]?.limit_minor ?? null) !== account?.limit_minor) {
    report(
      'one limit is in force, and the account says which',
      `${customerId}: ${inForce.length}, ${account?.limit_minor}`,
    );
  }
  for (const limit of limits) {
    const decision = database.committed.get('decisions', customerId, limit.decision_id);
    if (decision === undefined) report('each limit rests on a stored decision', `${customerId} ${limit.decision_id}`);
  }
}

function checkChain(world: World, customerId: string, report: Report): void {
  const { committed } = world.database;
  const decisions = committed.rows('decisions').filter((row) => row.customer_id === customerId);
  decisions.sort((a, b) => a.sequence - b.sequence);
  let link: Buffer | null = null;
  decisions.forEach((row, index) => {
    link = linkChain(link, row.record_sha256, row.emotion_sha256);
    if (row.sequence !== index + 1 || !link.equals(row.chain_link)) {
      report('the chain of decisions is unbroken', `${customerId} #${row.sequence}`);
    }
    if (!isReplayed(world, row))
      report('a stored decision replays to the same bytes', `${customerId} #${row.sequence}`);
  });
  const last = committed.get('credit_accounts', customerId)?.chain_link ?? null;
  if ((link === null) !== (last === null) || (last !== null && !last.equals(link ?? Buffer.alloc(0)))) {
    report('the chain of decisions is unbroken', `${customerId}: the account knows another end`);
  }
}

function isReplayed(world: World, row: DecisionRow): boolean {
  const stored = JSON.parse(row.record) as FinancialRecord;
  if (stored.kind === 'hand') return sealRecord(recordByHand(stored.inputs)).text === row.record;
  const half = world.database.committed.get('decision_emotions', row.customer_id, row.decision_id);
  const emotional = half === undefined ? null : (JSON.parse(half.record) as EmotionalRecord);
  const policy = [...world.policies.byPack.values()].find((one) => one.policyVersion === stored.inputs.policyVersion);
  assert(policy !== undefined, 'decisions name a policy that exists');
  const verdict =
    (stored.inputs.emotionVerdict ?? null) === null
      ? null
      : openVerdict(hashEmotionBlock(world.model.compiled.emotionBlock));
  const again = decide({
    financial: stored.inputs,
    emotional: emotional?.inputs ?? null,
    model: world.model,
    policy,
    verdict,
  });
  if (sealRecord(again.record).text !== row.record) return false;
  return (
    half === undefined || (again.emotionalRecord !== null && sealRecord(again.emotionalRecord).text === half.record)
  );
}

function checkOutbox({ database, journals }: World, customerId: string, report: Report): void {
  const events = database.committed.rows('outbox_events').filter((row) => row.customer_id === customerId);
  events.sort((a, b) => a.sequence - b.sequence);
  events.forEach((event, index) => {
    if (event.sequence !== index + 1) report('sequence numbers have no gap', `${customerId}: ${event.sequence}`);
  });
  for (const destination of DESTINATIONS) {
    const arrived = (journals.arrived.get(destination) ?? []).filter((event) => event.subject === customerId);
    const firsts = [...new Set(arrived.map(({ id }) => id))];
    if (firsts.length < events.length) {
      report('each outbox row arrives', `${customerId} at ${destination}: ${firsts.length} of ${events.length}`);
    }
    if (firsts.join() !== events.map((event) => event.event_id).join()) {
      report('events arrive in order, each with one id', `${customerId} at ${destination}`);
    }
  }
}
