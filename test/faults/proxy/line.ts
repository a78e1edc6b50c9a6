// One network line that a test can cut, silence, slow down and mend: what a proxy puts its bytes through. Bytes keep their
// order and none is lost while the line is silent, as with TCP.
import type { Socket } from 'node:net';

export interface Line {
  readonly state: () => LineState;
  set(state: LineState): void;
  /** Writes in order, when the line lets it. */
  write(to: Socket, bytes: Buffer): void;
  /** New connections fail while it is cut. */
  isCut(): boolean;
  /** Ends what hangs on the line, now and whenever it is cut. */
  attach(socket: Socket): void;
  destroyAll(): void;
}

export type LineState =
  | { readonly kind: 'open' }
  /** Connections are reset and none comes through. */
  | { readonly kind: 'cut' }
  /** Nothing arrives, and nobody is told. */
  | { readonly kind: 'silent' }
  | { readonly kind: 'slow'; readonly delayMs: number };

export const OPEN: LineState = { kind: 'open' };

export function createLine(): Line {
  let state: LineState = OPEN;
  const sockets = new Set<Socket>();
  const held = new Map<Socket, Buffer[]>();
  const lastDue = new Map<Socket, number>();

  function writeLater(to: Socket, bytes: Buffer, delayMs: number): void {
    const due = Math.max(Date.now() + delayMs, lastDue.get(to) ?? 0);
    lastDue.set(to, due);
    setTimeout(() => {
      if (!to.destroyed) to.write(bytes);
      if (lastDue.get(to) === due) lastDue.delete(to);
    }, due - Date.now());
  }

  function release(): void {
    for (const [to, parts] of held) for (const part of parts) if (!to.destroyed) to.write(part);
    held.clear();
  }

  function destroyAll(): void {
    held.clear();
    for (const socket of sockets) socket.destroy();
  }

  return {
    state: () => state,
    isCut: () => state.kind === 'cut',
    set(next) {
      state = next;
      if (next.kind === 'cut') destroyAll();
      else if (next.kind !== 'silent') release();
    },
    write(to, bytes) {
      if (to.destroyed || state.kind === 'cut') return;
      const waiting = held.get(to);
      if (state.kind === 'silent') held.set(to, [...(waiting ?? []), bytes]);
      else if (state.kind === 'slow') writeLater(to, bytes, state.delayMs);
      else if (lastDue.has(to)) writeLater(to, bytes, 0);
      else to.write(bytes);
    },
    attach(socket) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        held.delete(socket);
        lastDue.delete(socket);
      });
    },
    destroyAll,
  };
}
