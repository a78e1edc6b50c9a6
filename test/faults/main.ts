// `npm run test:faults` and `npm run test:faults:long`: real processes under faults that a seed chooses. The last line is one
// line of JSON; the exit code is 1 when an invariant was broken. Run with `--import ./scripts/register-typescript.mjs`.
import { readOptions } from './options.ts';
import { printResult } from './print-result.ts';
import { runFaults } from './run-faults.ts';

const options = readOptions(process.argv.slice(2));
const startedMs = Date.now();
const say = (text: string) => console.log(`${((Date.now() - startedMs) / 1000).toFixed(1).padStart(7)}  ${text}`);
const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    say(`${signal}: ending what was started`);
    ending.abort();
  });
}

say(`seed ${options.seed}, ${options.tier} tier, ${options.seconds} s of faults; again: --seed ${options.seed}`);
const result = await runFaults(options, say, ending.signal);
printResult(result, options, Date.now() - startedMs);
process.exit(result.findings.length > 0 ? 1 : 0);
