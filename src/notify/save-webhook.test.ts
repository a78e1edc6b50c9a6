import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { appendEvents, clearOutbox, insertCustomers, loadStoredDeliveries } from '../../test/support/outbox.ts';
import { inTransaction } from '../db/index.ts';
import type { OutgoingType } from '../events/outgoing-event.ts';
import { DAY_MS } from '../lib/clock.ts';
import { webhookDestination } from './delivery.ts';
import { listDeliveries } from './load-deliveries.ts';
import { getWebhook, listWebhooks, loadWebhookTarget } from './load-webhooks.ts';
import { redeliver } from './save-redelivery.ts';
import {
  createWebhook,
  deleteWebhook,
  disableWebhook,
  enableWebhook,
  rotateWebhookSecret,
  WEBHOOKS_MAX,
} from './save-webhook.ts';

const NOW_MS = Date.parse('2026-11-22T09:30:00Z');
const STRICT = { allowPrivateTargets: false };
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(() => clearOutbox(database.pool));
afterAll(() => database.drop());

function create(eventTypes: OutgoingType[] = ['decision.created'], url = 'https://example.com/hook') {
  return createWebhook(database.pool, { webhookId: randomUUID(), url, eventTypes, createdBy: 'key_1' }, NOW_MS, STRICT);
}

describe('createWebhook', () => {
  it('tells the secret once and lists it never', async () => {
    const { webhook, secret } = await create(['decision.created', 'credit_limit.adjusted', 'decision.created']);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhook).toEqual({
      webhookId: webhook.webhookId,
      url: 'https://example.com/hook',
      eventTypes: ['decision.created', 'credit_limit.adjusted'],
      state: 'enabled',
      previousSecretUntil: null,
      createdAt: '2026-11-22T09:30:00.000Z',
      createdBy: 'key_1',
    });
    expect(await listWebhooks(database.pool)).toEqual([webhook]);
    expect(await getWebhook(database.pool, webhook.webhookId)).toEqual(webhook);
    expect((await create()).secret).not.toBe(secret);
  });

  it.each<[OutgoingType[], string, string]>([
    [['decision.created'], 'http://10.0.0.1/', 'url'],
    [['decision.created'], 'nonsense', 'url'],
    [[], 'https://example.com/', 'eventTypes'],
  ])('refuses %j at %s', async (types, url, field) => {
    await expect(create(types, url)).rejects.toMatchObject({ code: 'ECS_REQUEST_INVALID', facts: { field } });
    expect(await listWebhooks(database.pool)).toEqual([]);
  });

  it('refuses one too many', async () => {
    const made = await Promise.all(Array.from({ length: WEBHOOKS_MAX }, () => create()));
    await expect(create()).rejects.toMatchObject({ code: 'ECS_CONFLICT' });
    await inTransaction(database.pool, (tx) => deleteWebhook(tx, made[0]!.webhook.webhookId));
    await create();
  });
});

describe('rotateWebhookSecret', () => {
  it('lets the old secret sign on for a day', async () => {
    const { webhook, secret } = await create();
    const rotated = await rotateWebhookSecret(database.pool, webhook.webhookId, NOW_MS);
    expect(rotated?.secret).not.toBe(secret);
    expect(rotated?.webhook.previousSecretUntil).toBe('2026-11-23T09:30:00.000Z');
    expect(await loadWebhookTarget(database.pool, webhook.webhookId)).toEqual({
      url: webhook.url,
      secret: rotated?.secret,
      previousSecret: secret,
      previousSecretUntilMs: NOW_MS + DAY_MS,
    });
  });

  it('knows no unknown webhook', async () => {
    expect(await rotateWebhookSecret(database.pool, randomUUID(), NOW_MS)).toBeNull();
  });
});

