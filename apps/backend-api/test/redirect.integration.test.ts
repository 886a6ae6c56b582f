import { createHash } from 'node:crypto';
import { Secret } from '@thumbnail-api/config';
import { openS3Store } from '@thumbnail-api/storage';
import { drawQuarters, testEnvironment } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

const { s3 } = inject('services');
const config = {
  kind: 's3' as const,
  bucket: s3.bucket,
  region: s3.region,
  endpoint: s3.endpoint,
  credentials: { accessKey: s3.accessKey, secretKey: new Secret(s3.secretKey) },
};
const made = new TextEncoder().encode('the bytes of a thumbnail');
let image: Uint8Array<ArrayBuffer>;
let api: TestApi;
let job: ReturnType<typeof jobSchema.parse>;
beforeAll(async () => {
  image = await drawQuarters(30, 20);
  api = await openTestApi({
    store: openS3Store(config),
    config: { downloads: { redirect: true, publicEndpoint: undefined } },
  });
  job = jobSchema.parse(await (await api.post(image)).json());
  await endJob(api.deps, job.id, made);
});
afterAll(() => api.close());

const locate = async (path: string, init: RequestInit = {}) => {
  const response = await api.request(path, { redirect: 'manual', ...init });
  return { response, url: response.headers.get('location') ?? '' };
};
const follow = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, { ...init, proxy: '' });
  return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
};
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const paths = () => ({
  download: `/jobs/${job.id}/download`,
  thumbnail: `/jobs/${job.id}/thumbnails/default`,
  original: `/jobs/${job.id}/original`,
  imageOriginal: `/images/${job.image.id}/original`,
});

test.each([
  ['download', 'image/webp', 'inline; filename=cat-10x10.webp'],
  ['thumbnail', 'image/webp', 'inline; filename=cat-10x10.webp'],
  ['original', 'image/png', 'attachment; filename=cat.png'],
  ['imageOriginal', 'image/png', 'attachment; filename=cat.png'],
] as const)(
  '%s redirects to the same bytes in the bucket, with the same type and filename',
  async (which, type, disposition) => {
    const { response, url } = await locate(paths()[which]);
    expect(response.status).toBe(302);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const shownElsewhere = response.headers.get('cross-origin-resource-policy') === 'cross-origin';
    expect(shownElsewhere).toBe(disposition.startsWith('inline'));
    expect(url.startsWith(s3.endpoint ?? 'https://')).toBe(true);
    const parameters = new URL(url).searchParams;
    expect(parameters.get('response-content-type')).toBe(type);
    expect(parameters.get('response-content-disposition')).toBe(disposition);
    const found = await follow(url);
    expect(found.status).toBe(200);
    const expected = { download: made, thumbnail: made, original: image, imageOriginal: image }[which];
    expect(digest(found.bytes)).toBe(digest(expected));
  },
);

// The emulator does not check signatures and ignores the requested headers.
test.skipIf(!testEnvironment.s3)('a presigned URL is valid only for its own request', async () => {
  const { url } = await locate(paths().original);
  const found = await follow(url);
  expect(found.headers.get('content-type')).toBe('image/png');
  expect(found.headers.get('content-disposition')).toBe('attachment; filename=cat.png');
  expect((await follow(url.replace('attachment', 'inline'))).status).toBe(403);
  expect((await follow(url, { method: 'DELETE' })).status).toBe(403);
  expect((await follow(url.replace(job.image.id, Bun.randomUUIDv7()))).status).toBe(403);
});

test('HEAD redirects to a URL for HEAD, and the object store handles ranges', async () => {
  const head = await locate(paths().download, { method: 'HEAD' });
  expect(head.response.status).toBe(302);
  const headResponse = await follow(head.url, { method: 'HEAD' });
  expect([headResponse.status, headResponse.headers.get('content-length')]).toEqual([200, String(made.length)]);
  const { url } = await locate(paths().download, { headers: { range: 'bytes=4-8' } });
  const part = await follow(url, { headers: { range: 'bytes=4-8' } });
  expect([part.status, new TextDecoder().decode(part.bytes)]).toEqual([206, 'bytes']);
});

test('a presigned URL is valid for five minutes and one object, and uses the public endpoint', async () => {
  const publicApi = await openTestApi({
    store: openS3Store(config, undefined, 'https://objects.example'),
    config: { downloads: { redirect: true, publicEndpoint: 'https://objects.example' } },
  });
  const { id } = jobSchema.parse(await (await publicApi.post(image)).json());
  const response = await publicApi.request(`/jobs/${id}/original`, { redirect: 'manual' });
  const url = new URL(response.headers.get('location') ?? '');
  expect(url.origin).toBe('https://objects.example');
  expect(url.pathname).toMatch(new RegExp(`^/${s3.bucket}/originals/`));
  expect(url.searchParams.get('X-Amz-Expires')).toBe('300');
  expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host');
  expect(url.href).not.toContain(s3.secretKey === 'test' ? 'secret' : s3.secretKey);
  await publicApi.close();
});

test('answers a missing thumbnail with a problem, not a redirect', async () => {
  expect((await locate(`/jobs/${Bun.randomUUIDv7()}/download`)).response.status).toBe(404);
  expect((await locate(`/jobs/${job.id}/thumbnails/none`)).response.status).toBe(404);
  const { id } = jobSchema.parse(await (await api.post(image)).json());
  expect((await locate(`/jobs/${id}/download`)).response.status).toBe(409);
});
