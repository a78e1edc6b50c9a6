// At most so many at once; the others wait in line.

export type RunInSlot = <T>(work: () => Promise<T>) => Promise<T>;

export function createSlots(count: number): RunInSlot {
  let free = count;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The slot goes straight to the next in line, so that nobody can slip in between.
      const next = waiting.shift();
      if (next === undefined) free++;
      else next();
    }
  };
}
