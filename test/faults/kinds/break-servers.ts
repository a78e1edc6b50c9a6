// Kills of PostgreSQL (one server process, which takes all sessions with it, or the postmaster) and of the broker, each
// started again on its data.
import type { FaultRun, Inject } from '../fault-run.ts';

function breakServer(what: 'database' | 'broker', restart: (run: FaultRun) => Promise<number>): Inject {
  return (run) =>
    run.turns.take(what, async () => {
      const brokenSinceMs = Date.now();
      const mend = run.recovery.disturb(what, brokenSinceMs);
      const readyMs = await restart(run);
      run.recovery.ready(what, brokenSinceMs, readyMs);
      mend(readyMs);
      run.say(`${what} was killed and answers again after ${((readyMs - brokenSinceMs) / 1000).toFixed(1)} s`);
      return 1;
    });
}

export const killBackend = breakServer('database', ({ world }) => world.database.killBackend());
export const killDatabase = breakServer('database', ({ world }) => world.database.killAndRestart());
export const killBroker = breakServer('broker', ({ world }) => world.broker.killAndRestart());
