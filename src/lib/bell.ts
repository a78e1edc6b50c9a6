// Tells whoever listens in this process that something was committed, so that they look at once instead of at their next
// poll. It carries nothing: the truth stands in the database, and a ring that is missed costs a poll's wait.

export interface Bell {
  ring(): void;
  onRing(listener: () => void): void;
}

export function createBell(): Bell {
  const listeners: (() => void)[] = [];
  return {
    ring() {
      for (const listener of listeners) listener();
    },
    onRing(listener) {
      listeners.push(listener);
    },
  };
}
