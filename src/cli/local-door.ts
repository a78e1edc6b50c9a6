// Events through the HTTP road in this very process: for an installation without Kafka whose ECS is not running. It
// holds the ingest lease while it is open, and an event is counted when `send` resolves.
import { Registry } from 'prom-client';
import type { Installation } from '../ingest/index.ts';
import { EcsError, isEcsError } from '../lib/errors.ts';
import type { System } from '../open-system.ts';
import type { Part } from '../part.ts';
import { wireEventsIn } from '../start-events-in.ts';
import type { EventDoor } from './event-door.ts';

export async function openLocalDoor(system: System, installation: Installation): Promise<EventDoor> {
  let fatal: EcsError | undefined;
  const { parts, submit } = wireEventsIn({
    // Nobody asks for the metrics of a door, and one process may open several.
    system: { ...system, metrics: new Registry() },
    installation,
    ingests: true,
    relays: true,
    onFatal: (error) => {
      fatal ??= error;
    },
  });
  const started = await startParts(parts);
  return {
    describe: 'the database itself',
    send: async (events) => {
      if (fatal !== undefined) throw fatal;
      await submit(events);
    },
    settle: async () => {},
    close: () => stopParts(started),
  };
}

async function startParts(parts: readonly Part[]): Promise<Part[]> {
  const started: Part[] = [];
  try {
    for (const part of parts) {
      await part.start();
      started.push(part);
    }
    return started;
  } catch (error) {
    await stopParts(started);
    throw isEcsError(error, 'ECS_INGEST_LEASE_HELD') ? runningElsewhere(error) : error;
  }
}

async function stopParts(parts: readonly Part[]): Promise<void> {
  for (const part of parts.toReversed()) await part.stop();
}

function runningElsewhere(cause: EcsError): EcsError {
  return new EcsError(
    'ECS_INGEST_LEASE_HELD',
    'An ECS is running here and takes the events itself: hand them to it with --url and --key (`ecs keys create NAME --scope events:write` makes a key), or stop it first.',
    { cause },
  );
}
