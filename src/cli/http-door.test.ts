import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttpDoor } from './http-door.ts';
import { createEventBuilder } from './simulate/simulated-event.ts';

let server: Server;
let answers: number[];
let bodies: string[];
let headers: IncomingMessage['headers'][];

beforeEach(async () => {
  answers = [];
  bodies = [];
  headers = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      bodies.push(Buffer.concat(chunks).toString());
      headers.push(request.headers);
      response.writeHead(answers.shift() ?? 202).end('{"title":"no"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const open = () => createHttpDoor({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: 'ecs_k' });

function events(count: number, padding = '') {
  const build = createEventBuilder('urn:test');
  return Array.from({ length: count }, (_, index) => build('ecs.thoughts.v1', `c${index}`, 0, { text: padding }));
}

test('sends everything once, in the batches the API takes', async () => {
  await open().send(events(6_000));
  expect(bodies.map((body) => JSON.parse(body).length)).toEqual([2_500, 2_500, 1_000]);
  expect(new Set(bodies.flatMap((body) => JSON.parse(body).map(({ id }: { id: string }) => id))).size).toBe(6_000);
  expect(headers[0]).toMatchObject({
    authorization: 'Bearer ecs_k',
    'content-type': 'application/cloudevents-batch+json',
  });
});

test('long events make smaller batches', async () => {
  await open().send(events(40, 'x'.repeat(50_000)));
  for (const body of bodies) expect(Buffer.byteLength(body)).toBeLessThanOrEqual(600 * 1024);
  expect(bodies.flatMap((body) => JSON.parse(body))).toHaveLength(40);
});

test('a busy ECS gets the same events again', async () => {
  answers = [503, 429];
  await open().send(events(2));
  expect(bodies).toHaveLength(3);
  expect(new Set(bodies).size).toBe(1);
});

test('a refusal is told and not repeated', async () => {
  answers = [401];
  await expect(open().send(events(1))).rejects.toThrow(/answered 401: .*no/);
  expect(bodies).toHaveLength(1);
});
