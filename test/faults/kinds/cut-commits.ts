// Commits whose connection is cut: after the server carried them out and before the client heard of it, or before the server
// saw them. The client cannot tell the two apart.
import { setTimeout as sleep } from 'node:timers/promises';
import { type Inject, targetsOf } from '../fault-run.ts';
import type { Armed } from '../proxy/database-proxy.ts';
import { findPoint } from '../proxy/named-points.ts';

/** The worker may still be on its way back from what came before. */
const FIRST_PATIENCE_MS = 10_000;
const PATIENCE_MS = 1_500;

/** Several, one behind the other: each takes the partition over anew before it can be cut again. */
export const cutCommits: Inject = async (run, fault) => {
  let cut = 0;
  for (const worker of targetsOf(run, fault)) {
    for (let i = 0; i < fault.count; i++) {
      const point = findPoint(fault.points[0] ?? 'ingest.commit-unanswered');
      const fired = new AbortController();
      const armed: Armed = { point, action: 'cut', kill: () => {}, onFired: () => fired.abort() };
      worker.database.arm(armed);
      await sleep(i === 0 ? FIRST_PATIENCE_MS : PATIENCE_MS, undefined, { signal: fired.signal }).catch(() => {});
      if (worker.database.disarm(armed)) break;
      cut++;
    }
  }
  return cut;
};
