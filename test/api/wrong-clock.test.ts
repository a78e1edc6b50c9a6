// An API process whose clock is a day off refuses no good event and no true word for its time, and takes none from the future.
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/lib/clock.ts';
import { SAMPLE_EVENTS } from '../support/sample-events.ts';
import { startTestApi, type TestApi } from './support/start-test-api.ts';

const iso = (offMs: number) => new Date(Date.now() + offMs).toISOString();

describe.each([
  ['behind', -DAY_MS],
  ['ahead', DAY_MS],
])('a clock a day %s', (_, offMs) => {
  let api: TestApi;
  let made = 0;
  beforeAll(async () => {
    api = await startTestApi({ clock: () => Date.now() + offMs });
    await api.call('PUT', '/api/customers/ana', { body: { currency: 'EUR' } });
  }, 60_000);
  afterAll(() => api.stop());

  const feel = (timeMs: number) => {
    made += 1;
    return { ...SAMPLE_EVENTS['ecs.emotions.v1'], id: `e-${made}`, subject: 'ana', time: iso(timeMs) };
  };
  const send = (body: unknown) => api.call('POST', '/api/events', { body, contentType: 'application/json' });
  const sayWord = (changedAt: string) =>
    api.call('PUT', '/api/customers/ana/consents/emotions', { body: { granted: true, changedAt } });

  test.each([
    ['a moment ago', -MINUTE_MS],
    ['days ago', -6.9 * DAY_MS],
  ])('takes a feeling of %s', async (_name, timeMs) => {
    expect(await send([feel(timeMs)])).toMatchObject({ status: 202, body: { accepted: 1 } });
  });

  test('refuses one from the future, with the rest of its batch', async () => {
    const { status, body } = await send([feel(-MINUTE_MS), feel(HOUR_MS + Math.max(offMs, 0))]);
    expect([status, body.errors.map(({ field }: { field: string }) => field)]).toEqual([400, ['[1].time']]);
  });

  test('takes a word of a minute ago, and refuses one of the future', async () => {
    expect((await sayWord(iso(-MINUTE_MS))).status).toBe(200);
    expect((await sayWord(iso(HOUR_MS + Math.max(offMs, 0)))).status).toBe(400);
  });
});
