// What a fault run says at its end: faults, invariants, recovery, and the one line of JSON; and, for the sum of all tests, the
// same as the result of a Jest run in which every invariant is a test.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FaultOptions } from './options.ts';
import type { FaultResult } from './run-faults.ts';

export function printResult(result: FaultResult, options: FaultOptions, tookMs: number): void {
  const { faults, findings, held, recovery } = result;
  console.log(
    `\nfaults injected: ${Object.entries(faults)
      .map(([kind, count]) => `${kind} ${count}`)
      .join(', ')}`,
  );
  console.log(`invariants held: ${held.join(' ')}`);
  for (const { invariant, message } of findings) console.log(`VIOLATION of ${invariant}: ${message}`);
  for (const [what, figures] of Object.entries(recovery))
    console.log(`back at work after ${what}: ${JSON.stringify(figures)}`);
  if (options.outputFile !== null) writeAsTests(options.outputFile, result);
  console.log(JSON.stringify(toLastLine(result, tookMs)));
}

/** Where the run ended before anything could be counted, nothing is known to be lost, and nothing is known not to be. */
export function toLastLine(result: FaultResult, tookMs: number): object {
  const { seed, faults, events, findings, held, recovery, commits, ownEnds } = result;
  const isCounted = held.includes('I1') || findings.some(({ invariant }) => invariant === 'I1');
  return {
    seed,
    faults,
    events,
    lost: isCounted ? sum(findings.map((finding) => finding.lost)) : null,
    double: isCounted ? sum(findings.map((finding) => finding.double)) : null,
    violations: findings.length,
    recovery,
    commits,
    ownEnds,
    seconds: Math.round(tookMs / 1000),
  };
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}

function writeAsTests(file: string, { held, findings }: FaultResult): void {
  const failed = new Set(findings.map(({ invariant }) => invariant));
  mkdirSync(dirname(file), { recursive: true });
  const run = {
    numPassedTests: held.length,
    numFailedTests: failed.size,
    numPendingTests: 0,
    numTodoTests: 0,
    numRuntimeErrorTestSuites: 0,
    testResults: [],
  };
  writeFileSync(file, JSON.stringify(run));
}
