import { createHash } from 'node:crypto';
import { AppError } from '@thumbnail-api/errors';
import { claimJob } from '@thumbnail-api/jobs';
import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { problemSchema } from '../src/http/problem.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

test('an accepted upload is answered with 201, its job and its Location, and its bytes are stored unchanged', async () => {
  const png = await drawQuarters(60, 40);
  const response = await api.post(png, { width: '32' });
  expect(response.status).toBe(201);
  const job = jobSchema.parse(await response.json());
  expect(response.headers.get('location')).toBe(`http://localhost/jobs/${job.id}`);
  expect(job).toMatchObject({
    status: 'uploaded',
    image: {
      filename: 'cat.png',
      type: 'image/png',
      width: 60,
      height: 40,
      bytes: png.length,
      sha256: createHash('sha256').update(png).digest('hex'),
    },
    thumbnails: [],
    error: null,
  });
  const original = await api.request(`/jobs/${job.id}/original`);
  expect(new Uint8Array(await original.arrayBuffer())).toEqual(png);
  expect(original.headers.get('content-disposition')).toContain('attachment');
  expect(await api.deps.publisher.count()).toBeGreaterThan(0);
});

test('the bytes of an image are accepted as a raw upload, with the options in the query', async () => {
  const png = await drawQuarters(60, 40);
  const headers = { 'content-type': 'image/png', 'content-disposition': `attachment; filename*=UTF-8''k%C3%A4se.png` };
  const response = await api.request('/jobs?width=32&format=avif', { method: 'POST', headers, body: png });
  expect(response.status).toBe(201);
  const job = jobSchema.parse(await response.json());
  expect(job.image).toMatchObject({ filename: 'käse.png', type: 'image/png', bytes: png.length });
  const run = await claimJob(api.deps, job.id);
  expect(run?.specs).toMatchObject([{ name: 'default', width: 32, format: 'avif' }]);
});

/** The headers of a HEIC image of 300 x 200 pixels, without its pixels. */
const heicHead = Buffer.from(
  [
    'AAAAEGZ0eXBoZWljAAAAAAAAAJZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAABAAAAI2lpbm',
    'YAAAAAAAEAAAAVaW5mZQIAAAAAAQAAaHZjMQAAAAA4aXBycAAAABxpcGNvAAAAFGlzcGUAAAAAAAABLAAAAMgAAAAUaXBtYQAAAAAAAAABAAEB',
    'gQ==',
  ].join(''),
  'base64',
);

test.each(['image/heic', 'image/heif'])(
  'a raw upload of %s is accepted, and the OpenAPI document lists it',
  async (type) => {
    const response = await api.request('/jobs', { method: 'POST', headers: { 'content-type': type }, body: heicHead });
    expect(response.status).toBe(201);
    const { image } = jobSchema.parse(await response.json());
    expect(image).toMatchObject({ type: 'image/heic', width: 300, height: 200 });
    const document = (await (await api.request('/docs')).json()) as {
      paths: { '/jobs': { post: { requestBody: { content: object } } } };
    };
    expect(Object.keys(document.paths['/jobs'].post.requestBody.content)).toContain(type);
  },
);

test.each<{ parts: ('width' | 'file' | 'image')[] }>([{ parts: ['width', 'file'] }, { parts: ['image', 'width'] }])(
  'form options are applied before and after the file: $parts',
  async ({ parts }) => {
    const file = new Blob([await drawQuarters(8, 8)]);
    const values = { width: '20', file, image: file };
    const form = new FormData();
    for (const name of parts) form.append(name, values[name]);
    const response = await api.request('/jobs', { method: 'POST', body: form });
    expect(response.status).toBe(201);
    const { id } = jobSchema.parse(await response.json());
    expect((await claimJob(api.deps, id))?.specs).toMatchObject([{ width: 20 }]);
  },
);

test('a new job has only the actions that would succeed now', async () => {
  const job = jobSchema.parse(await (await api.post(await drawQuarters(10, 10))).json());
  expect(job.actions).toEqual([
    { name: 'View Details', method: 'GET', href: `http://localhost/jobs/${job.id}`, type: 'application/json' },
    {
      name: 'Watch Progress',
      method: 'GET',
      href: `http://localhost/jobs/${job.id}/events`,
      type: 'text/event-stream',
    },
    { name: 'View Original', method: 'GET', href: `http://localhost/jobs/${job.id}/original`, type: 'image/png' },
    { name: 'View Image', method: 'GET', href: `http://localhost/images/${job.image.id}`, type: 'application/json' },
    { name: 'Delete', method: 'DELETE', href: `http://localhost/jobs/${job.id}`, type: 'application/json' },
  ]);
});

test('an unavailable object store is answered with 503 and Retry-After, and no job is created', async () => {
  const unavailable = new AppError('storage_unavailable', 'The object store is unavailable.', { retryable: true });
  const broken = await openTestApi();
  const store = { ...broken.deps.store, put: () => Promise.reject(unavailable) };
  const isolated = await openTestApi({ store });
  const response = await isolated.post(await drawQuarters(10, 10));
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(problemSchema.parse(await response.json())).toMatchObject({ status: 503, code: 'unavailable' });
  expect(z.array(jobSchema).parse(await (await isolated.request('/jobs')).json())).toEqual([]);
  await isolated.close();
  await broken.close();
});

test('an upload is accepted while the queue is unavailable', async () => {
  const unavailable = new AppError('unavailable', 'The queue is unavailable.', { retryable: true });
  const publisher = {
    publish: () => Promise.reject(unavailable),
    publishAll: () => Promise.reject(unavailable),

    count: async () => 0,
    countWaiting: async () => 0,
    check: async () => {},
    close: async () => {},
  };
  const isolated = await openTestApi({ publisher });
  expect((await isolated.post(await drawQuarters(10, 10))).status).toBe(201);
  await isolated.close();
});
