// The invariants that must hold at every single commit, checked before anybody can see it.
import { placeName } from './simulated-broker.ts';
import type { Commit } from './simulated-database.ts';
import type { DecisionRow } from './tables.ts';
import type { World } from './world.ts';

export function watchCommits(world: World): void {
  world.database.onCommit = (commit) => {
    checkOffsets(world, commit);
    noteNewStates(world, commit);
    noteAsks(world, commit);
    checkDecisions(world, commit);
    checkEmotionalHalves(world, commit);
  };
}

function report(world: World, invariant: string, message: string): void {
  world.violations.push({ invariant, message });
}

function checkOffsets(world: World, commit: Commit): void {
  for (const { row } of commit.changed('ingest_offsets')) {
    if (row === null) continue;
    const before = commit.before('ingest_offsets', row.topic, row.partition);
    const key = placeName(row as never);
    if (row.next_offset < (before?.next_offset ?? 0)) report(world, 'offsets only go forward', key);
    if (row.owner_epoch < (before?.owner_epoch ?? 0)) report(world, 'owner epochs only go forward', key);
    if (row.owner_epoch > (before?.owner_epoch ?? 0)) world.journals.claimers.set(key, commit.process);
    else if (row.next_offset > (before?.next_offset ?? 0) && world.journals.claimers.get(key) !== commit.process) {
      report(
        world,
        'only the owner writes',
        `${commit.process.name} moved ${key} after somebody else had taken it over`,
      );
    }
  }
}

/** A grant opens an empty state: what was folded before it is in no state any more. */
function noteNewStates(world: World, commit: Commit): void {
  for (const { key, row } of commit.changed('emotional_states')) {
    const before = commit.before('emotional_states', key);
    if (row === null || before === undefined || row.consented_from.getTime() !== before.consented_from.getTime()) {
      world.journals.inState.delete(key.split(' ')[0] ?? '');
    }
  }
}

function noteAsks({ journals }: World, commit: Commit): void {
  for (const { key, row } of commit.changed('decision_queue')) {
    const before = commit.before('decision_queue', key);
    if (row !== null && row.asked !== before?.asked) journals.asked.set(key, commit.number);
  }
}

function checkDecisions(world: World, commit: Commit): void {
  for (const { row } of commit.changed('decisions')) {
    if (row === null) continue;
    const { decidedAfter } = world.journals;
    decidedAfter.set(row.customer_id, Math.max(decidedAfter.get(row.customer_id) ?? 0, commit.readAfter));
    const account = commit.before('credit_accounts', row.customer_id);
    if (row.previous_limit_minor !== (account?.limit_minor ?? null)) {
      report(world, 'a decision starts from the limit in force', `${row.customer_id} #${row.sequence}`);
    }
    checkNoHarm(world, row, account?.limit_minor ?? null, account?.financial_limit_minor ?? null);
  }
}

/** The promise itself, not the formula: it falls only where the finances fell, and no further than they did. */
function checkNoHarm(world: World, row: DecisionRow, limit: number | null, financial: number | null): void {
  if (limit === null || financial === null || row.trigger === 'manual' || row.limit_minor >= limit) return;
  const wanted = row.limit_without_emotion_minor;
  const fell = Math.max(0, financial - wanted);
  if (limit - row.limit_minor > fell || row.limit_minor < Math.min(limit, wanted)) {
    const what = `${limit} -> ${row.limit_minor}, finances ${financial} -> ${wanted}`;
    report(world, 'feelings never lower a limit', `${row.customer_id} #${row.sequence}: ${what}`);
  }
}

/** An emotional half exists only while the consent that it rests on does. */
function checkEmotionalHalves(world: World, commit: Commit): void {
  const { committed } = world.database;
  const after = new Map(
    committed.rows('decision_emotions').map((row) => [`${row.customer_id} ${row.decision_id}`, row]),
  );
  for (const { key, row } of commit.changed('decision_emotions')) {
    if (row === null) after.delete(key);
    else after.set(key, row);
  }
  const states = new Set(committed.rows('emotional_states').map((row) => `${row.customer_id} ${row.purpose}`));
  for (const { key, row } of commit.changed('emotional_states')) {
    if (row === null) states.delete(key);
    else states.add(key);
  }
  for (const { customer_id, decision_id } of after.values()) {
    if (!states.has(`${customer_id} emotions`))
      report(world, 'no decision on emotion without consent', `${customer_id} ${decision_id}`);
  }
}
