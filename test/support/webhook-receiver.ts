// A real HTTP server that receives webhooks for a test: it records every request and answers as the test says, also
// badly: never, byte by byte, by hanging up, without end, or with a redirect.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** `webhook-id`. */
  readonly id: string;
  readonly customerId: string;
  readonly sequence: number;
}

export type WebhookAnswer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** Never answers. */
  | 'hang'
  /** Reads the request and hangs up. */
  | 'drop'
  /** Sends the status line and then a header one byte at a time, for ever. */
  | 'drip-headers'
  /** Answers 200 at once and then a body that never ends. */
  | 'endless-body';

export interface WebhookReceiver {
  readonly url: string;
  readonly port: number;
  /** In the order in which they arrived. */
  readonly received: ReceivedWebhook[];
  /** What to answer from now on; asked once for each request. */
  answerWith(answer: WebhookAnswer | ((request: ReceivedWebhook) => WebhookAnswer)): void;
  /** Connections that are open at this moment. */
  openSockets(): number;
  close(): Promise<void>;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  const timers = new Set<NodeJS.Timeout>();
  let decide: (request: ReceivedWebhook) => WebhookAnswer = () => ({ status: 204 });

  const server = createServer(async (request, response) => {
    const webhook = await readWebhook(request);
    received.push(webhook);
    respond(response, decide(webhook), timers);
  });
  let open = 0;
  server.on('connection', (socket) => {
    open++;
    socket.on('close', () => open--);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    received,
    answerWith(answer) {
      decide = typeof answer === 'function' ? answer : () => answer;
    },
    openSockets: () => open,
    async close() {
      for (const timer of timers) clearInterval(timer);
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

async function readWebhook(request: IncomingMessage): Promise<ReceivedWebhook> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const event = JSON.parse(body) as { subject: string; sequence: string };
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, `${value}`]));
  return {
    path: request.url ?? '',
    headers,
    body,
    id: headers['webhook-id'] ?? '',
    customerId: event.subject,
    sequence: Number(event.sequence),
  };
}

function respond(response: ServerResponse, answer: WebhookAnswer, timers: Set<NodeJS.Timeout>): void {
  if (typeof answer === 'object') {
    response.writeHead(answer.status, answer.headers ?? {}).end(answer.body ?? '');
  } else if (answer === 'drop') {
    response.socket?.destroy();
  } else if (answer === 'drip-headers') {
    response.socket?.write('HTTP/1.1 200 OK\r\nx-slow: ');
    keepWriting(response, timers, () => response.socket?.write('a'), 20);
  } else if (answer === 'endless-body') {
    response.writeHead(200);
    keepWriting(response, timers, () => response.write(Buffer.alloc(64 * 1024, 'a')), 5);
  }
}

function keepWriting(
  response: ServerResponse,
  timers: Set<NodeJS.Timeout>,
  write: () => unknown,
  everyMs: number,
): void {
  const timer = setInterval(write, everyMs);
  timers.add(timer);
  response.on('close', () => clearInterval(timer));
}
