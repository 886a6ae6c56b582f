import { claimJob, failJob, getJob } from '@thumbnail-api/jobs';
import { drawQuarters, owned } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { batchSchema } from '../src/batches/batch-schema.ts';
import { problemSchema } from '../src/http/problem.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

type Content = Uint8Array<ArrayBuffer> | string;

let api: TestApi;
let png: Uint8Array<ArrayBuffer>;
let otherPng: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  api = await openTestApi();
  png = await drawQuarters(20, 10);
  otherPng = await drawQuarters(21, 10);
});
afterAll(() => api.close());

const newKey = () => crypto.randomUUID();
const post = (path: string, key: string, body?: FormData | string) =>
  api.request(path, {
    method: 'POST',
    headers: { 'idempotency-key': key, ...(typeof body === 'string' && { 'content-type': 'application/json' }) },
    ...(body && { body }),
  });
const formOf = (files: Content[], options: Record<string, string> = {}) => {
  const form = new FormData();
  for (const [at, bytes] of files.entries()) form.append('file', new Blob([bytes]), `${at}-${newKey()}.png`);
  for (const [name, value] of Object.entries(options)) form.append(name, value);
  return form;
};
const batchOf = async (response: Response) => batchSchema.parse(await response.json());
const jobOf = async (response: Response) => jobSchema.parse(await response.json());
const problemOf = async (response: Response) => problemSchema.parse(await response.json());
const mismatch = { status: 422, code: 'idempotency_mismatch' };
const create = async () => jobOf(await api.post(png));
const fail = async (id: string) => {
  const run = await claimJob(api.deps, id);
  if (!run) throw new Error('nothing to claim');
  await failJob(api.deps, run, { code: 'render_timeout', message: 'It failed.', retryable: false });
};
/** What a request must not change twice. */
const stored = async () => {
  const jobs = z.array(jobSchema).parse(await (await api.request('/jobs?limit=100')).json());
  return { jobs: jobs.map(({ id, status }) => [id, status]), keys: await api.storedKeys() };
};

test('a repeated batch is answered with the first one in its current state, and stored once', async () => {
  const key = newKey();
  const files = [png, 'text', otherPng];
  const first = await post('/batches', key, formOf(files));
  const { id, jobs } = await batchOf(first);
  await endJob(api.deps, jobs[0]?.id ?? '');
  const before = await stored();
  const again = await post('/batches', key, formOf(files, { width: '100', height: '100' }));
  expect([again.status, again.headers.get('location')]).toEqual([201, `http://localhost/batches/${id}`]);
  expect(await batchOf(again)).toMatchObject({ id, counts: { uploaded: 1, success: 1 }, refused: [{}] });
  expect(await stored()).toEqual(before);
});

test('a batch with other files, another order, other options or more files does not fit its key, and stores nothing', async () => {
  const key = newKey();
  await post('/batches', key, formOf([png, otherPng]));
  const before = await stored();
  for (const form of [
    formOf([png, png]),
    formOf([otherPng, png]),
    formOf([png, otherPng], { width: '9' }),
    formOf([png, otherPng, 'text']),
  ]) {
    expect(await problemOf(await post('/batches', key, form))).toMatchObject(mismatch);
  }
  expect(await stored()).toEqual(before);
});

test('simultaneous equal batches create one: the others get 409 or the same batch', async () => {
  const key = newKey();
  const { jobs, keys } = await stored();
  const responses = await Promise.all(Array.from({ length: 12 }, () => post('/batches', key, formOf([png, png]))));
  const accepted = responses.filter(({ status }) => status === 201);
  const ids = await Promise.all(accepted.map(async (response) => (await batchOf(response)).id));
  expect(new Set(ids).size).toBe(1);
  for (const response of responses.filter(({ status }) => status !== 201)) {
    expect(await problemOf(response)).toMatchObject({ status: 409, code: 'idempotency_in_flight' });
  }
  const after = await stored();
  expect([after.jobs.length, after.keys.length]).toEqual([jobs.length + 2, keys.length + 2]);
});

test('a batch that was rejected frees its key', async () => {
  const key = newKey();
  expect((await post('/batches', key, formOf([png], { width: '0' }))).status).toBe(422);
  expect((await post('/batches', key, formOf([png]))).status).toBe(201);
});

test('a repeated job of an image is created once; other options or another image do not fit its key', async () => {
  const { image } = await create();
  const other = await create();
  const key = newKey();
  const first = await jobOf(await post(`/images/${image.id}/jobs`, key, '{"width":50}'));
  const before = await stored();
  const again = await post(`/images/${image.id}/jobs?width=50`, key);
  expect([again.status, (await jobOf(again)).id]).toEqual([201, first.id]);
  expect(await problemOf(await post(`/images/${image.id}/jobs?width=51`, key))).toMatchObject(mismatch);
  expect(await problemOf(await post(`/images/${other.image.id}/jobs?width=50`, key))).toMatchObject(mismatch);
  expect(await stored()).toEqual(before);
});

test('a repeated retry is answered with the job as it is now, and runs it again once', async () => {
  const { id } = await create();
  await fail(id);
  const key = newKey();
  expect((await post(`/jobs/${id}/retry`, key)).status).toBe(202);
  await fail(id);
  const again = await post(`/jobs/${id}/retry`, key);
  expect([again.status, (await jobOf(again)).status]).toEqual([202, 'error']);
  const other = await create();
  await fail(other.id);
  expect(await problemOf(await post(`/jobs/${other.id}/retry`, key))).toMatchObject(mismatch);
  expect((await post(`/jobs/${id}/retry`, newKey())).status).toBe(202);
});

test('a retry that was rejected frees its key', async () => {
  const { id } = await create();
  const key = newKey();
  expect(await problemOf(await post(`/jobs/${id}/retry`, key))).toMatchObject({ code: 'not_retryable' });
  await fail(id);
  expect((await post(`/jobs/${id}/retry`, key)).status).toBe(202);
});

test('a repeated bulk retry is answered with the first result, and retries nothing more', async () => {
  const [first, second] = [await create(), await create()];
  await fail(first.id);
  const key = newKey();
  const result = await (await post('/jobs/retry?code=render_timeout', key)).json();
  await fail(second.id);
  const again = await post('/jobs/retry?code=render_timeout', key);
  expect([again.status, await again.json()]).toEqual([202, result]);
  expect((await getJob(api.deps, owned(second.id))).status).toBe('error');
  expect(await problemOf(await post('/jobs/retry?code=render_crashed', key))).toMatchObject(mismatch);
});

test('a key that was used for one kind of request does not fit another', async () => {
  const key = newKey();
  const { id, jobs } = await batchOf(await post('/batches', key, formOf([png])));
  const [job] = jobs;
  const others = [
    post('/jobs', key, formOf([png])),
    post(`/images/${job?.image.id}/jobs`, key, '{"width":50}'),
    post(`/jobs/${job?.id}/retry`, key),
    post('/jobs/retry', key),
  ];
  for (const response of await Promise.all(others)) expect(await problemOf(response)).toMatchObject(mismatch);
  expect((await batchOf(await post('/batches', key, formOf([png])))).id).toBe(id);
});
