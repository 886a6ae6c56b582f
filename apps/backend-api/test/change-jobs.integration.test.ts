import { claimJob, type Failure, failJob, getJob } from '@thumbnail-api/jobs';
import { drawQuarters, owned } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemSchema } from '../src/http/problem.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { retriedJobsSchema } from '../src/jobs/retry-jobs.route.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(() => api.close());

const create = async () => jobSchema.parse(await (await api.post(await drawQuarters(10, 10))).json());
const read = async (id: string) => jobSchema.parse(await (await api.request(`/jobs/${id}`)).json());
const actionOf = (job: { actions: { name: string; method: string; href: string }[] }, name: string) =>
  job.actions.find((action) => action.name === name);
const fail = async (id: string, code: Failure['code'], crashes = 0) => {
  const run = await claimJob(api.deps, id);
  if (!run) throw new Error('nothing to claim');
  await failJob(api.deps, { ...run, crashes }, { code, message: 'It failed.', retryable: false });
};

test('a job with a retryable error has the action Retry, which answers 202 and queues the job again', async () => {
  const { id } = await create();
  await fail(id, 'render_timeout');
  const failed = await read(id);
  const retry = actionOf(failed, 'Retry');
  expect(retry).toMatchObject({ method: 'POST', href: `http://localhost/jobs/${id}/retry` });
  const response = await api.request(new URL(retry?.href ?? '').pathname, { method: 'POST' });
  expect([response.status, response.headers.get('retry-after')]).toEqual([202, '1']);
  const job = jobSchema.parse(await response.json());
  expect(job).toMatchObject({ id, status: 'uploaded', error: null });
  expect(actionOf(job, 'Retry')).toBeUndefined();
});

test('a job with a permanent error has no action Retry, and a retry is answered with 409', async () => {
  const { id } = await create();
  await fail(id, 'image_corrupt');
  expect(actionOf(await read(id), 'Retry')).toBeUndefined();
  const response = await api.request(`/jobs/${id}/retry`, { method: 'POST' });
  expect(problemSchema.parse(await response.json())).toMatchObject({ status: 409, code: 'not_retryable' });
});

test('the action Retry All of a failed job queues every job with its code again', async () => {
  const [first, second, other] = [await create(), await create(), await create()];
  for (const { id } of [first, second]) await fail(id, 'render_crashed', 1);
  await fail(other.id, 'render_timeout');
  const action = actionOf(await read(first.id), 'Retry All');
  expect(action).toMatchObject({ method: 'POST', href: 'http://localhost/jobs/retry?code=render_crashed' });
  const path = action?.href.replace('http://localhost', '') ?? '';
  const response = await api.request(path, { method: 'POST' });
  expect([response.status, await response.json()]).toEqual([202, { retried: 2, actions: [] }]);
  expect((await Promise.all([first, second, other].map(({ id }) => read(id)))).map(({ status }) => status)).toEqual([
    ...['uploaded', 'uploaded', 'error'],
  ]);
  const times = `createdAfter=${encodeURIComponent(other.createdAt)}`;
  const rest = await api.request(`/jobs/retry?code=render_timeout&${times}`, { method: 'POST' });
  expect(await rest.json()).toEqual({ retried: 1, actions: [] });
});

test('a bulk retry that leaves jobs has the action Retry More with the same filters', async () => {
  const { id } = await create();
  await fail(id, 'render_timeout');
  await api.deps.database.run((executor) =>
    executor.execute(`insert into jobs (id, owner, image_id, status, specs, error_code)
      select gen_random_uuid(), owner, image_id, 'error', specs, 'internal_error' from jobs, generate_series(1, 1100)
      where id = '${id}'`),
  );
  const schema = retriedJobsSchema.parse;
  const first = schema(await (await api.request('/jobs/retry?code=internal_error', { method: 'POST' })).json());
  const href = 'http://localhost/jobs/retry?code=internal_error';
  expect(first).toEqual({
    retried: 1_000,
    actions: [{ name: 'Retry More', method: 'POST', href, type: 'application/json' }],
  });
  expect(await (await api.request('/jobs?code=internal_error&limit=100')).json()).toHaveLength(100);
  const path = first.actions[0]?.href.replace('http://localhost', '') ?? '';
  expect(await (await api.request(path, { method: 'POST' })).json()).toEqual({ retried: 100, actions: [] });
  expect(await (await api.request('/jobs?code=internal_error')).json()).toEqual([]);
});

test.each([
  ['code=image_corrupt', '/code'],
  ['code=nothing', '/code'],
  ['createdAfter=yesterday', '/createdAfter'],
  ['createdafter=2026-11-20T12:00:00Z', '/createdafter'],
])('a bulk retry with %s is rejected', async (search, pointer) => {
  const response = await api.request(`/jobs/retry?${search}`, { method: 'POST' });
  expect(problemSchema.parse(await response.json())).toMatchObject({
    status: 422,
    code: 'invalid_parameter',
    errors: [{ pointer }],
  });
});

test('Delete answers 204 and removes the job and its files', async () => {
  const stored = await api.storedKeys();
  const job = await create();
  const action = actionOf(job, 'Delete');
  expect(action).toMatchObject({ method: 'DELETE', href: `http://localhost/jobs/${job.id}` });
  const response = await api.request(new URL(action?.href ?? '').pathname, { method: 'DELETE' });
  expect([response.status, await response.text()]).toEqual([204, '']);
  for (const path of [`/jobs/${job.id}`, `/jobs/${job.id}/original`, `/jobs/${job.id}/download`]) {
    const gone = await api.request(path);
    expect(problemSchema.parse(await gone.json())).toMatchObject({ status: 404, code: 'not_found' });
  }
  expect(await api.storedKeys()).toEqual(stored);
  expect(await api.request(`/jobs/${job.id}`, { method: 'DELETE' })).toMatchObject({ status: 404 });
});

test('a job can be deleted while it is processing, and its run has no effect', async () => {
  const { id } = await create();
  const run = await claimJob(api.deps, id);
  expect(run).not.toBeNull();
  expect(await api.request(`/jobs/${id}`, { method: 'DELETE' })).toMatchObject({ status: 204 });
  const settled = await failJob(
    api.deps,
    { id, run: 1, tries: 0, crashes: 0 },
    { code: 'internal_error', message: '-', retryable: false },
  );
  expect(settled).toEqual({ outcome: 'superseded' });
  await expect(getJob(api.deps, owned(id))).rejects.toMatchObject({ code: 'not_found' });
});

test.each([
  ['POST', '/jobs/0199f0c2-0000-7000-8000-000000000000/retry', 404, 'not_found'],
  ['DELETE', '/jobs/0199f0c2-0000-7000-8000-000000000000', 404, 'not_found'],
  ['DELETE', '/jobs/not-an-id', 422, 'invalid_parameter'],
  ['PUT', '/jobs/retry', 405, 'method_not_allowed'],
  ['GET', '/jobs/0199f0c2-0000-7000-8000-000000000000/retry', 405, 'method_not_allowed'],
])('%s %s is answered with %i %s', async (method, path, status, code) => {
  const response = await api.request(path, { method });
  expect(problemSchema.parse(await response.json())).toMatchObject({ status, code });
});
