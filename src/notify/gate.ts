// Lets only so many pieces of work run at once; the others wait in order. It keeps a relay with many destinations from
// taking the whole connection pool.

export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

export function createGate(width: number): Gate {
  const queue: Array<() => void> = [];
  let inside = 0;

  async function enter(): Promise<void> {
    if (inside < width) inside++;
    // Who leaves hands its place over, so nobody can slip in between.
    else await new Promise<void>((resolve) => queue.push(resolve));
  }

  function leave(): void {
    const next = queue.shift();
    if (next === undefined) inside--;
    else next();
  }

  return async (work) => {
    await enter();
    try {
      return await work();
    } finally {
      leave();
    }
  };
}
