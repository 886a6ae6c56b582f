import { Secret } from '@thumbnail-api/config';
import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nextExpiry, signQuery } from '../src/access/signed-link.ts';
import { problemSchema } from '../src/http/problem.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';
import { bearer, keyed, makeKeys } from './test-keys.ts';

const former = new Secret('the previous secret, before the last rotation');
const [secret = former] = keyed.linkSecrets;
let api: TestApi;
let keys: Awaited<ReturnType<typeof makeKeys>>;
let ids: string[];
beforeAll(async () => {
  api = await openTestApi({ config: { access: { ...keyed, linkSecrets: [secret, former] } } });
  keys = await makeKeys(api.deps);
  ids = [await createEnded(), await createEnded()];
});
afterAll(() => api.close());

const createEnded = async (options = '') => {
  const body = new Blob([await drawQuarters(10, 10)]);
  const headers = { ...bearer(keys.write), 'content-type': 'image/png' };
  const created = await api.request(`/jobs?${options}`, { method: 'POST', headers, body });
  const { id } = jobSchema.parse(await created.json());
  await endJob(api.deps, id);
  return id;
};
const shareOf = async (id = ids[0], name = 'Share') => {
  const job = jobSchema.parse(await (await api.request(`/jobs/${id}`, { headers: bearer(keys.read) })).json());
  return (job.actions.find((action) => action.name === name)?.href ?? '').replace('http://localhost', '');
};
const codeOf = async (href: string, init?: RequestInit) => {
  const response = await api.request(href, init);
  return [response.status, problemSchema.parse(await response.json()).code];
};

test.each(['Share', 'Share default'])('%s shows the thumbnail without a key, on any site', async (name) => {
  const href = await shareOf(ids[0], name);
  const response = await api.request(href);
  expect([response.status, (await response.arrayBuffer()).byteLength]).toEqual([200, 3]);
  expect(response.headers.get('content-type')).toBe('image/webp');
  expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect(response.headers.get('content-disposition')).toMatch(/^inline/);
  expect((await api.request(href, { method: 'HEAD' })).status).toBe(200);
  const withRevokedKey = await api.request(href, { headers: bearer(keys.revoked) });
  expect([withRevokedKey.status, (await withRevokedKey.arrayBuffer()).byteLength]).toEqual([200, 3]);
  const part = await api.request(href, { headers: { range: 'bytes=1-1' } });
  expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 1]);
});

test('a link shows the thumbnail that it was created for, whatever Accept prefers', async () => {
  const two = encodeURIComponent('[{"name":"a","width":8},{"name":"b","width":8,"format":"jpeg"}]');
  const id = await createEnded(`thumbnails=${two}`);
  const response = await api.request(await shareOf(id), { headers: { accept: 'image/jpeg' } });
  expect([response.headers.get('content-type'), (await response.arrayBuffer()).byteLength]).toEqual(['image/webp', 3]);
});

test('an altered link is forbidden, with and without a key', async () => {
  const href = await shareOf();
  const withParameter = (name: string, value: string) => {
    const url = new URL(href, 'http://localhost');
    url.searchParams.set(name, value);
    return `${url.pathname}${url.search}`;
  };
  const altered = [
    ...[
      withParameter('expires', '99999999999'),
      withParameter('v', 'other'),
      withParameter('signature', 'x'),
      withParameter('signature', ''),
    ],
    ...[href.replace(/&signature=[^&]+/, ''), href.replace(/v=\w+&/, ''), href.replace(/expires=\d+&/, '')],
    ...[href.replace(`${ids[0]}`, `${ids[1]}`), href.replace('/download', '/thumbnails/default')],
  ];
  for (const link of altered) {
    expect([link, ...(await codeOf(link))]).toEqual([link, 403, 'forbidden']);
    expect(await codeOf(link, { headers: bearer(keys.write) })).toEqual([403, 'forbidden']);
  }
});

test('an expired link is forbidden', async () => {
  const path = `/jobs/${ids[0]}/download`;
  const link = { path, version: 'abc', expires: String(Math.floor(Date.now() / 1_000)) };
  expect(await codeOf(`${path}?${signQuery(link, secret)}`)).toEqual([403, 'forbidden']);
});

test('a link signed with the previous secret still works', async () => {
  const path = `/jobs/${ids[0]}/thumbnails/default`;
  const query = signQuery({ path, version: '', expires: nextExpiry() }, former);
  expect((await (await api.request(`${path}?${query}`)).arrayBuffer()).byteLength).toBe(3);
});

test('a valid signature gives access to no other path, no other method and no deleted job', async () => {
  const href = await shareOf();
  const query = href.slice(href.indexOf('?'));
  for (const path of [`/jobs/${ids[0]}`, `/jobs/${ids[0]}/original`, '/jobs']) {
    const own = `?${signQuery({ path, version: '', expires: nextExpiry() }, secret)}`;
    expect(await codeOf(`${path}${query}`)).toEqual([401, 'unauthorized']);
    expect(await codeOf(`${path}${own}`)).toEqual([401, 'unauthorized']);
  }
  for (const method of ['DELETE', 'POST', 'PUT']) expect((await codeOf(href, { method }))[0]).toBe(401);
  const deleted = await createEnded();
  const link = await shareOf(deleted);
  await api.request(`/jobs/${deleted}`, { method: 'DELETE', headers: bearer(keys.write) });
  expect(await codeOf(link)).toEqual([404, 'not_found']);
});

test.each([
  ['no key is required', { auth: 'none' as const, linkSecrets: [secret] }],
  ['there is no secret', { ...keyed, linkSecrets: [] }],
])('offers no shared links and ignores signatures when %s', async (_name, access) => {
  const other = await openTestApi({ database: api.deps.database, store: api.deps.store, config: { access } });
  const key = keys.write;
  const form = new FormData();
  form.append('file', new Blob([await drawQuarters(10, 10)]), 'a.png');
  const made = await other.request('/jobs', { method: 'POST', headers: bearer(key), body: form });
  const { id } = jobSchema.parse(await made.json());
  await endJob(other.deps, id);
  const job = jobSchema.parse(await (await other.request(`/jobs/${id}`, { headers: bearer(key) })).json());
  expect(job.actions.map(({ name }) => name)).toContain('Download');
  expect(job.actions.map(({ name }) => name)).not.toContain('Share');
  const link = `/jobs/${id}/download?expires=1&signature=x`;
  const download = await other.request(link, { headers: bearer(key) });
  expect([download.status, (await download.arrayBuffer()).byteLength]).toEqual([200, 3]);
  await other.close();
});
