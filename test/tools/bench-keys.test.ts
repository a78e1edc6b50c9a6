// What others read from the last line of a bench, which is what `--record` keeps.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const RESULTS = join(import.meta.dirname, '..', '..', 'bench', 'results');

test.each([
  ['ingest', ['ratioSeed', 'ratioCopyBinary', 'ratioCopyText', 'keyedRatioSeed']],
  ['stream', ['ratioSeed', 'p50Ms20', 'p99Ms20', 'p50Ms80', 'p99Ms80']],
  ['decide', ['ratioSeed', 'p99Ms', 'queueDecisionsPerSecond']],
  ['score', ['nsPerScore', 'nsWithReasons']],
  [
    'gate',
    [
      ...['null', 'weak', 'plausible', 'moderate', 'psychometric', 'reverse', 'drift', 'biasedSensor'],
      ...['selectiveConsent', 'gaming'],
    ],
  ],
])('bench:%s has said every figure by its name', (name, keys) => {
  const { figures } = JSON.parse(readFileSync(join(RESULTS, `${name}.json`), 'utf8'));
  for (const key of keys) expect(figures).toHaveProperty(key, expect.any(Number));
});
