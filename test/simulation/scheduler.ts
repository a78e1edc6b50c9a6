// One thread, one order: every wait of every simulated process is a step, and a seed alone decides which step comes next.
// A process that crashed never gets an answer again; one that is paused gets none until it goes on.
import { createSeededRandom, type SeededRandom } from '../../src/lib/seeded-random.ts';

export interface SimulatedProcess {
  readonly name: string;
  alive: boolean;
  paused: boolean;
  /** How far this process's clock is off. */
  skewMs: number;
}

interface Step {
  readonly process: SimulatedProcess;
  readonly label: string;
  readonly ready: () => boolean;
  readonly fire: () => void;
}

export interface Scheduler {
  readonly random: SeededRandom;
  /** What has happened, one line a step. */
  readonly trace: string[];
  spawn(name: string): SimulatedProcess;
  /** Waits for its turn, then runs `work` in one go. */
  step<T>(process: SimulatedProcess, label: string, work: () => T, ready?: () => boolean): Promise<T>;
  /** It crashed: what it had sent may still be carried out, but nothing is answered any more. */
  drop(process: SimulatedProcess): void;
  note(line: string): void;
  /** Takes one step; false when no process that runs can go on. */
  takeStep(): Promise<boolean>;
}

export function createScheduler(seed: number): Scheduler {
  const random = createSeededRandom(seed);
  const trace: string[] = [];
  let waiting: Step[] = [];

  return {
    random,
    trace,
    spawn: (name) => ({ name, alive: true, paused: false, skewMs: 0 }),
    step(process, label, work, ready = () => true) {
      return new Promise((resolve, reject) => {
        if (!process.alive) return;
        const fire = () => {
          try {
            resolve(work());
          } catch (error) {
            reject(error);
          }
        };
        waiting.push({ process, label, ready, fire });
      });
    },
    drop(process) {
      process.alive = false;
      const sent = waiting.filter((step) => step.process === process);
      waiting = waiting.filter((step) => step.process !== process);
      for (const step of sent) {
        if (!step.ready() || random() < 0.5) continue;
        trace.push(`${process.name}: ${step.label} (its last)`);
        step.fire();
      }
    },
    note(line) {
      trace.push(line);
    },
    async takeStep() {
      await everythingRan();
      const ready = waiting.filter((step) => !step.process.paused && step.ready());
      const chosen = ready[Math.floor(random() * ready.length)];
      if (chosen === undefined) return false;
      waiting.splice(waiting.indexOf(chosen), 1);
      trace.push(`${chosen.process.name}: ${chosen.label}`);
      chosen.fire();
      return true;
    },
  };
}

/** Promises settle before immediates: afterwards every process has come to its next wait. */
function everythingRan(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
