// Networks that fail between one ECS process and PostgreSQL or the broker: reset, silent (nobody is told), or slow.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Inject, targetsOf } from '../fault-run.ts';
import { type LineState, OPEN } from '../proxy/line.ts';
import type { PlannedFault } from '../schedule.ts';

function breakLine(end: 'database' | 'broker', stateOf: (fault: PlannedFault) => LineState): Inject {
  return async (run, fault) => {
    const mend = run.recovery.disturb(`line to ${end}`, Date.now());
    const lines = targetsOf(run, fault).map((worker) => worker[end].line);
    for (const line of lines) line.set(stateOf(fault));
    await sleep(fault.forMs);
    for (const line of lines) line.set(OPEN);
    mend(Date.now());
    return lines.length;
  };
}

const cut = (): LineState => ({ kind: 'cut' });
const silent = (): LineState => ({ kind: 'silent' });
const slow = ({ amountMs }: PlannedFault): LineState => ({ kind: 'slow', delayMs: amountMs });

export const cutDatabaseLine = breakLine('database', cut);
export const silenceDatabaseLine = breakLine('database', silent);
export const slowDatabaseLine = breakLine('database', slow);
export const cutBrokerLine = breakLine('broker', cut);
export const silenceBrokerLine = breakLine('broker', silent);
export const slowBrokerLine = breakLine('broker', slow);
