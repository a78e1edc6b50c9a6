// The command line of a fault run.
import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { FAULT_KINDS, type FaultKind } from './schedule.ts';

export interface FaultOptions {
  readonly tier: 'quick' | 'long';
  readonly seed: number;
  /** How long faults are injected. */
  readonly seconds: number;
  readonly only: readonly FaultKind[];
  /** Also what can only come last: records that are deleted, a disk that is full. */
  readonly withLast: boolean;
  /** The tree that is built and run. */
  readonly root: string;
  readonly eventsPerSecond: number;
  /** Where the result goes in the form of a Jest run, for the sum of all tests. */
  readonly outputFile: string | null;
  /** Shows what the processes said at the end. */
  readonly verbose: boolean;
}

/** Among the kinds of `--only`. */
const LAST = 'last';
const QUICK_SECONDS = 60;
const QUICK_SEED = 20_261_122;

export function readOptions(argv: readonly string[]): FaultOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      long: { type: 'boolean', default: false },
      minutes: { type: 'string' },
      seconds: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      root: { type: 'string' },
      rate: { type: 'string' },
      outputFile: { type: 'string' },
      verbose: { type: 'boolean', default: false },
    },
  });
  const names: readonly string[] = values.only?.split(',') ?? [...FAULT_KINDS, LAST];
  const tier = values.long ? 'long' : 'quick';
  const seconds = values.seconds ?? (values.minutes === undefined ? undefined : Number(values.minutes) * 60);
  return {
    tier,
    seed: readNumber('seed', values.seed ?? (tier === 'quick' ? QUICK_SEED : randomInt(2 ** 31))),
    seconds: readNumber('seconds', seconds ?? (tier === 'quick' ? QUICK_SECONDS : 3_600)),
    only: names.flatMap((name) => (name === LAST ? [] : [readKind(name)])),
    withLast: names.includes(LAST),
    root: resolve(values.root ?? resolve(import.meta.dirname, '..', '..')),
    eventsPerSecond: readNumber('rate', values.rate ?? (tier === 'quick' ? 300 : 250)),
    outputFile: values.outputFile === undefined ? null : resolve(values.outputFile),
    verbose: values.verbose,
  };
}

function readNumber(name: string, given: string | number): number {
  const number = Number(given);
  if (!Number.isFinite(number) || number < 0) throw new Error(`--${name} expects a number, not ${given}`);
  return number;
}

function readKind(text: string): FaultKind {
  const found = FAULT_KINDS.find((kind) => kind === text);
  if (found === undefined) throw new Error(`${text} is no fault; expected some of ${FAULT_KINDS.join(', ')}, ${LAST}`);
  return found;
}
