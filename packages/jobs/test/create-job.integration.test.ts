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

test('a job is accepted only after its original is stored and its rows are committed', async () => {
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

test('a new job is answered as it would be read', async () => {
  const job = await jobs.create();
  expect(job).toEqual(await getJob(jobs, owned(job.id)));
});

test('an upload that dies on its way leaves no row and no object', async () => {
  const before = await originals();
  const gone = new AppError('malformed_multipart', 'The client went away.');
  const picture = await drawQuarters(10, 10);
  const pieces = [picture];
  const body = { next: async () => pieces.shift() ?? Promise.reject(gone), cancel: () => undefined };
  await expect(createJob(jobs, { owner: everybody, filename: null, body, specs }, limits)).rejects.toBe(gone);
  expect(await originals()).toEqual(before);
});

test('an upload that takes too long is cut off with 408 and leaves nothing', async () => {
  const before = await originals();
  const body = { next: () => new Promise<undefined>(() => undefined), cancel: () => undefined };
  const slow = createJob(jobs, { owner: everybody, filename: null, body, specs }, { ...limits, uploadDeadlineMs: 100 });
  await expect(slow).rejects.toMatchObject({ code: 'request_timeout' });
  expect(await originals()).toEqual(before);
});

test('options that turn out wrong behind the file leave nothing', async () => {
  const before = await originals();
  const body = sourceOf(await drawQuarters(10, 10));
  const wrong = async () => parseOptions({ width: '-1' }, shippedPresets);
  await expect(createJob(jobs, { owner: everybody, filename: null, body, specs: wrong }, limits)).rejects.toMatchObject(
    {
      code: 'invalid_parameter',
    },
  );
  expect(await originals()).toEqual(before);
});

test('thumbnails that would be too large are refused where the header shows it', async () => {
  const before = await originals();
  const body = sourceOf(await drawQuarters(10, 4000));
  const wide = async () => parseOptions({ width: '4000' }, shippedPresets);
  await expect(createJob(jobs, { owner: everybody, filename: null, body, specs: wide }, limits)).rejects.toMatchObject({
    code: 'image_too_large',
  });
  expect(await originals()).toEqual(before);
});

const away = new AppError('unavailable', 'The database is away.', { retryable: true });

test.each([new Error('refused'), away])(
  'rows that were not written (%s) take the original with them',
  async (error) => {
    const before = await originals();
    const broken = { ...jobs.database, commit: () => Promise.reject(error) };
    await expect(jobs.create({ database: broken })).rejects.toBe(error);
    expect(await originals()).toEqual(before);
  },
);

test('rows of which nobody knows whether they were written leave the original where it is', async () => {
  const before = await originals();
  const lost = new CommitUnknown(away);
  const broken = { ...jobs.database, commit: () => Promise.reject(lost) };
  await expect(jobs.create({ database: broken })).rejects.toBe(lost);
  expect((await originals()).length).toBe(before.length + 1);
});

test('an original whose answer was lost on its way is removed again', async () => {
  const before = await originals();
  const lost = new AppError('storage_unavailable', 'The store cannot be reached.', { retryable: true });
  const store = {
    ...jobs.store,
    put: async (...call: Parameters<typeof jobs.store.put>) => {
      await jobs.store.put(...call);
      throw lost;
    },
  };
  await expect(jobs.create({ store })).rejects.toBe(lost);
  await waitUntil('it is gone', async () => (await originals()).length === before.length);
});
