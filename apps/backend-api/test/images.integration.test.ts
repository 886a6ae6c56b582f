import { claimJob, failJob } from '@thumbnail-api/jobs';
import { drawQuarters } from '@thumbnail-api/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { problemSchema } from '../src/http/problem.ts';
import { imageResourceSchema } from '../src/images/image-schema.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';

let api: TestApi;
let png: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  api = await openTestApi();
  png = await drawQuarters(20, 20);
});
afterAll(() => api.close());

const create = async () => jobSchema.parse(await (await api.post(png)).json());
const view = async (id: string) => imageResourceSchema.parse(await (await api.request(`/images/${id}`)).json());
const names = ({ actions }: { actions: { name: string }[] }) => actions.map(({ name }) => name);
const add = (id: string, body: string, type = 'application/json') =>
  api.request(`/images/${id}/jobs`, { method: 'POST', headers: { 'content-type': type }, body });

test('an image has its metadata and its jobs, newest first', async () => {
  const first = await create();
  const response = await add(first.image.id, '{"width":64,"format":"avif"}');
  expect(response.status).toBe(201);
  const second = jobSchema.parse(await response.json());
  expect(response.headers.get('location')).toBe(`http://localhost/jobs/${second.id}`);
  const image = await view(first.image.id);
  expect(image).toMatchObject({ ...first.image });
  expect(image.jobs.map(({ id }) => id)).toEqual([second.id, first.id]);
  const original = await api.request(`/images/${image.id}/original`);
  expect(original.headers.get('content-disposition')).toContain('attachment');
  expect(new Uint8Array(await original.arrayBuffer())).toEqual(png);
});

test('an image has the action Add Thumbnail after a job has succeeded', async () => {
  const job = await create();
  expect(names(job)).not.toContain('Add Thumbnail');
  expect(names(await view(job.image.id))).toEqual(['View Details', 'List Jobs', 'View Original', 'Delete']);
  await endJob(api.deps, job.id);
  expect(names(jobSchema.parse(await (await api.request(`/jobs/${job.id}`)).json()))).toContain('Add Thumbnail');
  expect(names(await view(job.image.id))).toContain('Add Thumbnail');
});

test('options may be sent in the query, and no options request the default', async () => {
  const { image } = await create();
  const withQuery = await api.request(`/images/${image.id}/jobs?width=64`, { method: 'POST' });
  expect(withQuery.status).toBe(201);
  expect((await api.request(`/images/${image.id}/jobs`, { method: 'POST' })).status).toBe(201);
  expect((await api.request(`/images/${image.id}/jobs?wide=64`, { method: 'POST' })).status).toBe(422);
});

test('an image has the action Add Thumbnail after a thumbnail was too large', async () => {
  const job = await create();
  const run = await claimJob(api.deps, job.id);
  if (!run) throw new Error('nothing to claim');
  await failJob(api.deps, run, { code: 'render_too_large', message: 'Too large.', retryable: false });
  expect(names(jobSchema.parse(await (await api.request(`/jobs/${job.id}`)).json()))).toContain('Add Thumbnail');
  expect(names(await view(job.image.id))).toContain('Add Thumbnail');
});

test('rejects options in both the query and the body', async () => {
  const { image } = await create();
  const headers = { 'content-type': 'application/json' };
  const both = await api.request(`/images/${image.id}/jobs?width=64`, { method: 'POST', headers, body: '{}' });
  expect(problemSchema.parse(await both.json())).toMatchObject({ status: 422, code: 'invalid_parameter' });
});

test('rejects a body that ends early with 422', async () => {
  const { image } = await create();
  const body = new ReadableStream({
    pull: (controller) => controller.error(new DOMException('The connection was closed.', 'AbortError')),
  });
  const cut = await api.request(`/images/${image.id}/jobs`, { method: 'POST', body });
  expect(problemSchema.parse(await cut.json())).toMatchObject({ status: 422, code: 'invalid_parameter' });
});

test.each([
  ['an invalid option', '{"width":0}', 'application/json', 422, 'invalid_parameter'],
  ['a body that is not JSON', '{', 'application/json', 422, 'invalid_parameter'],
  ['a body of another type', 'width=1', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type'],
  ['a body above the limit', `"${'x'.repeat(100_000)}"`, 'application/json', 413, 'payload_too_large'],
])('rejects %s', async (_what, body, type, status, code) => {
  const { image } = await create();
  expect(problemSchema.parse(await (await add(image.id, body, type)).json())).toMatchObject({ status, code });
  expect((await view(image.id)).jobs).toHaveLength(1);
});

test('an image has its newest 20 jobs, Link and List Jobs lead to the others, and an old success keeps Add Thumbnail', async () => {
  const first = await create();
  await endJob(api.deps, first.id);
  const ids = [first.id];
  for (let count = 0; count < 44; count += 1) {
    ids.unshift(jobSchema.parse(await (await add(first.image.id, '{"width":8}')).json()).id);
  }
  await create();
  const read = async (href: string) => {
    const response = await api.request(href.replace('http://localhost', ''));
    const next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1];
    return { body: await response.json(), next };
  };
  const start = await read(`/images/${first.image.id}`);
  const image = imageResourceSchema.parse(start.body);
  const pages = [image.jobs.map(({ id }) => id)];
  for (let next = start.next; next; ) {
    const page = await read(next);
    pages.push(
      z
        .array(jobSchema)
        .parse(page.body)
        .map(({ id }) => id),
    );
    next = page.next;
  }
  expect(pages).toEqual([ids.slice(0, 20), ids.slice(20, 40), ids.slice(40)]);
  expect(names(image)).toContain('Add Thumbnail');
  const { href } = image.actions.find(({ name }) => name === 'List Jobs') ?? { href: '' };
  expect(
    z
      .array(jobSchema)
      .parse((await read(href)).body)
      .map(({ id }) => id),
  ).toEqual(ids.slice(0, 20));
  expect((await read(`/jobs?image=${first.id}`)).body).toEqual([]);
});

test('deleting an image deletes its jobs and its files', async () => {
  const before = await api.storedKeys();
  const job = await create();
  await endJob(api.deps, job.id);
  expect((await api.request(`/images/${job.image.id}`, { method: 'DELETE' })).status).toBe(204);
  expect((await api.request(`/images/${job.image.id}`)).status).toBe(404);
  expect((await api.request(`/jobs/${job.id}`)).status).toBe(404);
  expect((await add(job.image.id, '{}')).status).toBe(404);
  expect(await api.storedKeys()).toEqual(before);
});
