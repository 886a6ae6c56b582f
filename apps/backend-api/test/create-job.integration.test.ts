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

const refused = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
};
const formOf = (parts: [string, string | Blob, string?][]) => {
  const form = new FormData();
  for (const [name, value, filename] of parts) {
    if (value instanceof Blob) form.append(name, value, filename ?? 'file');
    else form.append(name, value);
  }
  return form;
};

test('an upload is kept: 201, its job, its Location, its bytes unchanged', async () => {
  const picture = await drawQuarters(60, 40);
  const response = await api.post(picture, { width: '32' });
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
      bytes: picture.length,
      sha256: createHash('sha256').update(picture).digest('hex'),
    },
    thumbnails: [],
    error: null,
  });
  const original = await api.request(`/jobs/${job.id}/original`);
  expect(new Uint8Array(await original.arrayBuffer())).toEqual(picture);
  expect(original.headers.get('content-disposition')).toContain('attachment');
  expect(await api.deps.publisher.count()).toBeGreaterThan(0);
});

test('the bytes of a picture alone are an upload, with the options in the query', async () => {
  const picture = await drawQuarters(60, 40);
  const headers = { 'content-type': 'image/png', 'content-disposition': `attachment; filename*=UTF-8''k%C3%A4se.png` };
  const response = await api.request('/jobs?width=32&format=avif', { method: 'POST', headers, body: picture });
  expect(response.status).toBe(201);
  const job = jobSchema.parse(await response.json());
  expect(job.image).toMatchObject({ filename: 'käse.png', type: 'image/png', bytes: picture.length });
  const run = await claimJob(api.deps, job.id);
  expect(run?.specs).toMatchObject([{ name: 'default', width: 32, format: 'avif' }]);
});

/** The headers of a HEIC picture of 300 x 200 pixels, without a pixel. */
const heicHead = Buffer.from(
  [
    'AAAAEGZ0eXBoZWljAAAAAAAAAJZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAAA5waXRtAAAAAAABAAAAI2lpbm',
    'YAAAAAAAEAAAAVaW5mZQIAAAAAAQAAaHZjMQAAAAA4aXBycAAAABxpcGNvAAAAFGlzcGUAAAAAAAABLAAAAMgAAAAUaXBtYQAAAAAAAAABAAEB',
    'gQ==',
  ].join(''),
  'base64',
);

test.each(['image/heic', 'image/heif'])('a raw upload of %s is taken, and the document offers it', async (type) => {
  const response = await api.request('/jobs', { method: 'POST', headers: { 'content-type': type }, body: heicHead });
  expect(response.status).toBe(201);
  const { image } = jobSchema.parse(await response.json());
  expect(image).toMatchObject({ type: 'image/heic', width: 300, height: 200 });
  const document = (await (await api.request('/docs')).json()) as {
    paths: { '/jobs': { post: { requestBody: { content: object } } } };
  };
  expect(Object.keys(document.paths['/jobs'].post.requestBody.content)).toContain(type);
});

test.each([
  ['an empty body', 400, 'file_empty', '', new Uint8Array(0)],
  ['bytes of another kind', 415, 'unsupported_media_type', '', new Uint8Array(100)],
  ['an option that is none', 422, 'invalid_parameter', '?wide=1', null],
])('%s as a raw upload is refused with %i %s, and nothing is stored', async (_what, status, code, query, bytes) => {
  const stored = await api.storedKeys();
  const body = bytes ?? (await drawQuarters(10, 10));
  const headers = { 'content-type': 'image/jpeg' };
  expect(await refused(await api.request(`/jobs${query}`, { method: 'POST', headers, body }))).toMatchObject({
    status,
    code,
  });
  expect(await api.storedKeys()).toEqual(stored);
});

test('a raw upload above the limit is refused with 413, and nothing is stored', async () => {
  const stored = await api.storedKeys();
  const body = new Uint8Array(3 * 1024 ** 2);
  body.set(await drawQuarters(16, 16));
  const response = await api.request('/jobs', { method: 'POST', headers: { 'content-type': 'image/png' }, body });
  expect(await refused(response)).toMatchObject({ status: 413, code: 'payload_too_large' });
  expect(await api.storedKeys()).toEqual(stored);
});

test('options count wherever they stand in the form, and the part may be called image', async () => {
  const picture = new Blob([await drawQuarters(8, 8)]);
  const before = await api.request('/jobs', {
    method: 'POST',
    body: formOf([
      ['width', '20'],
      ['image', picture],
    ]),
  });
  const behind = await api.request('/jobs', {
    method: 'POST',
    body: formOf([
      ['image', picture],
      ['width', '20'],
    ]),
  });
  expect([before.status, behind.status]).toEqual([201, 201]);
});

