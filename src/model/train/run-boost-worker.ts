// Bags boosted in several threads at once. A bag is the same wherever it runs, so the result does not depend on how many
// threads there are; where threads cannot load the code (sources under a test runner), bags run here, one after the other.
import { Worker } from 'node:worker_threads';
import { EcsError } from '../../lib/errors.ts';
import type { RunBags } from './bag-inputs.ts';
import { type BoostedBag, type BoostInput, boostBag } from './boost-bag.ts';

export type BagProgress = (done: number, total: number) => void;

export function boostInThreads(threads: number, onProgress?: BagProgress): RunBags {
  return async (inputs) => {
    let done = 0;
    const bags: BoostedBag[] = [];
    let next = 0;
    const count = canStartThreads() ? Math.min(threads, inputs.length) : 1;
    const work = async (run: (input: BoostInput) => BoostedBag | Promise<BoostedBag>): Promise<void> => {
      for (let index = next; index < inputs.length; index = next) {
        next += 1;
        bags[index] = await run(inputs[index] as BoostInput);
        done += 1;
        onProgress?.(done, inputs.length);
      }
    };
    if (count === 1) await work(boostBag);
    else await Promise.all(Array.from({ length: count }, () => withThread(work)));
    return bags;
  };
}

/** Built code always; sources only where Node was told how to read them, since a thread inherits that. */
function canStartThreads(): boolean {
  return import.meta.url.endsWith('.js') || process.execArgv.some((flag) => flag.includes('register-typescript'));
}

async function withThread(work: (run: (input: BoostInput) => Promise<BoostedBag>) => Promise<void>): Promise<void> {
  const extension = import.meta.url.endsWith('.js') ? 'js' : 'ts';
  const worker = new Worker(new URL(`./boost-worker.${extension}`, import.meta.url));
  try {
    await work((input) => askThread(worker, input));
  } finally {
    await worker.terminate();
  }
}

function askThread(worker: Worker, input: BoostInput): Promise<BoostedBag> {
  return new Promise((resolve, reject) => {
    const forget = () => {
      worker.off('message', answer).off('error', fail).off('exit', end);
    };
    const answer = (bag: BoostedBag) => {
      forget();
      resolve(bag);
    };
    const fail = (cause: unknown) => {
      forget();
      reject(new EcsError('ECS_TRAINING_FAILED', 'a training thread failed', { cause }));
    };
    const end = (code: number) => fail(new Error(`it ended with ${code}`));
    worker.on('message', answer).on('error', fail).on('exit', end);
    worker.postMessage(input);
  });
}
