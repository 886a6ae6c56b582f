import type { ImageType } from '@thumbnail-api/image-probe';
import { drawQuarters } from '@thumbnail-api/testing';
import { openImage, paintImage } from '@thumbnail-api/testing/images';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { problemSchema } from '../src/http/problem.ts';
import { imageResourceSchema } from '../src/images/image-schema.ts';
import { jobSchema } from '../src/jobs/job-schema.ts';
import { endJob } from './end-job.ts';
import { openTestApi, type TestApi } from './open-test-api.ts';
import { parseBatch, sendBatch } from './send-batch.ts';

const detail = 'Unsupported image type; supported types are JPEG and PNG.';
const types: ImageType[] = ['image/jpeg', 'image/png'];
const images = { types, maxPixels: 50_000_000, maxOutputPixels: 32_000_000 };
let all: TestApi;
let some: TestApi;
let gif: Blob;
beforeAll(async () => {
  all = await openTestApi();
  some = await openTestApi({ database: all.deps.database, store: all.deps.store, config: { images } });
  gif = new Blob([await openImage(paintImage(9, 9)).gif().toBuffer()]);
});
afterAll(async () => {
  await some.close();
  await all.close();
});

const namesOf = ({ actions }: { actions: { name: string }[] }) => actions.map(({ name }) => name);
const asBody = (body: Blob) =>
  some.request('/jobs', { method: 'POST', headers: { 'content-type': 'image/gif' }, body });

test.each([
  ['in a form', (file: Blob) => some.post(file)],
  ['as the body', asBody],
])('a file of a type that is switched off is rejected with 415 and stored nowhere: %s', async (_, send) => {
  const stored = await all.storedKeys();
  const response = await send(gif);
  expect(response.status).toBe(415);
  expect(problemSchema.parse(await response.json())).toMatchObject({ code: 'unsupported_media_type', detail });
  expect(await all.storedKeys()).toEqual(stored);
  expect((await some.post(await drawQuarters(9, 9))).status).toBe(201);
});

test('in a batch only the files of types that are switched off are rejected', async () => {
  const response = await sendBatch(some, [
    ['one.gif', new Uint8Array(await gif.arrayBuffer())],
    ['two.png', await drawQuarters(9, 9)],
  ]);
  const { jobs, refused } = await parseBatch(response);
  expect(jobs.map(({ image }) => image.type)).toEqual(['image/png']);
  expect(refused).toMatchObject([{ filename: 'one.gif', problem: { code: 'unsupported_media_type', detail } }]);
});

test('a stored image of a type that is switched off is kept, but no more thumbnails of it are offered or made', async () => {
  const job = jobSchema.parse(await (await all.post(gif)).json());
  await endJob(all.deps, job.id);
  const image = `/images/${job.image.id}`;
  expect(namesOf(imageResourceSchema.parse(await (await all.request(image)).json()))).toContain('Add Thumbnail');
  expect(namesOf(imageResourceSchema.parse(await (await some.request(image)).json()))).not.toContain('Add Thumbnail');
  expect(namesOf(jobSchema.parse(await (await some.request(`/jobs/${job.id}`)).json()))).not.toContain('Add Thumbnail');
  const response = await some.request(`${image}/jobs?width=5`, { method: 'POST' });
  expect(response.status).toBe(415);
  expect(problemSchema.parse(await response.json()).detail).toBe(detail);
  expect((await some.request(`${image}/original`, { method: 'HEAD' })).status).toBe(200);
});

test('the document lists the types that are accepted', async () => {
  const { paths } = z
    .looseObject({ paths: z.record(z.string(), z.record(z.string(), z.any())) })
    .parse(await (await some.request('/docs')).json());
  expect(Object.keys(paths['/jobs']?.post.requestBody.content)).toEqual(['multipart/form-data', ...types]);
});
