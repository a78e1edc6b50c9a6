// Whoever comes from outside: officers and customers, who ask through the production decider, and the producer of events,
// which is a model and never dies.
import { inTransaction } from '../../src/db/index.ts';
import type { Decider } from '../../src/decision/index.ts';
import { isEcsError } from '../../src/lib/errors.ts';
import { makeDecider } from './decision-process.ts';
import type { PlannedCall, PlannedSend } from './plan.ts';
import type { SimulatedProcess } from './scheduler.ts';
import type { World } from './world.ts';

/** Officers and customers, one call after the other; an answer may be lost, a refusal is an answer. */
export function startApiProcess(world: World, name: string, calls: readonly PlannedCall[]): SimulatedProcess {
  const process = world.scheduler.spawn(name);
  const decider = makeDecider(world, process);
  const pool = world.database.poolFor(process);
  world.run(process, async () => {
    for (const call of calls) {
      await world.scheduler.step(process, `is asked to ${call.kind} ${call.customerId}`, () => {});
      try {
        await inTransaction(pool, (tx) => carryOut(decider, tx, call));
      } catch (error) {
        if (!isEcsError(error)) throw error;
      }
    }
  });
  return process;
}

function carryOut(decider: Decider, tx: Parameters<Decider['decideCustomer']>[0], call: PlannedCall): Promise<unknown> {
  const { customerId, limitMinor } = call;
  const order = { customerId, reason: 'simulated', requestedBy: 'officer' };
  switch (call.kind) {
    case 'decide':
      return decider.decideCustomer(tx, {
        customerId,
        trigger: 'api',
        requestedBy: 'officer',
        requestedLimitMinor: limitMinor,
      });
    case 'freeze':
      return decider.freezeAccount(tx, order);
    case 'unfreeze':
      return decider.unfreezeAccount(tx, order);
    default:
      return decider.setLimitByHand(tx, { ...order, limitMinor });
  }
}

export function startProducer(world: World, sends: readonly PlannedSend[]): SimulatedProcess {
  const { scheduler, broker, journals, time } = world;
  const process = scheduler.spawn('producer');
  world.run(process, async () => {
    for (const send of sends) {
      await scheduler.step(process, `sends ${send.eventId ?? 'poison'} to partition ${send.partition}`, () => {
        broker.append(send, Buffer.from(send.value), {}, time.nowMs);
        journals.acked.push(send);
      });
    }
  });
  return process;
}
