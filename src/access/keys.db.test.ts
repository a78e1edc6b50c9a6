// API keys against a real database: nothing secret at rest, rotation overlaps, revocation works at once, one first key.

import { createTestDatabase, type TestDatabase } from '../../test/support/database.ts';
import { inTransaction } from '../db/index.ts';
import { DAY_MS, HOUR_MS } from '../lib/clock.ts';
import {
  type Authenticate,
  createAuthenticator,
  createKey,
  ensureFirstKey,
  getKey,
  listKeys,
  revokeKey,
  rotateKey,
} from './index.ts';

const NOW = Date.UTC(2026, 10, 22);
let database: TestDatabase;
let authenticate: Authenticate;

beforeAll(async () => {
  database = await createTestDatabase();
  authenticate = createAuthenticator(database.pool);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('delete from api_keys'));

const reader = { name: 'reader', scopes: ['customers:read'] } as const;

test('a key authenticates as what it was made for', async () => {
  const { pool } = database;
  const { key, token } = await createKey(pool, { ...reader, customerId: 'cust-1' }, NOW);
  expect(await authenticate(token, NOW)).toEqual({
    keyId: key.keyId,
    name: 'reader',
    scopes: ['customers:read'],
    customerId: 'cust-1',
  });
});

test('no token and no secret part of one is stored anywhere', async () => {
  const { pool } = database;
  const { token } = await createKey(pool, reader, NOW);
  const { rows } = await pool.query<{ row: string }>('select api_keys::text as row from api_keys');
  const secret = token.split('_').slice(2).join('_');
  expect(rows[0]?.row).not.toContain(secret);
  expect(JSON.stringify(await listKeys(pool, NOW))).not.toContain(secret);
});

test('a wrong secret, an unknown id, and noise are nobody', async () => {
  const { pool } = database;
  const { token } = await createKey(pool, reader, NOW);
  const last = token.endsWith('A') ? 'B' : 'A';
  for (const wrong of [
    token.slice(0, -1) + last,
    token.replace(/_[0-9a-f]{16}_/, '_0000000000000000_'),
    'x'.repeat(40),
    '',
  ]) {
    expect(await authenticate(wrong, NOW)).toBeNull();
  }
});

test('a revoked key is nobody from that moment, and revoking again keeps the first time', async () => {
  const { pool } = database;
  const { key, token } = await createKey(pool, reader, NOW);
  expect((await revokeKey(pool, key.keyId, NOW))?.state).toBe('revoked');
  expect(await authenticate(token, NOW)).toBeNull();
  expect((await revokeKey(pool, key.keyId, NOW + DAY_MS))?.revokedAt).toBe(new Date(NOW).toISOString());
  expect(await revokeKey(pool, '0000000000000000', NOW)).toBeNull();
});

test('an expired key is nobody, to the millisecond', async () => {
  const { pool } = database;
  const { token } = await createKey(pool, { ...reader, expiresAtMs: NOW + 1_000 }, NOW);
  expect(await authenticate(token, NOW + 999)).not.toBeNull();
  expect(await authenticate(token, NOW + 1_000)).toBeNull();
});

test('rotation: both work during the overlap, only the successor after it', async () => {
  const { pool } = database;
  const old = await createKey(pool, { ...reader, customerId: 'cust-1' }, NOW);
  const rotated = await inTransaction(pool, (tx) => rotateKey(tx, { keyId: old.key.keyId, overlapMs: HOUR_MS }, NOW));
  expect(rotated?.key).toMatchObject({
    name: 'reader',
    scopes: ['customers:read'],
    customerId: 'cust-1',
    state: 'live',
  });
  expect(await authenticate(old.token, NOW + HOUR_MS - 1)).not.toBeNull();
  expect(await authenticate(old.token, NOW + HOUR_MS)).toBeNull();
  expect(await authenticate(rotated?.token ?? '', NOW + DAY_MS)).not.toBeNull();
  expect(await getKey(pool, old.key.keyId, NOW)).toMatchObject({ state: 'rotated', rotatedTo: rotated?.key.keyId });
});

test('only a live key rotates; the successor of a key with an end lives as long', async () => {
  const { pool } = database;
  const old = await createKey(pool, { ...reader, expiresAtMs: NOW + 90 * DAY_MS }, NOW);
  const rotate = (keyId: string, nowMs: number) =>
    inTransaction(pool, (tx) => rotateKey(tx, { keyId, overlapMs: 0 }, nowMs));
  const next = await rotate(old.key.keyId, NOW + DAY_MS);
  expect(next?.key.expiresAt).toBe(new Date(NOW + 91 * DAY_MS).toISOString());
  await expect(rotate(old.key.keyId, NOW + DAY_MS)).rejects.toMatchObject({ code: 'ECS_CONFLICT' });
  expect(await rotate('0000000000000000', NOW)).toBeNull();
});

test('two rotations at once: one successor', async () => {
  const { pool } = database;
  const old = await createKey(pool, reader, NOW);
  const rotate = () => inTransaction(pool, (tx) => rotateKey(tx, { keyId: old.key.keyId, overlapMs: HOUR_MS }, NOW));
  const outcomes = await Promise.allSettled([rotate(), rotate(), rotate()]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await listKeys(pool, NOW)).toHaveLength(2);
});

test.each([
  [{ name: 'x', scopes: [] as never[] }, /at least one scope/],
  [{ name: 'x', scopes: ['admin'] as const, customerId: 'cust-1' }, /cannot hold admin/],
  [
    { name: 'x', scopes: ['customers:read', 'limits:write'] as const, customerId: 'cust-1' },
    /cannot hold limits:write/,
  ],
])('unfit scopes are refused: %j', async (wanted, message) => {
  await expect(createKey(database.pool, wanted, NOW)).rejects.toMatchObject({
    code: 'ECS_REQUEST_INVALID',
    message: expect.stringMatching(message),
  });
});

test('the first key is made once, however many start at once, and its token is shown to one', async () => {
  const { pool } = database;
  const firsts = await Promise.all(Array.from({ length: 5 }, () => ensureFirstKey(pool, { nowMs: NOW })));
  const created = firsts.filter((first) => first.outcome === 'created');
  expect(created).toHaveLength(1);
  const token = created[0]?.outcome === 'created' ? created[0].token : null;
  expect((await authenticate(token ?? '', NOW))?.scopes).toEqual(['admin']);
  expect(await ensureFirstKey(pool, { nowMs: NOW })).toEqual({ outcome: 'present', adminKeyKnown: true });
});

test("an operator's own first key works as it is, is not shown, and a later other one is not added", async () => {
  const { pool } = database;
  const adminKey = 'd0a1b2c3d4e5f60718293a4b5c6d7e8f';
  expect(await ensureFirstKey(pool, { adminKey, nowMs: NOW })).toMatchObject({ outcome: 'created', token: null });
  expect((await authenticate(adminKey, NOW))?.scopes).toEqual(['admin']);
  expect(await ensureFirstKey(pool, { adminKey, nowMs: NOW })).toEqual({ outcome: 'present', adminKeyKnown: true });
  const other = 'ffffeeeeddddcccc0123456789abcdef-other';
  expect(await ensureFirstKey(pool, { adminKey: other, nowMs: NOW })).toEqual({
    outcome: 'present',
    adminKeyKnown: false,
  });
  expect(await authenticate(other, NOW)).toBeNull();
});

test.each([['short'], ['a'.repeat(64)], ['secret with spaces '.repeat(3)]])(
  'a weak ECS_ADMIN_KEY is refused: %j',
  async (adminKey) => {
    await expect(ensureFirstKey(database.pool, { adminKey, nowMs: NOW })).rejects.toMatchObject({
      code: 'ECS_CONFIG_INVALID',
    });
    expect(await listKeys(database.pool, NOW)).toEqual([]);
  },
);
