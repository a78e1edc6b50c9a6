// A proxy before PostgreSQL that cuts the connection right after a chosen statement went out, so that its answer is lost:
// how a commit comes to be unknown.
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  /** The database, by way of the proxy. */
  readonly connectionString: string;
  /** The next time a client sends this text it reaches the server, and the client is cut off. */
  cutAfter(text: string): void;
  /** The next time a client sends this text it does not reach the server, and the client is cut off. */
  cutBefore(text: string): void;
  /** Cuts every connection and lets no new one through, until `allow`. */
  cutAll(): void;
  allow(): void;
  stop(): Promise<void>;
}

export async function startCuttingProxy(connectionString: string): Promise<CuttingProxy> {
  const target = new URL(connectionString);
  const sockets = new Set<Socket>();
  let wanted: { readonly text: string; readonly deliver: boolean } | undefined;
  let open = true;

  const server = createServer((client) => {
    if (!open) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(target.port || 5432), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    upstream.on('data', (chunk) => client.write(chunk));
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.end());
    client.on('data', (chunk) => {
      const cut = wanted !== undefined && chunk.includes(wanted.text) ? wanted : undefined;
      if (cut?.deliver !== false) upstream.write(chunk);
      if (cut === undefined) return;
      wanted = undefined;
      if (!cut.deliver) {
        client.destroy();
        return;
      }
      // The server has the statement and will carry it out; its answer has nowhere to go.
      upstream.removeAllListeners('data');
      upstream.once('data', () => client.destroy());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(connectionString);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' && address !== null ? address.port : 0);
  return {
    connectionString: url.href,
    cutAfter(text) {
      wanted = { text, deliver: true };
    },
    cutBefore(text) {
      wanted = { text, deliver: false };
    },
    cutAll() {
      open = false;
      for (const socket of sockets) socket.destroy();
    },
    allow() {
      open = true;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
