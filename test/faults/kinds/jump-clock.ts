// One process whose wall clock is wrong, by an hour or a day: it is started anew with it, and anew without it.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Inject, targetsOf } from '../fault-run.ts';

export const jumpClock: Inject = async (run, fault) => {
  const mend = run.recovery.disturb('clock', Date.now());
  for (const worker of targetsOf(run, fault)) {
    worker.shiftClock(fault.amountMs);
    await worker.roll();
    run.say(`${worker.name} lives ${fault.amountMs / 3_600_000} hours off`);
    await sleep(fault.forMs);
    worker.shiftClock(0);
    await worker.roll();
  }
  mend(Date.now());
  return fault.targets.length;
};
