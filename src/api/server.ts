// Lets the API live: a start that names its port, and an end that lets running requests finish.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Express } from 'express';
import { createAuthenticator } from '../access/index.ts';
import { EcsError } from '../lib/errors.ts';
import type { ApiDeps } from './api-deps.ts';
import { listenAhead } from './listen-ahead.ts';
import { createRoads, makeApp } from './make-app.ts';
import { API_ROUTES } from './routes/index.ts';
import type { ServeContext } from './serve-context.ts';
import { createStreamGate } from './stream-gate.ts';

export interface Api {
  readonly app: Express;
  /** Throws ECS_PORT_TAKEN. Port 0 takes a free one. */
  listen(where: {
    readonly host: string;
    readonly port: number;
  }): Promise<{ readonly host: string; readonly port: number }>;
  /** Takes no new connections, ends streams, lets running requests finish within ten seconds, then cuts. */
  close(): Promise<void>;
}

const CLOSE_WITHIN_MS = 10_000;
const STREAM_LIMITS = { total: 500, perCustomerKey: 8 } as const;
const HTTP_OPTIONS = {
  requestTimeout: 30_000,
  headersTimeout: 15_000,
  keepAliveTimeout: 10_000,
  maxHeaderSize: 16 * 1024,
} as const;

export function createApi(deps: ApiDeps): Api {
  const streams = createStreamGate(STREAM_LIMITS);
  let loopback = false;
  let closing = false;
  const context: ServeContext = {
    deps,
    authenticate: createAuthenticator(deps.pool),
    isLocal: (req) => loopback && !cameThroughProxy(req),
    isClosing: () => closing,
    streams,
  };
  const roads = createRoads(context, API_ROUTES);
  const app = makeApp(context, API_ROUTES, roads);
  const server = createServer(HTTP_OPTIONS, listenAhead(API_ROUTES, roads, app, deps.log));
  return {
    app,
    listen: async (where) => {
      const { address, port } = await listenOn(server, where.host, where.port);
      loopback = isLoopback(address);
      return { host: address, port };
    },
    close: async () => {
      closing = true;
      streams.close();
      await closeServer(server);
    },
  };
}

// On loopback a proxy of the same machine may stand in front; then "local" says nothing about who asks.
function cameThroughProxy(req: IncomingMessage): boolean {
  return ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'].some((header) => req.headers[header] !== undefined);
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

async function listenOn(server: Server, host: string, port: number): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(toListenError(error, host, port));
    server.once('error', refuse);
    server.listen({ host, port }, () => {
      server.off('error', refuse);
      resolve();
    });
  });
  // A TCP server that listens has an address of this form.
  return server.address() as AddressInfo;
}

function toListenError(error: NodeJS.ErrnoException, host: string, port: number): unknown {
  if (error.code === 'EADDRINUSE') {
    return new EcsError('ECS_PORT_TAKEN', `Port ${port} on ${host} is taken. Set PORT to another one.`, {
      cause: error,
      facts: { port },
    });
  }
  if (error.code !== 'EACCES' && error.code !== 'EADDRNOTAVAIL' && error.code !== 'ENOTFOUND') return error;
  return new EcsError('ECS_CONFIG_INVALID', `Cannot listen on ${host}:${port} (${error.code}). Check HOST and PORT.`, {
    cause: error,
  });
}

async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  let closed = false;
  const done = new Promise<void>((resolve) => {
    server.close(() => {
      closed = true;
      resolve();
    });
  });
  const deadline = Date.now() + CLOSE_WITHIN_MS;
  while (!closed && Date.now() < deadline) {
    // A connection becomes idle when its request is over; keeping it alive would keep us alive.
    server.closeIdleConnections();
    await Promise.race([done, sleep(50)]);
  }
  server.closeAllConnections();
  await done;
}
