import { createProgressWatchdog, type SeenPartition } from './progress-watchdog.ts';

const seen = (position: number, highWatermark: number, excused = false): SeenPartition[] => [
  { topic: 'ecs.emotions.v1', partition: 3, position, highWatermark, excused },
];

test.each<[string, [number, SeenPartition[]][], boolean]>([
  [
    'nothing to read',
    [
      [0, seen(5, 5)],
      [100, seen(5, 5)],
    ],
    false,
  ],
  [
    'something to read, not for long',
    [
      [0, seen(5, 9)],
      [59, seen(5, 9)],
    ],
    false,
  ],
  [
    'something to read for too long',
    [
      [0, seen(5, 9)],
      [30, seen(5, 12)],
      [60, seen(5, 20)],
    ],
    true,
  ],
  [
    'slow, but moving',
    [
      [0, seen(5, 9)],
      [59, seen(6, 9)],
      [118, seen(6, 9)],
    ],
    false,
  ],
  [
    'moved once, then no more',
    [
      [0, seen(5, 9)],
      [30, seen(6, 9)],
      [90, seen(6, 9)],
    ],
    true,
  ],
  [
    'idle in between',
    [
      [0, seen(5, 9)],
      [30, seen(9, 9)],
      [50, seen(9, 12)],
      [100, seen(9, 12)],
    ],
    false,
  ],
  [
    'a known reason',
    [
      [0, seen(5, 9, true)],
      [100, seen(5, 9, true)],
    ],
    false,
  ],
  [
    'a known reason that has gone',
    [
      [0, seen(5, 9, true)],
      [100, seen(5, 9)],
      [150, seen(5, 9)],
    ],
    false,
  ],
  [
    'not ours for a while',
    [
      [0, seen(5, 9)],
      [30, []],
      [70, seen(5, 9)],
    ],
    false,
  ],
])('%s', (_, looks, stalled) => {
  const watchdog = createProgressWatchdog(60);
  const found = looks.map(([nowMs, partitions]) => watchdog.look(partitions, nowMs));
  expect(found.at(-1)).toEqual(stalled ? looks.at(-1)?.[1] : []);
});
