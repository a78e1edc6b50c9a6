// What serving a request needs beside the rooms: where the server listens, whether it is closing, how it checks itself.
import type { IncomingMessage } from 'node:http';
import type { Authenticate } from '../access/index.ts';
import type { ApiDeps } from './api-deps.ts';
import type { StreamGate } from './stream-gate.ts';

export interface ServeContext {
  readonly deps: ApiDeps;
  readonly authenticate: Authenticate;
  /** Did the request come straight from this machine to a server that only this machine can reach? */
  readonly isLocal: (req: IncomingMessage) => boolean;
  readonly isClosing: () => boolean;
  readonly streams: StreamGate;
}