describe('a webhook in the outbox', () => {
  beforeEach(() => insertCustomers(database.pool, ['a']));

  it('gets the types it asked for from its registration on, in any number of webhooks', async () => {
    await appendEvents(database.pool, ['a']);
    const decisions = (await create(['decision.created'])).webhook.webhookId;
    const limits = (await create(['credit_limit.adjusted'])).webhook.webhookId;
    await appendEvents(database.pool, ['a'], { type: 'decision.created' });
    await appendEvents(database.pool, ['a'], { type: 'credit_limit.adjusted' });
    const stored = await loadStoredDeliveries(database.pool);
    expect(stored.map((row) => [row.destination, row.sequence])).toEqual(
      [
        [webhookDestination(decisions), 2],
        [webhookDestination(limits), 3],
      ].sort(),
    );
  });

  it('can be switched off and on: what was pending is dead, listed, and can be redelivered only while it is on', async () => {
    const id = (await create()).webhook.webhookId;
    const destination = webhookDestination(id);
    await appendEvents(database.pool, ['a', 'a']);
    const disabled = await inTransaction(database.pool, (tx) =>
      disableWebhook(tx, id, 'the receiver answered 410 Gone'),
    );
    expect(disabled?.state).toBe('disabled');
    expect(await loadWebhookTarget(database.pool, id)).toBeNull();
    await appendEvents(database.pool, ['a']);
    const dead = await listDeliveries(database.pool, destination, { state: 'dead', limit: 10 });
    expect(dead.map((row) => [row.sequence, row.lastError, row.nextAttemptAt])).toEqual([
      [1, 'the receiver answered 410 Gone', null],
      [2, 'the receiver answered 410 Gone', null],
    ]);
    expect(await redeliver(database.pool, destination)).toBe(0);
    expect((await enableWebhook(database.pool, id))?.state).toBe('enabled');
    expect(await redeliver(database.pool, destination, { customerId: 'a', sequence: 2 })).toBe(1);
    expect(await redeliver(database.pool, destination, { customerId: 'b' })).toBe(0);
    expect(await redeliver(database.pool, destination)).toBe(1);
    expect(await redeliver(database.pool, destination)).toBe(0);
    const pending = await listDeliveries(database.pool, destination, { state: 'pending', limit: 10 });
    expect(pending.map((row) => [row.sequence, row.attempts])).toEqual([
      [1, 0],
      [2, 0],
    ]);
  });

  it('keeps its deliveries and loses its secrets when it is deleted, for good', async () => {
    const id = (await create()).webhook.webhookId;
    await rotateWebhookSecret(database.pool, id, NOW_MS);
    await appendEvents(database.pool, ['a']);
    expect((await inTransaction(database.pool, (tx) => deleteWebhook(tx, id)))?.state).toBe('deleted');
    expect(await listWebhooks(database.pool)).toEqual([]);
    expect(await getWebhook(database.pool, id)).toMatchObject({ state: 'deleted', previousSecretUntil: null });
    const { rows } = await database.pool.query('select secret, previous_secret from webhooks');
    expect(rows).toEqual([{ secret: '', previous_secret: null }]);
    const [delivery] = await listDeliveries(database.pool, webhookDestination(id), { state: 'dead', limit: 10 });
    expect(delivery).toMatchObject({ lastError: 'the webhook was deleted' });
    expect(await redeliver(database.pool, webhookDestination(id))).toBe(0);
    expect(await enableWebhook(database.pool, id)).toBeNull();
    expect(await rotateWebhookSecret(database.pool, id, NOW_MS)).toBeNull();
    expect(await inTransaction(database.pool, (tx) => deleteWebhook(tx, id))).toBeNull();
  });

  it('lists deliveries page by page', async () => {
    await insertCustomers(database.pool, ['b']);
    const destination = webhookDestination((await create()).webhook.webhookId);
    await appendEvents(database.pool, ['b', 'a', 'a', 'b', 'a']);
    const pages: string[] = [];
    let after: { customerId: string; sequence: number } | undefined;
    for (;;) {
      const page = await listDeliveries(database.pool, destination, { state: 'pending', limit: 2, after });
      if (page.length === 0) break;
      pages.push(page.map((row) => `${row.customerId}${row.sequence}`).join(' '));
      after = page.at(-1);
    }
    expect(pages).toEqual(['a1 a2', 'a3 b1', 'b2']);
  });
});
