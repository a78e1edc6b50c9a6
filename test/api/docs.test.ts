// The readable API pages: from our own origin only, without inline code, under a strict content policy.
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestApi, type TestApi } from './support/start-test-api.ts';

const docsDir = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ docsDir });
}, 60_000);
afterAll(() => api.stop());

const load = (path: string) => api.call('GET', path, { token: null });

test('/docs and everything it names is served here, with the right types', async () => {
  for (const path of ['/docs', '/docs/']) {
    const page = await load(path);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const named = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)]
      .map((match) => match[1] ?? '')
      .filter((url) => url !== 'data:,');
    expect(named).toEqual(
      expect.arrayContaining(['/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js', '/docs/start.js', '/openapi.json']),
    );
    for (const url of named) expect([url, (await load(url)).status]).toEqual([url, 200]);
    // No inline script, style or handler: the policy would block it anyway.
    expect(page.text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|style=/);
  }
  expect((await load('/docs/start.js')).headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect((await load('/docs/swagger-ui-bundle.js')).headers.get('content-type')).toMatch(/javascript/);
  expect((await load('/docs/start.js')).text).toContain('/openapi.json');
});

test('the policy allows our own origin and nothing inline', async () => {
  const policy = (await load('/docs')).headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self'");
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});

test.each([
  ['/docs/nothing.js'],
  ['/docs/package.json'],
  ['/docs/..%2fpackage.json'],
  ['/docs/%2e%2e/package.json'],
  ['/docs/index.html'],
])('nothing else is served: %s', async (path) => {
  expect((await load(path)).status).toBe(404);
});

test('where the pages were never built, their files are absent and the rest works', async () => {
  const unbuilt = await startTestApi();
  try {
    expect((await unbuilt.call('GET', '/docs/swagger-ui.css')).status).toBe(404);
    expect((await unbuilt.call('GET', '/docs')).status).toBe(200);
  } finally {
    await unbuilt.stop();
  }
});

test('/openapi.json is the committed document', async () => {
  const committed = await readFile(new URL('../../openapi.json', import.meta.url), 'utf8');
  expect((await load('/openapi.json')).body).toEqual(JSON.parse(committed));
});

test('the bare address leads to the page', async () => {
  const response = await fetch(`${api.base}/`, { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([302, '/docs']);
});
