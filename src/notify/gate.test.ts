import { createGate } from './gate.ts';

it('lets so many in at once, in order, and frees the place of who fails', async () => {
  const gate = createGate(2);
  const started: number[] = [];
  const ends: Array<(failed: boolean) => void> = [];
  const work = (id: number) =>
    gate(
      () =>
        new Promise<number>((resolve, reject) => {
          started.push(id);
          ends[id] = (failed) => (failed ? reject(new Error(`${id}`)) : resolve(id));
        }),
    );
  const results = [0, 1, 2, 3, 4].map(work);
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  await settle();
  expect(started).toEqual([0, 1]);
  ends[1]?.(true);
  await expect(results[1]).rejects.toThrow('1');
  await settle();
  expect(started).toEqual([0, 1, 2]);
  for (const id of [0, 2, 3, 4]) {
    ends[id]?.(false);
    expect(await results[id]).toBe(id);
    await settle();
  }
  expect(started).toEqual([0, 1, 2, 3, 4]);
});
