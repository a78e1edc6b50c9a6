// The receiver in docs/webhooks.md, run as it stands there: it accepts what the relay sends and nothing else.
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Webhook } from 'standardwebhooks';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { eventually } from '../../test/support/eventually.ts';
import { appendEvents, clearOutbox, insertCustomers, loadStoredDeliveries } from '../../test/support/outbox.ts';
import { makeId } from '../lib/ids.ts';
import { createLog } from '../lib/log.ts';
import { createRelay } from './outbox-relay.ts';
import { STANDARD_RETRY_POLICY } from './retry-policy.ts';
import { createWebhook, makeWebhookSecret, rotateWebhookSecret, type WebhookWithSecret } from './save-webhook.ts';
import { createWebhookSender } from './webhook-sender.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
let docs: string;
let database: TestDatabase;
let receiver: ChildProcess | undefined;

beforeAll(async () => {
  docs = await readFile(`${ROOT}docs/webhooks.md`, 'utf8');
  database = await createTestDatabase();
});
beforeEach(() => insertCustomers(database.pool, ['a', 'b']));
afterEach(async () => {
  await stopReceiver();
  await clearOutbox(database.pool);
});
afterAll(() => database.drop());

/** Starts the documented program; gives its port and the lines it prints. */
async function startReceiver(secret: string, port = 0): Promise<{ port: number; lines: string[] }> {
  const [, program = ''] = /```js\n([\s\S]*?)```/.exec(docs) ?? [];
  const child = spawn(process.execPath, ['--input-type=module'], {
    cwd: ROOT,
    env: { WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  receiver = child;
  child.stdin.end(program);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  await eventually(() => expect(lines[0]).toMatch(/^listening on \d+$/));
  return { port: Number(lines[0]?.split(' ').at(-1)), lines };
}

/** Waits for its end: the next one may need its port. */
async function stopReceiver(): Promise<void> {
  const child = receiver;
  if (child === undefined) return;
  receiver = undefined;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

async function register(port: number): Promise<WebhookWithSecret> {
  return createWebhook(
    database.pool,
    { webhookId: randomUUID(), url: `http://127.0.0.1:${port}/`, eventTypes: ['decision.created'], createdBy: 'test' },
    Date.now(),
    { allowPrivateTargets: true },
  );
}

async function deliver(): Promise<number> {
  const webhook = createWebhookSender({ allowPrivateTargets: true, clock: Date.now });
  const relay = createRelay({
    pool: database.pool,
    publishers: { webhook },
    clock: Date.now,
    random: Math.random,
    makeId,
    log: createLog('silent'),
  });
  try {
    return await relay.drainOnce();
  } finally {
    await relay.stop();
    await webhook.stop();
  }
}

test('the documented receiver takes what the relay sends, before, during and after a rotation', async () => {
  // Its port must be known before its secret is.
  const { port } = await startReceiver(makeWebhookSecret());
  await stopReceiver();
  const { webhook, secret } = await register(port);
  let running = await startReceiver(secret, port);
  await appendEvents(database.pool, ['a', 'b', 'a']);
  expect(await deliver()).toBe(3);
  expect([...running.lines.slice(1)].sort()).toEqual([
    'decision.created a 1',
    'decision.created a 2',
    'decision.created b 1',
  ]);

  const rotated = await rotateWebhookSecret(database.pool, webhook.webhookId, Date.now());
  await appendEvents(database.pool, ['b']);
  expect(await deliver()).toBe(1);
  await stopReceiver();
  running = await startReceiver(rotated?.secret ?? '', port);
  await appendEvents(database.pool, ['b']);
  expect(await deliver()).toBe(1);

  await database.pool.query(`update webhooks set previous_secret_until = now() - interval '1 s'`);
  await stopReceiver();
  await startReceiver(secret, port);
  await appendEvents(database.pool, ['a']);
  expect(await deliver()).toBe(0);
  const refused = (await loadStoredDeliveries(database.pool)).filter((row) => row.state !== 'delivered');
  expect(refused).toMatchObject([{ customerId: 'a', sequence: 3, lastError: 'the receiver answered 400' }]);
}, 60_000);

test('the documented receiver refuses what is forged, damaged or stale, and uses a repeated event once', async () => {
  const secret = makeWebhookSecret();
  const { port, lines } = await startReceiver(secret);
  const body = JSON.stringify({ id: 'event-1', type: 'decision.created', subject: 'a', sequence: '1' });

  async function post(change: { by?: string; at?: Date; id?: string; body?: string; without?: string } = {}) {
    const { by = secret, at = new Date(), id = 'event-1' } = change;
    const headers: Record<string, string> = {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(by).sign('event-1', at, body),
    };
    if (change.without !== undefined) delete headers[change.without];
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', headers, body: change.body ?? body });
    return response.status;
  }

  const minutes = (count: number) => new Date(Date.now() + count * 60_000);
  expect(await post({ by: makeWebhookSecret() })).toBe(400);
  expect(await post({ body: body.replace('"a"', '"b"') })).toBe(400);
  expect(await post({ id: 'event-2' })).toBe(400);
  expect(await post({ at: minutes(-6) })).toBe(400);
  expect(await post({ at: minutes(6) })).toBe(400);
  expect(await post({ without: 'webhook-signature' })).toBe(400);
  expect(lines).toHaveLength(1);
  expect(await post()).toBe(200);
  expect(await post({ at: minutes(-4) })).toBe(200);
  await eventually(() => expect(lines.slice(1)).toEqual(['decision.created a 1']));
  // It hangs up on what is too large; the answer may or may not get through.
  expect(await post({ body: 'x'.repeat(1_100_000) }).catch(() => 400)).toBe(400);
}, 60_000);

test('the documented schedule is the one that is used', () => {
  const units = { s: 1_000, min: 60_000, h: 3_600_000 } as const;
  const [, list = ''] = /Tries again after about ([^.]*)\./.exec(docs) ?? [];
  const delaysMs = list.split(', ').map((text) => {
    const [count, unit] = text.split(' ');
    return Number(count) * units[unit as keyof typeof units];
  });
  expect(delaysMs).toEqual(STANDARD_RETRY_POLICY.delaysMs);
});
