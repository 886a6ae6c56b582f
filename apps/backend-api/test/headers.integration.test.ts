import { httpUrl } from '@thumbnail-api/config';
import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

const origin = 'https://app.example';
let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({ config: { corsOrigins: [origin] } });
});
afterAll(() => api.close());

const from = (sender: string, path = '/', method = 'GET') => api.request(path, { method, headers: { origin: sender } });
const allowed = (response: Response) => response.headers.get('access-control-allow-origin');

test('pages of a configured origin may read responses, including problems; other pages may not', async () => {
  expect(allowed(await from(origin))).toBe(origin);
  expect(allowed(await from(origin, '/nowhere'))).toBe(origin);
  expect(allowed(await from('https://evil.example'))).toBeNull();
  expect(allowed(await from('https://app.example.evil.example'))).toBeNull();
  expect((await from(origin)).headers.get('vary')).toContain('Origin');
  expect((await from(origin)).headers.get('access-control-expose-headers')).toContain('Location');
  expect((await from(origin)).headers.get('access-control-allow-credentials')).toBeNull();
});

test('answers a preflight request', async () => {
  const headers = { origin, 'access-control-request-method': 'DELETE', 'access-control-request-headers': 'prefer' };
  const response = await api.request('/jobs', { method: 'OPTIONS', headers });
  expect([response.status, allowed(response)]).toEqual([204, origin]);
  expect(response.headers.get('access-control-allow-methods')).toContain('DELETE');
  expect(response.headers.get('access-control-allow-headers')).toContain('prefer');
});

test('without configured origins, no page of another origin may read responses', async () => {
  const closed = await openTestApi();
  expect(allowed(await closed.request('/', { headers: { origin } }))).toBeNull();
  expect((await closed.request('/', { method: 'OPTIONS', headers: { origin } })).status).toBe(405);
  await closed.close();
});

test('every response has a restrictive content security policy, and the documentation still works', async () => {
  const policy = async (path: string) => (await api.request(path)).headers.get('content-security-policy');
  expect(await policy('/')).toContain("default-src 'none'");
  expect(await policy('/nowhere')).toContain("default-src 'none'");
  expect(await policy('/problems/not_found')).toContain("default-src 'none'");
  expect(await policy('/swagger')).toContain("script-src 'self'");
  const page = await api.request('/swagger');
  expect(page.headers.get('x-frame-options')).toBe('DENY');
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
});

test('a job that succeeded has a Server-Timing header', async () => {
  const { id } = jobSchema.parse(await (await api.post(await drawQuarters(10, 10))).json());
  expect((await api.request(`/jobs/${id}`)).headers.get('server-timing')).toBeNull();
  await endJob(api.deps, id);
  const timing = (await api.request(`/jobs/${id}`)).headers.get('server-timing');
  expect(timing).toBe('queued;dur=1, fetch;dur=2, render;dur=3, store;dur=4');
});

test.each(['https://a.example', 'https://a.example/', 'https://a.example/base/'])(
  'with the public URL %s, no link has a double slash',
  async (publicUrl) => {
    const links = {
      publicUrl: httpUrl().parse(publicUrl),
      trustProxyHops: 0,
      trustProxyHeader: 'x-forwarded' as const,
    };
    const named = await openTestApi({ config: { links } });
    const { servers } = (await (await named.request('/docs')).json()) as { servers: { url: string }[] };
    expect(servers).toEqual([{ url: publicUrl.replace(/\/$/, '') }]);
    const { actions } = (await (await named.request('/')).json()) as { actions: { href: string }[] };
    for (const { href } of actions) expect(new URL(href).pathname).not.toContain('//');
    await named.close();
  },
);

test('the type of a problem links to a page that explains it', async () => {
  const { type } = (await (await api.request('/nowhere')).json()) as { type: string };
  const page = await api.request(type.replace('http://localhost', ''));
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8']);
  expect((await api.request('/problems/__proto__')).status).toBe(404);
});
