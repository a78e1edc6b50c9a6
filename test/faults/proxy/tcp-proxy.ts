// A plain TCP proxy on a line that can fail: between a process and the broker, whose protocol needs no understanding here.
import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { createLine, type Line } from './line.ts';

export interface TcpProxy {
  readonly port: number;
  readonly line: Line;
  stop(): Promise<void>;
}

export async function startTcpProxy(targetPort: () => number): Promise<TcpProxy> {
  const line = createLine();
  const server = createServer((client) => {
    line.attach(client);
    if (line.isCut()) {
      client.destroy();
      return;
    }
    const upstream = connect(targetPort(), '127.0.0.1');
    line.attach(upstream);
    client.on('data', (chunk) => line.write(upstream, chunk));
    upstream.on('data', (chunk) => line.write(client, chunk));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  const port = await listen(server);
  return { port, line, stop: () => stopServer(server, line) };
}

export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}

export async function stopServer(server: Server, line: Line): Promise<void> {
  line.destroyAll();
  const closed = once(server, 'close');
  server.close();
  await closed;
}
