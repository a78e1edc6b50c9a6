// What the API needs that lives: everything else it calls are functions of the rooms' faces. The composition root hands
// this over; tests hand over the same rooms on a database of their own.
import type pg from 'pg';
import type { Registry } from 'prom-client';
import type { Decider } from '../decision/index.ts';
import type { DeadLetters, EventSubmit } from '../ingest/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { MakeId } from '../lib/ids.ts';
import type { Log } from '../lib/log.ts';
import type { Monitor } from '../monitoring/index.ts';
import type { NotificationStream, TargetRules } from '../notify/index.ts';
import type { Policies } from '../policy/index.ts';

export interface RoleReadiness {
  readonly role: string;
  readonly ready: boolean;
  /** Why not, in words that may be read by anybody: no host names, no SQL. */
  readonly reason?: string | undefined;
}

export interface ApiDeps {
  readonly pool: pg.Pool;
  readonly clock: Clock;
  readonly makeId: MakeId;
  readonly log: Log;
  readonly metrics: Registry;
  /** Of every role of this process. */
  readonly readiness: () => Promise<readonly RoleReadiness[]>;
  readonly submitEvents: EventSubmit;
  readonly lateEventHorizonMs: number;
  readonly deadLetters: Pick<DeadLetters, 'list' | 'get' | 'retry'>;
  readonly decider: Pick<Decider, 'decideCustomers' | 'setLimitByHand' | 'freezeAccount' | 'unfreezeAccount'>;
  readonly policies: Policies;
  readonly monitor: Pick<Monitor, 'report'>;
  readonly notificationStream: NotificationStream;
  readonly webhookRules: TargetRules;
  /** Called after a write was committed: there may be something to tell. */
  readonly onWritten?: () => void;
  /** Does the outbox have Kafka as a destination? */
  readonly kafkaDestination: boolean;
  /** How often a stream says that it is still there; 15 seconds where absent. */
  readonly streamPingMs?: number;
  /** Refuse answers with fields that their schema does not name, instead of dropping the fields: for tests. */
  readonly checkAnswers?: boolean;
  /** Where the files of the API pages lie; beside their code where absent. */
  readonly docsDir?: string;
}
