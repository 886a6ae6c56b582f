import { CommitUnknown, everybody } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { owned } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addJob,
  claimJob,
  deleteImage,
  deleteJob,
  failJob,
  getImage,
  getJob,
  type JobsDeps,
  retryJob,
} from '../src/index.ts';
import { limits, openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { claim, finish, passing, permanent, timeout } from './run-of.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
afterAll(() => jobs.close());

const specs = (options: Record<string, string> = {}) => parseOptions(options, shippedPresets);
const nobody = Bun.randomUUIDv7();

test('a person may run a job again that ended in a passing error; it starts afresh and its run number goes on', async () => {
  const { id } = await jobs.create();
  for (let tries = 1; tries <= 5; tries += 1) {
    await failJob(jobs, await claim(jobs, id), passing);
    await jobs.age('not_before', 120, id);
  }
  const published: string[] = [];
  const publisher = {
    ...jobs.publisher,
    publish: async (_: { jobId: string }, options: { id: string }) => void published.push(options.id),
  };
  expect(await retryJob({ ...jobs, publisher }, owned(id))).toMatchObject({
    status: 'uploaded',
    run: 5,
    tries: 0,
    crashes: 0,
    lostLeases: 0,
    error: null,
    startedAt: null,
    finishedAt: null,
  });
  expect(published).toEqual([`${id}-5`]);
  const again = await claim(jobs, id);
  expect([again.run, await finish(jobs, again)]).toEqual([6, true]);
});

test('of many retries at once one takes effect, and the others are told', async () => {
  const { id } = await jobs.create();
  await failJob(jobs, await claim(jobs, id), timeout);
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => retryJob(jobs, owned(id))));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const claims = await Promise.all(Array.from({ length: 6 }, () => claimJob(jobs, id)));
  expect(claims.filter((run) => run !== null)).toHaveLength(1);
});

test('what lies in the picture, waits, works, succeeded or is gone cannot be retried', async () => {
  const corrupt = await jobs.create();
  await failJob(jobs, await claim(jobs, corrupt.id), permanent);
  const waiting = await jobs.create();
  const working = await jobs.create();
  await claim(jobs, working.id);
  const done = await jobs.create();
  await finish(jobs, await claim(jobs, done.id));
  for (const { id } of [corrupt, waiting, working, done]) {
    const before = await getJob(jobs, owned(id));
    await expect(retryJob(jobs, owned(id))).rejects.toMatchObject({ code: 'not_retryable' });
    expect(await getJob(jobs, owned(id))).toEqual(before);
  }
  const deleted = await jobs.create();
  await failJob(jobs, await claim(jobs, deleted.id), timeout);
  await deleteJob(jobs, owned(deleted.id));
  await expect(retryJob(jobs, owned(deleted.id))).rejects.toMatchObject({ code: 'not_found' });
  await expect(retryJob(jobs, owned(nobody))).rejects.toMatchObject({ code: 'not_found' });
});

test('another job on a kept image waits like any other, and the image shows both, newest first', async () => {
  const first = await jobs.create();
  await finish(jobs, await claim(jobs, first.id));
  const second = await addJob(
    jobs,
    { owner: everybody, imageId: first.image.id, specs: specs({ width: '7' }) },
    limits,
  );
  expect(second).toMatchObject({ status: 'uploaded', image: { id: first.image.id }, specs: [{ width: 7 }] });
  const image = await getImage(jobs, owned(first.image.id));
  expect(image).toMatchObject({ id: first.image.id, sha256: first.image.sha256, frames: 1 });
  expect(image.jobs.map(({ id }) => id)).toEqual([second.id, first.id]);
  await finish(jobs, await claim(jobs, second.id));
  expect(await getJob(jobs, owned(second.id))).toMatchObject({ status: 'success' });
});

test('a job on an image that is not there, or would make too much of it, is refused and leaves no row', async () => {
  const { image } = await jobs.create();
  await expect(addJob(jobs, { owner: everybody, imageId: nobody, specs: specs() }, limits)).rejects.toMatchObject({
    code: 'not_found',
  });
  await expect(
    addJob(
      jobs,
      { owner: everybody, imageId: image.id, specs: specs({ width: '4000', height: '1000' }) },
      { maxOutputPixels: 1_000 },
    ),
  ).rejects.toMatchObject({ code: 'image_too_large' });
  expect((await getImage(jobs, owned(image.id))).jobs).toHaveLength(1);
});

test('a deleted image is gone with all its jobs, and what is gone cannot be deleted again', async () => {
  const { id, image } = await jobs.create();
  const second = await addJob(jobs, { owner: everybody, imageId: image.id, specs: specs() }, limits);
  await deleteImage(jobs, owned(image.id));
  for (const job of [id, second.id]) {
    await expect(getJob(jobs, owned(job))).rejects.toMatchObject({ code: 'not_found' });
    await expect(deleteJob(jobs, owned(job))).rejects.toMatchObject({ code: 'not_found' });
  }
  await expect(getImage(jobs, owned(image.id))).rejects.toMatchObject({ code: 'not_found' });
  await expect(deleteImage(jobs, owned(image.id))).rejects.toMatchObject({ code: 'not_found' });
  await expect(addJob(jobs, { owner: everybody, imageId: image.id, specs: specs() }, limits)).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('an image stays for as long as one job uses it', async () => {
  const { id, image } = await jobs.create();
  const second = await addJob(jobs, { owner: everybody, imageId: image.id, specs: specs() }, limits);
  await deleteJob(jobs, owned(id));
  expect((await getImage(jobs, owned(image.id))).jobs.map((job) => job.id)).toEqual([second.id]);
  await deleteJob(jobs, owned(second.id));
  await expect(getImage(jobs, owned(image.id))).rejects.toMatchObject({ code: 'not_found' });
});

test('an added job that is committed is answered, even when the database cannot be asked any more', async () => {
  const { image } = await jobs.create();
  const away = { run: () => Promise.reject(new AppError('unavailable', 'It is away.', { retryable: true })) };
  const deps = { ...jobs, database: { ...jobs.database, ...away } };
  const added = await addJob(deps, { owner: everybody, imageId: image.id, specs: specs() }, limits);
  expect(await getJob(jobs, owned(added.id))).toEqual(added);
});

test('an added job whose COMMIT nobody knows of is what its row says', async () => {
  const { image } = await jobs.create();
  const transaction: JobsDeps['database']['transaction'] = async (work) => {
    await jobs.database.transaction(work);
    throw new CommitUnknown(new Error('the answer was lost'));
  };
  const deps = { ...jobs, database: { ...jobs.database, transaction } };
  const added = await addJob(deps, { owner: everybody, imageId: image.id, specs: specs() }, limits);
  expect(await getJob(jobs, owned(added.id))).toEqual(added);
});
