// Chooses where the command line puts events: the ECS named on the command line, else Kafka where it is configured, else
// the HTTP road in this process.

import type { KafkaConfig } from '../config.ts';
import { ensureInstallation } from '../ingest/index.ts';
import { systemClock } from '../lib/clock.ts';
import { EcsError } from '../lib/errors.ts';
import type { System } from '../open-system.ts';
import type { EventDoor } from './event-door.ts';
import { createHttpDoor } from './http-door.ts';
import { createKafkaDoor } from './kafka-door.ts';
import { openLocalDoor } from './local-door.ts';

export interface EventDoorOptions {
  /** Null where the database is out of sight. */
  readonly system: System | null;
  readonly kafka: KafkaConfig | null;
  readonly url: string | undefined;
  readonly key: string | undefined;
  /** Should this be the installation's first use: is it for invented people? */
  readonly demo: boolean;
}

export async function openEventDoor({ system, kafka, url, key, demo }: EventDoorOptions): Promise<EventDoor> {
  if (url !== undefined && key !== undefined) return createHttpDoor({ url, key });
  const installation =
    system === null
      ? null
      : await ensureInstallation(system.pool, {
          road: kafka === null ? 'http' : 'kafka',
          partitions: system.config.partitions,
          demo,
          nowMs: systemClock(),
        });
  if (kafka !== null) return createKafkaDoor({ kafka, pool: system?.pool ?? null, clock: systemClock });
  if (system !== null && installation !== null) return openLocalDoor(system, installation);
  throw new EcsError('ECS_CONFIG_INVALID', 'There is no way in: set KAFKA_BROKERS, or give --url and --key.');
}
