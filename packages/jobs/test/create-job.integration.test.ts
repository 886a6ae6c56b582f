import { CommitUnknown, everybody } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { originalKey } from '@thumbnail-api/storage';
import { drawQuarters, owned, sourceOf, waitUntil } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createJob, getJob } from '../src/index.ts';
import { limits, openTestJobs, type TestJobs } from './open-test-jobs.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
afterAll(() => jobs.close());

const specs = async () => parseOptions({}, shippedPresets);
const originals = () => jobs.store.list('originals/', { limit: 100 });

test('a job is published only after its original is stored and its rows are committed', async () => {
  const steps: string[] = [];
  const store = {
    ...jobs.store,
    put: async (...call: Parameters<typeof jobs.store.put>) => {
      await jobs.store.put(...call);
      steps.push('stored');
    },
  };
  const publisher = {
    ...jobs.publisher,
    publish: async ({ jobId }: { jobId: string }) => {
      await getJob(jobs, owned(jobId));
      steps.push('published');
    },
  };
  const job = await jobs.create({ store, publisher });
  expect(steps).toEqual(['stored', 'published']);
  expect(await jobs.store.head(originalKey(job.image.id))).not.toBeNull();
});

test('a created job is returned as a later read gives it', async () => {
  const job = await jobs.create();
  expect(job).toEqual(await getJob(jobs, owned(job.id)));
});

test('the checksum of what was sent is recorded', async () => {
  const { image } = await jobs.create();
  const stored = await jobs.store.read(originalKey(image.id));
  expect(image.checksum).toBe(
    Bun.hash
      .crc32(stored ?? new Uint8Array())
      .toString(16)
      .padStart(8, '0'),
  );
});

test('an upload that is cut off leaves no object', async () => {
  const before = await originals();
  const disconnected = new AppError('malformed_multipart', 'The client disconnected.');
  const pieces = [await drawQuarters(10, 10)];
  const body = { next: async () => pieces.shift() ?? Promise.reject(disconnected), cancel: () => undefined };
  await expect(createJob(jobs, { owner: everybody, filename: null, body, specs }, limits)).rejects.toBe(disconnected);
  expect(await originals()).toEqual(before);
});

test('an upload that passes its deadline fails with request_timeout and leaves no object', async () => {
  const before = await originals();
  const body = { next: () => new Promise<undefined>(() => undefined), cancel: () => undefined };
  const slow = createJob(jobs, { owner: everybody, filename: null, body, specs }, { ...limits, uploadDeadlineMs: 100 });
  await expect(slow).rejects.toMatchObject({ code: 'request_timeout' });
  expect(await originals()).toEqual(before);
});

test('invalid options after the file leave no object', async () => {
  const before = await originals();
  const body = sourceOf(await drawQuarters(10, 10));
  const invalid = async () => parseOptions({ width: '-1' }, shippedPresets);
  await expect(
    createJob(jobs, { owner: everybody, filename: null, body, specs: invalid }, limits),
  ).rejects.toMatchObject({
    code: 'invalid_parameter',
  });
  expect(await originals()).toEqual(before);
});

test('thumbnails that would be too large for the size in the header are rejected and leave no object', async () => {
  const before = await originals();
  const body = sourceOf(await drawQuarters(10, 4000));
  const wide = async () => parseOptions({ width: '4000' }, shippedPresets);
  await expect(createJob(jobs, { owner: everybody, filename: null, body, specs: wide }, limits)).rejects.toMatchObject({
    code: 'image_too_large',
  });
  expect(await originals()).toEqual(before);
});

const unavailable = new AppError('unavailable', 'The database is unavailable.', { retryable: true });

test.each([new Error('refused'), unavailable])(
  'an original is removed if its rows were not written (%s)',
  async (error) => {
    const before = await originals();
    const broken = { ...jobs.database, commit: () => Promise.reject(error) };
    await expect(jobs.create({ database: broken })).rejects.toBe(error);
    expect(await originals()).toEqual(before);
  },
);

test('an original stays if it is unknown whether its rows were written', async () => {
  const before = await originals();
  const lost = new CommitUnknown(unavailable);
  const broken = { ...jobs.database, commit: () => Promise.reject(lost) };
  await expect(jobs.create({ database: broken })).rejects.toBe(lost);
  expect((await originals()).length).toBe(before.length + 1);
});

test('an original is removed if the store did not confirm it', async () => {
  const before = await originals();
  const lost = new AppError('storage_unavailable', 'The store is unavailable.', { retryable: true });
  const store = {
    ...jobs.store,
    put: async (...call: Parameters<typeof jobs.store.put>) => {
      await jobs.store.put(...call);
      throw lost;
    },
  };
  await expect(jobs.create({ store })).rejects.toBe(lost);
  await waitUntil('the original is removed', async () => (await originals()).length === before.length);
});
