import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemSchema } from '../src/http/problem.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const problemOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = problemSchema.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
};
const formOf = (parts: [string, string | Blob][]) => {
  const form = new FormData();
  for (const [name, value] of parts) form.append(name, value);
  return form;
};

test.each([
  ['an empty body', 400, 'file_empty', '', new Uint8Array(0)],
  ['bytes that are no image', 415, 'unsupported_media_type', '', new Uint8Array(100)],
  ['an unknown option', 422, 'invalid_parameter', '?wide=1', null],
])('a raw upload with %s is rejected with %i %s, and nothing is stored', async (_what, status, code, query, bytes) => {
  const stored = await api.storedKeys();
  const body = bytes ?? (await drawQuarters(10, 10));
  const headers = { 'content-type': 'image/jpeg' };
  expect(await problemOf(await api.request(`/jobs${query}`, { method: 'POST', headers, body }))).toMatchObject({
    status,
    code,
  });
  expect(await api.storedKeys()).toEqual(stored);
});

test('rejects a raw upload above the limit with 413 and stores nothing', async () => {
  const stored = await api.storedKeys();
  const body = new Uint8Array(3 * 1024 ** 2);
  body.set(await drawQuarters(16, 16));
  const response = await api.request('/jobs', { method: 'POST', headers: { 'content-type': 'image/png' }, body });
  expect(await problemOf(response)).toMatchObject({ status: 413, code: 'payload_too_large' });
  expect(await api.storedKeys()).toEqual(stored);
});

test.each([
  ['a text file', 415, 'unsupported_media_type', () => formOf([['file', new Blob(['hello, I am text'])]])],
  ['an HTML page', 415, 'unsupported_media_type', () => formOf([['file', new Blob(['<html><svg/></html>'])]])],
  ['an empty file', 400, 'file_empty', () => formOf([['file', new Blob([])]])],
  ['no file', 400, 'file_missing', () => formOf([['width', '10']])],
  ['a file in a part with another name', 400, 'file_missing', () => formOf([['photo', new Blob(['x'])]])],
  ['a text field named file', 400, 'file_missing', () => formOf([['file', 'not a file']])],
])('rejects %s with %i %s and stores nothing', async (_what, status, code, form) => {
  const stored = await api.storedKeys();
  const response = await api.request('/jobs', { method: 'POST', body: form() });
  expect(await problemOf(response)).toMatchObject({ status, code });
  expect(await api.storedKeys()).toEqual(stored);
});

test('rejects a second file and stores neither', async () => {
  const stored = await api.storedKeys();
  const png = new Blob([await drawQuarters(20, 20)]);
  const body = formOf([
    ['file', png],
    ['file', png],
  ]);
  expect(await problemOf(await api.request('/jobs', { method: 'POST', body }))).toMatchObject({
    code: 'too_many_files',
  });
  expect(await api.storedKeys()).toEqual(stored);
});

test('rejects a file above the limit with 413, with and without a declared length, and stores nothing', async () => {
  const stored = await api.storedKeys();
  const large = new Uint8Array(3 * 1024 ** 2);
  large.set(await drawQuarters(16, 16));
  expect(await problemOf(await api.post(large))).toMatchObject({ status: 413, code: 'payload_too_large' });

  const form = new Response(formOf([['file', new Blob([large])]]));
  const undeclared = await api.request('/jobs', {
    method: 'POST',
    headers: { 'content-type': form.headers.get('content-type') ?? '' },
    body: form.body,
  });
  expect(await problemOf(undeclared)).toMatchObject({ status: 413, code: 'payload_too_large' });
  expect(await api.storedKeys()).toEqual(stored);
});

test('rejects a form of ten thousand parts and stores nothing', async () => {
  const stored = await api.storedKeys();
  const part = (_: unknown, index: number) => `--x\r\nContent-Disposition: form-data; name="a${index}"\r\n\r\n1\r\n`;
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const body = `${Array.from({ length: 10_000 }, part).join('')}--x--\r\n`;
  expect(await problemOf(await api.request('/jobs', { method: 'POST', headers, body }))).toMatchObject({
    status: 400,
    code: 'malformed_multipart',
  });
  expect(await api.storedKeys()).toEqual(stored);
});

test('reports every invalid option and stores nothing', async () => {
  const stored = await api.storedKeys();
  const response = await api.post(await drawQuarters(20, 20), { width: '0', fit: 'stretch' });
  const problem = await problemOf(response);
  expect(problem).toMatchObject({ status: 422, code: 'invalid_parameter' });
  expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/fit', '/width']);
  expect(await api.storedKeys()).toEqual(stored);
});

test('rejects an image that declares too many pixels with 422', async () => {
  const gif = new Uint8Array(44);
  gif.set(new TextEncoder().encode('GIF89a'));
  gif.set([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0x2c, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff], 6);
  expect(await problemOf(await api.post(gif))).toMatchObject({ status: 422, code: 'image_too_large' });
});

test.each([
  ['a body of another type', 'application/json', '{}', 415, 'unsupported_media_type'],
  ['a form without a boundary', 'multipart/form-data', 'x', 415, 'unsupported_media_type'],
  [
    'a form that ends early',
    'multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
    400,
    'malformed_multipart',
  ],
  ['a body that is not a form', 'multipart/form-data; boundary=x', 'nothing of the kind', 400, 'malformed_multipart'],
])('rejects %s', async (_what, type, body, status, code) => {
  const response = await api.request('/jobs', { method: 'POST', headers: { 'content-type': type }, body });
  expect(await problemOf(response)).toMatchObject({ status, code });
});