test('only what would succeed now is offered', async () => {
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

test.each([
  ['a text file', 415, 'unsupported_media_type', () => formOf([['file', new Blob(['hello, I am text'])]])],
  ['a page', 415, 'unsupported_media_type', () => formOf([['file', new Blob(['<html><svg/></html>'])]])],
  ['an empty file', 400, 'file_empty', () => formOf([['file', new Blob([])]])],
  ['no file', 400, 'file_missing', () => formOf([['width', '10']])],
  ['a file in a part of another name', 400, 'file_missing', () => formOf([['photo', new Blob(['x'])]])],
  ['a text field named file', 400, 'file_missing', () => formOf([['file', 'not a file']])],
])('%s is refused with %i %s and nothing is stored', async (_what, status, code, form) => {
  const stored = await api.storedKeys();
  const response = await api.request('/jobs', { method: 'POST', body: form() });
  expect(await refused(response)).toMatchObject({ status, code });
  expect(await api.storedKeys()).toEqual(stored);
});

test('a second file is refused and the first is not kept', async () => {
  const stored = await api.storedKeys();
  const picture = new Blob([await drawQuarters(20, 20)]);
  const body = formOf([
    ['file', picture],
    ['file', picture],
  ]);
  expect(await refused(await api.request('/jobs', { method: 'POST', body }))).toMatchObject({ code: 'too_many_files' });
  expect(await api.storedKeys()).toEqual(stored);
});

test('a file above the limit is refused with 413, declared or not, and nothing is stored', async () => {
  const stored = await api.storedKeys();
  const large = new Uint8Array(3 * 1024 ** 2);
  large.set(await drawQuarters(16, 16));
  expect(await refused(await api.post(large))).toMatchObject({ status: 413, code: 'payload_too_large' });

  const form = new Response(formOf([['file', new Blob([large])]]));
  const undeclared = await api.request('/jobs', {
    method: 'POST',
    headers: { 'content-type': form.headers.get('content-type') ?? '' },
    body: form.body,
  });
  expect(await refused(undeclared)).toMatchObject({ status: 413, code: 'payload_too_large' });
  expect(await api.storedKeys()).toEqual(stored);
});

test('ten thousand parts are refused early, and nothing is stored', async () => {
  const stored = await api.storedKeys();
  const part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n';
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const body = `${part.repeat(10_000)}--x--\r\n`;
  expect(await refused(await api.request('/jobs', { method: 'POST', headers, body }))).toMatchObject({
    status: 400,
    code: 'malformed_multipart',
  });
  expect(await api.storedKeys()).toEqual(stored);
});

test('every faulty option is named, and nothing is stored', async () => {
  const stored = await api.storedKeys();
  const response = await api.post(await drawQuarters(20, 20), { width: '0', fit: 'stretch' });
  const problem = await refused(response);
  expect(problem).toMatchObject({ status: 422, code: 'invalid_parameter' });
  expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/fit', '/width']);
  expect(await api.storedKeys()).toEqual(stored);
});

test('a picture that claims too many pixels is refused at the door', async () => {
  const gif = new Uint8Array(44);
  gif.set(new TextEncoder().encode('GIF89a'));
  gif.set([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], 6);
  expect(await refused(await api.post(gif))).toMatchObject({ status: 422, code: 'image_too_large' });
});

test.each([
  ['a body that is no form', 'application/json', '{}', 415, 'unsupported_media_type'],
  ['a form without a boundary', 'multipart/form-data', 'x', 415, 'unsupported_media_type'],
  [
    'a form that is cut off',
    'multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
    400,
    'malformed_multipart',
  ],
  ['a form that is none', 'multipart/form-data; boundary=x', 'nothing of the kind', 400, 'malformed_multipart'],
])('%s is refused', async (_what, type, body, status, code) => {
  const response = await api.request('/jobs', { method: 'POST', headers: { 'content-type': type }, body });
  expect(await refused(response)).toMatchObject({ status, code });
});

test('a store that is away gives 503 with Retry-After, and no job', async () => {
  const away = new AppError('storage_unavailable', 'The store is away.', { retryable: true });
  const broken = await openTestApi();
  const store = { ...broken.deps.store, put: () => Promise.reject(away) };
  const isolated = await openTestApi({ store });
  const response = await isolated.post(await drawQuarters(10, 10));
  expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  expect(await refused(response)).toMatchObject({ status: 503, code: 'unavailable' });
  expect(z.array(jobSchema).parse(await (await isolated.request('/jobs')).json())).toEqual([]);
  await isolated.close();
  await broken.close();
});

test('a queue that is away is no error: the job is kept for the sweep', async () => {
  const away = new AppError('unavailable', 'The queue is away.', { retryable: true });
  const publisher = {
    publish: () => Promise.reject(away),
    count: async () => 0,
    countWaiting: async () => 0,
    check: async () => {},
    close: async () => {},
  };
  const isolated = await openTestApi({ publisher });
  expect((await isolated.post(await drawQuarters(10, 10))).status).toBe(201);
  await isolated.close();
});
