import { AppError } from '@thumbnail-api/errors';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemSchema } from '../src/http/problem.ts';
import { type KeyedApi, openKeyedApi } from './open-keyed-api.ts';
import { openTestApi } from './open-test-api.ts';
import { fill, readOperations } from './operations.ts';
import { readOwnTexts } from './own-texts.ts';

const isOwn = await readOwnTexts();
const operations = await readOperations();
let api: KeyedApi;
beforeAll(async () => {
  api = await openKeyedApi();
});
afterAll(() => api.close());

const foreignTexts = (problem: unknown) => {
  const { title, detail, errors = [] } = problemSchema.parse(problem);
  return [title, detail, ...errors.map((fault) => fault.detail)].filter((text) => !isOwn(text));
};
const long = 'x'.repeat(5_000);
const path = (operation: string, values: Record<string, string> = {}) => {
  const found = operations.find(({ id }) => id === operation)?.path ?? '';
  return fill(found, { id: api.ids[found.split('/')[1] ?? ''] ?? '', name: 'default', code: 'nothing', ...values });
};
const boundary = { 'content-type': 'multipart/form-data; boundary=x' };
const post = (headers: Record<string, string>, body: string) => ({ method: 'POST', headers, body });

test.each<[string, () => [string, RequestInit?]]>([
  ['an id that is no id', () => [path('getJob', { id: 'x' })]],
  ['a long name of a thumbnail', () => [path('downloadNamedThumbnail', { name: long })]],
  ['a long code of a problem', () => [path('explainProblem', { code: long })]],
  ['a long version', () => [`${path('downloadThumbnail')}?v=${long}`]],
  ['a repeated version', () => [`${path('downloadThumbnail')}?v=1&v=2`]],
  ['a repeated version of an original', () => [`${path('getOriginal')}?v=1&v=2`]],
  ['a long expiry', () => [`${path('downloadThumbnail')}?expires=${long}`]],
  ['a long signature', () => [`${path('downloadThumbnail')}?signature=${long}`]],
  ['a long last event', () => [path('watchJob'), { headers: { 'last-event-id': long } }]],
  ['a long last event of a batch', () => [path('watchBatch'), { headers: { 'last-event-id': long } }]],
  ['a long cursor', () => [`/jobs?cursor=${long}`]],
  ['an unknown filter', () => ['/jobs?a=1']],
  ['invalid filters', () => ['/jobs?limit=a&status=b&code=c&createdAfter=d&createdBefore=e&image=f']],
  ['an idempotency key with a space', () => ['/jobs', { method: 'POST', headers: { 'idempotency-key': 'a b' } }]],
  ['a long idempotency key', () => [path('retryJob'), { method: 'POST', headers: { 'idempotency-key': long } }]],
  ['a body that is no JSON', () => [path('addJob'), post({ 'content-type': 'application/json' }, '{')]],
  [
    'options of wrong types',
    () => [path('addJob'), post({ 'content-type': 'application/json' }, '{"width":{},"fit":[]}')],
  ],
  ['a form without a boundary', () => ['/jobs', post({ 'content-type': 'multipart/form-data;' }, 'x')]],
  [
    'a form that ends early',
    () => ['/jobs', post(boundary, '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\na')],
  ],
  ['a form that is none', () => ['/jobs', post(boundary, 'x')]],
  ['headers of a part that are too large', () => ['/jobs', post(boundary, `--x\r\n${'a: b\r\n'.repeat(5_000)}\r\n`)]],
  ['an upload of another type', () => ['/jobs', post({ 'content-type': 'image/png' }, 'not an image')]],
  ['an image with a broken header', () => ['/jobs', post({ 'content-type': 'image/png' }, '\x89PNG\r\n')]],
  ['a range outside the file', () => [path('getOriginal'), { headers: { range: 'bytes=99999999-' } }]],
])('%s is explained in the words of this project', async (_what, request) => {
  const response = await api.send(...request());
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  expect(foreignTexts(await response.json())).toEqual([]);
});

const unavailable = [
  ['Postgres', new AppError('unavailable', 'The database is unavailable. Try again later.', { cause: new Error('x') })],
  ['a driver', new Error('connect ECONNREFUSED 10.0.0.7:5432')],
] as const;

test.each(unavailable)('an error of %s shows no text of its cause', async (_who, error) => {
  const { deps } = api;
  const run = () => Promise.reject(error);
  const broken = await openTestApi({ database: { ...deps.database, run } });
  const response = await broken.request('/jobs');
  expect(response.status).toBeGreaterThanOrEqual(500);
  expect(foreignTexts(await response.json())).toEqual([]);
  await broken.close();
});

test('the texts of libraries are no texts of this project', () => {
  const foreign = [
    'Invalid input: expected string, received array',
    'Too big: expected string to have <=64 characters',
    'Unrecognized key: "a"',
    'Unexpected end of form',
    'Multipart: Boundary not found',
    'connect ECONNREFUSED 10.0.0.7:5432',
    'duplicate key value violates unique constraint "jobs_pkey"',
    'Input buffer contains unsupported image format',
    'The specified bucket does not exist',
    'JSON Parse error: Unexpected EOF',
  ];
  expect(foreign.filter(isOwn)).toEqual([]);
});
