// The other side of run-boost-worker: boosts each bag it is sent and sends it back.
import { parentPort } from 'node:worker_threads';
import { type BoostInput, boostBag } from './boost-bag.ts';

parentPort?.on('message', (input: BoostInput) => {
  const bag = boostBag(input);
  parentPort?.postMessage(bag);
});
