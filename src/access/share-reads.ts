// Lets those who ask while a read is under way share the next one. Nobody is handed a read that began before he asked: what
// was committed by then, a revoked key above all, is always seen.

interface Asked<Value> {
  readonly name: string;
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export function shareReads<Value>(
  load: (names: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
): (name: string) => Promise<Value | undefined> {
  let waiting: Asked<Value>[] = [];
  let reading = false;

  async function readOn(): Promise<void> {
    reading = true;
    while (waiting.length > 0) {
      const asked = waiting;
      waiting = [];
      await readFor(asked);
    }
    reading = false;
  }

  async function readFor(asked: readonly Asked<Value>[]): Promise<void> {
    try {
      const found = await load([...new Set(asked.map(({ name }) => name))]);
      for (const one of asked) one.resolve(found.get(one.name));
    } catch (error) {
      for (const one of asked) one.reject(error);
    }
  }

  return (name) =>
    new Promise((resolve, reject) => {
      waiting.push({ name, resolve, reject });
      if (!reading) void readOn();
    });
}
