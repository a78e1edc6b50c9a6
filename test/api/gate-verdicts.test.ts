// The evidence gate through the API: listed, read with its evidence, looked at, and opened by a second person only.
import { canonicalJson, sha256 as sha256Of } from '../../src/lib/canonical-json.ts';
import { makeOpenVerdict, registerAgain } from '../support/registered-verdict.ts';
import { startTestApi, type TestApi } from './support/start-test-api.ts';

const VERDICT = makeOpenVerdict(Date.now());
let api: TestApi;
let sha256 = '';
beforeAll(async () => {
  api = await startTestApi();
  sha256 = await registerAgain(api.system.pool, VERDICT, Date.now());
}, 60_000);
afterAll(() => api.stop());

const read = (path = '') => api.call('GET', `/api/gate-verdicts${path}`);

test('a verdict that waits is listed as such, and reads as it was written', async () => {
  expect((await read()).body.items).toMatchObject([
    { verdictSha256: sha256, state: 'open', registeredBy: 'key:somebody', inForceAt: null, approvedBy: null },
  ]);
  expect((await read(`/${sha256}`)).body).toEqual(VERDICT);
});

test('its picture is an SVG that names the state', async () => {
  const { status, headers, text } = await read(`/${sha256}/picture`);
  expect([status, headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
  expect(text).toMatch(/^<svg .*Evidence gate: open/s);
});

test('a second person opens it, once', async () => {
  const token = await api.makeKey({ scopes: ['models:promote'] });
  const approve = () => api.call('POST', `/api/gate-verdicts/${sha256}/approve`, { token });
  expect((await approve()).body).toEqual({ verdictSha256: sha256, state: 'open', inForce: true });
  expect((await approve()).status).toBe(409);
  expect((await read()).body.items[0].inForceAt).not.toBeNull();
});

test('one of an older format is listed, and answered with what to do', async () => {
  const verdictSha256 = await storeOfOlderFormat();
  expect((await read()).body.items).toHaveLength(2);
  for (const path of [`/${verdictSha256}`, `/${verdictSha256}/picture`]) {
    const { status, body } = await read(path);
    expect([status, body.code]).toEqual([409, 'ECS_VERSION_UNKNOWN']);
    expect(body.detail).toMatch(/no longer reads: ask the gate again/);
  }
});

async function storeOfOlderFormat(): Promise<string> {
  const document = canonicalJson({ ...VERDICT, formatVersion: 1 });
  const verdictSha256 = sha256Of(document).toString('hex');
  await api.system.pool.query(
    `insert into gate_verdicts (verdict_sha256, document, registered_at, registered_by, registered_holder)
     values ($1, $2, now(), 'key:somebody', 'key:somebody')`,
    [verdictSha256, document],
  );
  return verdictSha256;
}

test.each([
  ['/nothing', 400],
  [`/${'0'.repeat(64)}`, 404],
  [`/${'0'.repeat(64)}/picture`, 404],
])('%s is answered %d', async (path, status) => {
  expect((await read(path)).status).toBe(status);
});
