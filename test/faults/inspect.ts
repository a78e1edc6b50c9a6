// Runs the invariants over a world: those that always hold after every fault, and all of them once nothing is under way.
import { setTimeout as sleep } from 'node:timers/promises';
import { findWaiting, reportStuck } from './invariants/i20-liveness.ts';
import { INVARIANTS } from './invariants/index.ts';
import type { Evidence, Finding } from './invariants/invariant.ts';
import { readJournal } from './load/journal.ts';
import { createOracle } from './oracle/oracle.ts';
import { createTopicLedger } from './oracle/topic-ledger.ts';
import { createWitness, type Witness } from './oracle/witness.ts';
import type { World } from './world/start-world.ts';
import type { SinkEntry } from './world/webhook-sink.ts';

export interface Inspector {
  readonly witness: Witness;
  /** The cheap half; heavy ones are left out while the last look at them is not long ago. */
  inspectRunning(): Promise<Finding[]>;
  /** Waits until nothing is under way, for at most `withinMs`, and checks everything. */
  inspectQuiet(withinMs: number, refused: Readonly<Record<string, number>>): Promise<QuietInspection>;
  events(): number;
  close(): void;
}

export interface QuietInspection {
  readonly findings: readonly Finding[];
  /** Ids of the invariants that were checked and found to hold. */
  readonly held: readonly string[];
  readonly settledInMs: number;
}

/** A look costs at most this share of the time. */
const LOOK_SHARE = 0.04;

export function createInspector(world: World, witness: Witness = createWitness()): Inspector {
  const oracle = createOracle();
  const journal = readJournal(world.journalFile);
  const ledger = createTopicLedger(world.broker.brokers);
  const received = new Map<string, SinkEntry[]>();
  let refused: Readonly<Record<string, number>> = {};
  let lookAgainMs = 0;

  function gather(): Evidence {
    journal.readNew(oracle.take);
    const takeReceived = () => {
      for (const entry of world.sink.takeEntries()) received.set(entry.id, [...(received.get(entry.id) ?? []), entry]);
      return received;
    };
    return { query: world.database.query, oracle, witness, ledger, takeReceived, refused };
  }

  async function check(when: 'always' | 'quiet', evidence: Evidence): Promise<Finding[]> {
    const findings: Finding[] = [];
    for (const invariant of INVARIANTS) {
      if (when === 'quiet' || invariant.when === 'always') findings.push(...(await invariant.check(evidence)));
    }
    return findings;
  }

  async function waitUntilQuiet(withinMs: number): Promise<Finding[]> {
    const deadline = Date.now() + withinMs;
    for (;;) {
      const waiting = await findWaiting(world.database.query, await world.loadEnds());
      if (waiting.length === 0) return [];
      if (Date.now() > deadline) return reportStuck(waiting);
      await sleep(250);
    }
  }

  return {
    witness,
    async inspectRunning() {
      if (Date.now() < lookAgainMs) return [];
      const startedMs = Date.now();
      const findings = await check('always', gather());
      lookAgainMs = Date.now() + (Date.now() - startedMs) / LOOK_SHARE;
      return findings;
    },
    async inspectQuiet(withinMs, given) {
      refused = given;
      const startedMs = Date.now();
      const stuck = await waitUntilQuiet(withinMs);
      const settledInMs = Date.now() - startedMs;
      // What is still under way would be found missing by every other invariant as well.
      const when = stuck.length > 0 ? 'always' : 'quiet';
      const findings = [...stuck, ...(await check(when, gather()))];
      return { findings, held: heldOf(findings, when), settledInMs };
    },
    events: () => oracle.records(),
    close: () => journal.close(),
  };
}

/** What was not checked did not hold. */
function heldOf(findings: readonly Finding[], checked: 'always' | 'quiet'): string[] {
  const broken = new Set(findings.map(({ invariant }) => invariant));
  const unchecked = INVARIANTS.filter(({ when }) => checked === 'always' && when === 'quiet');
  for (const { id } of unchecked) broken.add(id);
  const ids = [...new Set(INVARIANTS.map(({ id }) => id)), 'I20'];
  return ids.filter((id) => !broken.has(id));
}
