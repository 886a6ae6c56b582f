import { createKey, listKeys } from '@thumbnail-api/api-keys';
import { Secret } from '@thumbnail-api/config';
import type { Logger } from '@thumbnail-api/telemetry';
import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';
import { bearer, keyed } from './test-keys.ts';

const metricsToken = 'a-metrics-token';
/** The fields of each line `request finished`. */
const lines: Record<string, unknown>[] = [];
const logTo = (inherited: object): Logger => {
  const write = (fields: object, message: string) => {
    if (message === 'request finished') lines.push({ ...inherited, ...fields });
  };
  return {
    child: (fields: object) => logTo({ ...inherited, ...fields }),
    info: write,
    warn: write,
    error: write,
  } as unknown as Logger;
};

let api: TestApi;
let key: string;
let keyId: string | undefined;
beforeAll(async () => {
  const links = { publicUrl: undefined, trustProxyHops: 1, trustProxyHeader: 'x-forwarded' as const };
  const metrics = { token: new Secret(metricsToken), isOpen: false };
  api = await openTestApi({ log: logTo({}), config: { access: keyed, links, metrics } });
  ({ key } = await createKey(api.deps, { name: 'client', scope: 'write' }));
  keyId = (await listKeys(api.deps))[0]?.id;
});
afterAll(() => api.close());
beforeEach(() => {
  lines.length = 0;
});

const client = '2001:db8:1:2:3:4:5:6';
const send = (path: string, init: RequestInit = {}) =>
  api.request(path, {
    ...init,
    headers: { 'x-forwarded-for': `203.0.113.9, [${client}]:4711`, ...bearer(key), ...(init.headers as object) },
  });
const upload = async () => {
  const body = new Blob([await drawQuarters(20, 20)]);
  const response = await send('/jobs', { method: 'POST', headers: { 'content-type': 'image/png' }, body });
  const text = await response.text();
  return { sent: body.size, received: Buffer.byteLength(text), job: jobSchema.parse(JSON.parse(text)) };
};

test('a line has the address of the client behind trusted proxies, the id of the key, and the bytes in and out', async () => {
  const { sent, received } = await upload();
  expect(lines).toEqual([
    expect.objectContaining({ method: 'POST', status: 201, client, keyId, bytesIn: sent, bytesOut: received }),
  ]);
});

test('the bytes of a form, of JSON, of a download and of a range are counted', async () => {
  const image = await drawQuarters(20, 20);
  const head = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.png"\r\n\r\n';
  const bytes = Buffer.concat([Buffer.from(head), image, Buffer.from('\r\n--x--\r\n')]);
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const job = jobSchema.parse(await (await send('/jobs', { method: 'POST', headers, body: bytes })).json());
  await endJob(api.deps, job.id);
  const json = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': '12' },
    body: '{"width":40}',
  };
  await (await send(`/images/${job.image.id}/jobs`, json)).text();
  const original = await (await send(`/jobs/${job.id}/original`)).bytes();
  await (await send(`/jobs/${job.id}/original`, { headers: { range: 'bytes=0-9' } })).bytes();
  await send(`/jobs/${job.id}/original`, { method: 'HEAD' });
  await send(`/jobs/${job.id}`, { method: 'DELETE' });
  expect(lines.map(({ bytesIn }) => bytesIn)).toEqual([bytes.length, 12, 0, 0, 0, 0]);
  expect(lines.slice(2).map(({ bytesOut }) => bytesOut)).toEqual([original.length, 10, 0, 0]);
});

test('a body that is not read does not count, and a refused request has no key id', async () => {
  const body = new Blob([await drawQuarters(20, 20)]);
  const headers = {
    authorization: 'Bearer tk_wrong',
    'content-type': 'image/png',
    'content-length': String(body.size),
  };
  const response = await send('/jobs', { method: 'POST', headers, body });
  const received = Buffer.byteLength(await response.text());
  expect(lines).toEqual([expect.objectContaining({ status: 401, client, bytesIn: 0, bytesOut: received })]);
  expect(lines[0]).not.toHaveProperty('keyId');
});

test('no line has a secret: a key, a token or the signature of a link', async () => {
  const { job } = await upload();
  await endJob(api.deps, job.id);
  const { actions } = jobSchema.parse(await (await send(`/jobs/${job.id}`)).json());
  const shared = actions.find(({ name }) => name === 'Share')?.href.replace('http://localhost', '') ?? '';
  const signature = new URLSearchParams(shared.split('?')[1]).get('signature') ?? 'missing';
  await (await api.request(shared)).body?.cancel();
  await (await api.request('/metrics', { headers: bearer(metricsToken) })).text();
  const text = JSON.stringify(lines);
  expect(lines.length).toBe(4);
  for (const secret of [key.slice(3), metricsToken, signature]) expect(text).not.toContain(secret);
});
