// A process of the relay role: the production relay, with receivers that may refuse, or take an event and not say so.
import type { OutgoingEvent } from '../../src/events/outgoing-event.ts';
import { createRelay, type RelayOptions } from '../../src/notify/index.ts';
import { silentLog } from '../support/decision-database.ts';
import type { SimulatedProcess } from './scheduler.ts';
import { isAnyHeadDue } from './statements/notify-statements.ts';
import { DESTINATIONS } from './statements/queue-statements.ts';
import { loses, type World } from './world.ts';

export function startRelayProcess(world: World, name: string): SimulatedProcess {
  const { scheduler, database } = world;
  const process = scheduler.spawn(name);
  const relay = createRelay({
    pool: database.poolFor(process),
    publishers: simulatePublishers(world, process),
    clock: world.clockOf(process),
    random: scheduler.random,
    makeId: world.makeId,
    log: silentLog,
  });
  const isDue = () => isAnyHeadDue(database.committed);
  world.run(process, async () => {
    for (;;) {
      await scheduler.step(process, 'looks at the outbox', () => {}, isDue);
      await relay.drainOnce();
    }
  });
  return process;
}

const FAILED = { result: 'failed', error: 'simulated', overloaded: false } as const;
const DELIVERED = { result: 'delivered' } as const;

function simulatePublishers(world: World, process: SimulatedProcess): RelayOptions['publishers'] {
  const { arrived } = world.journals;
  const deliver = (destination: string, events: readonly OutgoingEvent[]) => {
    const what = events.map(({ subject, sequence }) => `${subject}#${sequence}`).join(' ');
    return world.scheduler.step(process, `sends ${what} to ${destination.slice(0, 7)}`, () => {
      if (loses(world)) return FAILED;
      arrived.set(destination, [...(arrived.get(destination) ?? []), ...events]);
      return loses(world) ? FAILED : DELIVERED;
    });
  };
  const [kafka, webhook] = DESTINATIONS;
  const common = { timeoutMs: 10_000, stop: async () => {} };
  return {
    kafka: {
      ...common,
      publish: async (events) => {
        const outcome = await deliver(kafka, events);
        return events.map(() => outcome);
      },
    },
    webhook: { ...common, send: (_target, event) => deliver(webhook, [event]) },
  };
}
