// Where the command line puts events: onto Kafka, through a running ECS's API, or, where neither is there, through the
// HTTP road in this very process. Whichever it is, `settle` waits until everything that was sent has been counted.
import type { SendEvents } from './simulate/population.ts';

export interface EventDoor {
  readonly send: SendEvents;
  /** Resolves when everything sent so far is counted. */
  settle(onWait: (left: number) => void): Promise<void>;
  close(): Promise<void>;
  /** For people: where the events go. */
  readonly describe: string;
}
