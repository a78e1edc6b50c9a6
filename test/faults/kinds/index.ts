// Which function injects which kind of fault.
import type { Inject } from '../fault-run.ts';
import type { FaultKind } from '../schedule.ts';
import {
  cutBrokerLine,
  cutDatabaseLine,
  silenceBrokerLine,
  silenceDatabaseLine,
  slowBrokerLine,
  slowDatabaseLine,
} from './break-lines.ts';
import { killBackend, killBroker, killDatabase } from './break-servers.ts';
import { cutCommits } from './cut-commits.ts';
import { pauseWorker, stormGroup } from './disturb-group.ts';
import { exhaustPool } from './exhaust-pool.ts';
import { hostileWebhook } from './hostile-webhook.ts';
import { jumpClock } from './jump-clock.ts';
import { killWorkers, rollWorkers } from './kill-workers.ts';

export const INJECT: Readonly<Record<FaultKind, Inject>> = {
  'worker-kill': killWorkers,
  'worker-term': rollWorkers,
  'backend-kill': killBackend,
  'database-kill': killDatabase,
  'broker-kill': killBroker,
  'lost-commit-ack': cutCommits,
  'commit-cut': cutCommits,
  'database-cut': cutDatabaseLine,
  'database-silent': silenceDatabaseLine,
  'database-slow': slowDatabaseLine,
  'broker-cut': cutBrokerLine,
  'broker-silent': silenceBrokerLine,
  'broker-slow': slowBrokerLine,
  pause: pauseWorker,
  'rebalance-storm': stormGroup,
  'pool-exhaustion': exhaustPool,
  'clock-jump': jumpClock,
  'webhook-hostile': hostileWebhook,
};
