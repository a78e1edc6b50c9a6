// The line of events that wait for one partition on the HTTP road: whoever submits while a batch is under way shares the
// next transaction with everybody else who did, and is answered after its commit.
import type { SubmittedEvent } from '../incoming.ts';

export interface WaitingSubmit {
  readonly events: readonly SubmittedEvent[];
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export interface PartitionQueue {
  /** Resolves when the events were counted. */
  push(events: readonly SubmittedEvent[]): Promise<void>;
  /** Resolves when nothing waits and nothing is under way. */
  drain(): Promise<void>;
}

/** `count` counts some events in one transaction; a line calls it again only after it has answered. */
export function createPartitionQueue(
  count: (events: readonly SubmittedEvent[]) => Promise<void>,
  eventsAtOnce: number,
): PartitionQueue {
  let waiting: WaitingSubmit[] = [];
  let running: Promise<void> | undefined;

  function takeBatch(): WaitingSubmit[] {
    let events = 0;
    const end = waiting.findIndex((submit, i) => {
      events += submit.events.length;
      return i > 0 && events > eventsAtOnce;
    });
    const batch = end === -1 ? waiting : waiting.slice(0, end);
    waiting = end === -1 ? [] : waiting.slice(end);
    return batch;
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const batch = takeBatch();
      try {
        await count(batch.flatMap(({ events }) => events));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        // The error is the answer of everybody who shared the transaction.
        for (const { reject } of batch) reject(error);
      }
    }
    running = undefined;
  }

  return {
    push: (events) =>
      new Promise((resolve, reject) => {
        waiting.push({ events, resolve, reject });
        running ??= run();
      }),
    drain: async () => running,
  };
}
