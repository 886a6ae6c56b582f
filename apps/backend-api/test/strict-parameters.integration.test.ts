import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemSchema } from '../src/http/problem.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

let api: TestApi;
let image: Uint8Array<ArrayBuffer>;
let imageId: string;
beforeAll(async () => {
  api = await openTestApi();
  image = await drawQuarters(10, 10);
  imageId = jobSchema.parse(await (await api.post(image)).json()).image.id;
});
afterAll(() => api.close());

const form = (fields: [string, string][]) => {
  const body = new FormData();
  for (const [name, value] of fields) body.append(name, value);
  body.append('file', new Blob([image]), 'a.png');
  return { method: 'POST', body };
};
const json = (body: string) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body });
const raw = () => ({ method: 'POST', headers: { 'content-type': 'image/png' }, body: image });
const jobsOf = () => `/images/${imageId}/jobs`;

const cases: [string, () => [string, RequestInit?], string[]][] = [
  ['a list with an unknown filter', () => ['/jobs?state=error'], ['/state']],
  ['a list with an own __proto__', () => ['/jobs?__proto__=1'], ['/__proto__']],
  ['a list with a repeated filter', () => ['/jobs?status=error&status=success'], ['/status']],
  ['a list with an image that is no id', () => ['/jobs?image=1'], ['/image']],
  ['a bulk retry with an unknown filter', () => ['/jobs/retry?kode=x', { method: 'POST' }], ['/kode']],
  [
    'a bulk retry with a repeated filter',
    () => ['/jobs/retry?code=render_crashed&code=render_timeout', { method: 'POST' }],
    ['/code'],
  ],
  [
    'an upload with a repeated field',
    () => [
      '/jobs',
      form([
        ['width', '1'],
        ['width', '2'],
      ]),
    ],
    ['/width'],
  ],
  ['an upload with an unknown field', () => ['/jobs', form([['widht', '1']])], ['/widht']],
  ['an upload with an option twice in the query', () => ['/jobs?width=1&width=2', form([])], ['/width']],
  ['an upload with one in the form and the query', () => ['/jobs?width=1', form([['width', '1']])], ['/width']],
  ['an upload with a __proto__ field', () => ['/jobs', form([['__proto__', '1']])], ['/__proto__']],
  ['a raw upload with an option twice', () => ['/jobs?width=1&width=2', raw()], ['/width']],
  ['a raw upload with an unknown option', () => ['/jobs?wide=1', raw()], ['/wide']],
  [
    'an upload with a repeated member in thumbnails',
    () => ['/jobs', form([['thumbnails', '[{"name":"a","name":"b"}]']])],
    ['/thumbnails/0/name'],
  ],
  [
    'a batch with a repeated field',
    () => [
      '/batches',
      form([
        ['fit', 'fill'],
        ['fit', 'cover'],
      ]),
    ],
    ['/fit'],
  ],
  ['a batch with an option twice in the query', () => ['/batches?fit=fill&fit=fill', form([])], ['/fit']],
  ['a batch with one in the form and the query', () => ['/batches?fit=fill', form([['fit', 'fill']])], ['/fit']],
  ['a batch with an unknown option in the query', () => ['/batches?__proto__=1', form([])], ['/__proto__']],
  ['another job with an option twice', () => [`${jobsOf()}?width=1&width=2`, { method: 'POST' }], ['/width']],
  ['another job with an own __proto__', () => [`${jobsOf()}?__proto__=1`, { method: 'POST' }], ['/__proto__']],
  ['another job with a repeated member', () => [jobsOf(), json('{"width":1,"width":1}')], ['/width']],
  ['another job with an unknown member', () => [jobsOf(), json('{"__proto__":{"width":1}}')], ['/__proto__']],
  [
    'another job with a repeated member deep inside',
    () => [jobsOf(), json('{"thumbnails":[{"name":"a","fit":"fill","fit":"fill"}]}')],
    ['/thumbnails/0/fit'],
  ],
];

test.each(cases)('rejects %s, by its name, and creates nothing', async (_what, request, pointers) => {
  const before = await (await api.request('/jobs?limit=100')).json();
  const [path, init] = request();
  const response = await api.request(path, init);
  const problem = problemSchema.parse(await response.json());
  expect([response.status, problem.code]).toEqual([422, 'invalid_parameter']);
  expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
  expect(await (await api.request('/jobs?limit=100')).json()).toEqual(before);
});

test('names at most 20 of a thousand unknown or repeated parameters', async () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `a${index}=1`).join('&');
  for (const query of [names, `${names}&${names}`]) {
    const problem = problemSchema.parse(await (await api.request(`/jobs?${query}`)).json());
    expect(problem.errors).toHaveLength(20);
  }
});
