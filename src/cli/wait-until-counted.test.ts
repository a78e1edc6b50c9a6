import { type TopicPosition, waitUntilCounted } from './wait-until-counted.ts';

const at = (nextOffset: number, partition = 0): TopicPosition => ({
  topic: 'ecs.statements.v1',
  partition,
  nextOffset,
});

/** Looks at `looks` one after the other, a second apart; the last one stays. */
async function waitOver(ends: TopicPosition[], looks: TopicPosition[][]) {
  const waited: number[] = [];
  let look = 0;
  let nowMs = 0;
  await waitUntilCounted({
    ends,
    loadCounted: async () => {
      nowMs += 1_000;
      look += 1;
      return looks[Math.min(look, looks.length) - 1] ?? [];
    },
    onWait: (left) => waited.push(left),
    clock: () => nowMs,
    stallMs: 10_000,
    pollMs: 0,
  });
  return waited;
}

test('waits until every partition has come to its end', async () => {
  const looks = [[], [at(3)], [at(5), at(1, 1)], [at(9), at(2, 1)]];
  expect(await waitOver([at(5), at(2, 1)], looks)).toEqual([7, 4, 1]);
});

test('nothing was sent: nothing is waited for', async () => {
  expect(await waitOver([at(0)], [[]])).toEqual([]);
});

test('what counts on is waited for, however long it takes', async () => {
  const looks = Array.from({ length: 101 }, (_, count) => [at(count)]);
  expect(await waitOver([at(100)], looks)).toHaveLength(100);
});

test('what stands still ends with the way out', async () => {
  await expect(waitOver([at(5)], [[at(3)]])).rejects.toMatchObject({
    code: 'ECS_INGEST_STALLED',
    message: expect.stringContaining('2 events wait in Kafka'),
  });
});
