// Keeps the streams that are open: bounds them in all and per key, so that no caller can hold every connection, and ends
// them when the server closes.
import type { Caller } from '../access/index.ts';
import { EcsError } from '../lib/errors.ts';

export interface StreamGate {
  /** Throws ECS_TOO_MANY_STREAMS or ECS_SHUTTING_DOWN, or gives back what must be called once at the end. */
  enter(caller: Caller, end: () => void): () => void;
  /** Ends every stream that is open and lets no new one in. */
  close(): void;
  open(): number;
}

export interface StreamLimits {
  readonly total: number;
  readonly perCustomerKey: number;
}

export function createStreamGate(limits: StreamLimits): StreamGate {
  const streams = new Set<{ readonly keyId: string; readonly end: () => void }>();
  let closed = false;

  function refuseTooMany(caller: Caller): void {
    const own = [...streams].filter(({ keyId }) => keyId === caller.keyId).length;
    const ownMax = caller.customerId === null ? limits.total : limits.perCustomerKey;
    if (streams.size < limits.total && own < ownMax) return;
    throw new EcsError('ECS_TOO_MANY_STREAMS', 'Close a stream, or come back later.');
  }

  return {
    enter(caller, end) {
      if (closed) throw new EcsError('ECS_SHUTTING_DOWN', 'ECS is shutting down');
      refuseTooMany(caller);
      const stream = { keyId: caller.keyId, end };
      streams.add(stream);
      return () => {
        streams.delete(stream);
      };
    },
    close() {
      closed = true;
      for (const { end } of [...streams]) end();
    },
    open: () => streams.size,
  };
}
