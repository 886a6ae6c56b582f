import { CommitUnknown, everybody } from '@thumbnail-api/db';
import { owned } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  addJob,
  claimJob,
  deleteImage,
  deleteJob,
  type Failure,
  failJob,
  getImage,
  getJob,
  type JobsDeps,
  publishDueJobs,
  retryJob,
  retryJobs,
} from '../src/index.ts';
import { limits, openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { claim, finish, permanent, timeout, transient } from './run-of.ts';
import { unavailableAfterTransaction } from './unavailable-after-transaction.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
afterAll(() => jobs.close());

const specs = (options: Record<string, string> = {}) => parseOptions(options, shippedPresets);
const unknownId = Bun.randomUUIDv7();

test('a job that failed with a transient error can be retried: its counters are reset, its run number continues', async () => {
  const { id } = await jobs.create();
  for (let tries = 1; tries <= 5; tries += 1) {
    await failJob(jobs, await claim(jobs, id), transient);
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
  const next = await claim(jobs, id);
  expect([next.run, await finish(jobs, next)]).toEqual([6, true]);
});

test('a retry resets the crashes and lost leases of earlier runs, whatever they were', async () => {
  const { id } = await jobs.create();
  await failJob(jobs, await claim(jobs, id), timeout);
  await jobs.sql(sql`update jobs set tries = 4, crashes = 1, lost_leases = 9 where id = ${id}`);
  expect(await getJob(jobs, owned(id))).toMatchObject({ tries: 4, crashes: 1, lostLeases: 9 });
  expect(await retryJob(jobs, owned(id))).toMatchObject({ tries: 0, crashes: 0, lostLeases: 0 });
});

test('a job with an error code that this version does not know can be retried, as internal_error', async () => {
  const { id } = await jobs.create();
  await failJob(jobs, await claim(jobs, id), timeout);
  await jobs.sql(sql`update jobs set error_code = 'unknown_to_us' where id = ${id}`);
  expect((await getJob(jobs, owned(id))).error?.code).toBe('internal_error');
  expect(await retryJob(jobs, owned(id))).toMatchObject({ status: 'uploaded', error: null });
});

test('of many retries at once one succeeds, and the others fail', async () => {
  const { id } = await jobs.create();
  await failJob(jobs, await claim(jobs, id), timeout);
  const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => retryJob(jobs, owned(id))));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const claims = await Promise.all(Array.from({ length: 6 }, () => claimJob(jobs, id)));
  expect(claims.filter((run) => run !== null)).toHaveLength(1);
});

const failed = async (failure: Failure = timeout) => {
  const { id } = await jobs.create();
  await failJob(jobs, await claim(jobs, id), failure);
  return id;
};
const statusOf = async (id: string) => (await getJob(jobs, owned(id))).status;

test('a bulk retry runs the failed jobs with a code again, and no others', async () => {
  const [timedOut, corrupt, old] = [await failed(), await failed(permanent), await failed()];
  const crashed = await failed({ code: 'internal_error', message: 'It failed.', retryable: false });
  const foreign = await failed();
  await jobs.sql(sql`update jobs set owner = 'another' where id = ${foreign}`);
  await jobs.age('created_at', 3_600, old);
  const deleted = await failed();
  await deleteJob(jobs, owned(deleted));
  const selection = {
    owner: everybody,
    code: 'render_timeout',
    createdAfter: new Date(Date.now() - 1_800_000),
  } as const;
  expect(await retryJobs(jobs, selection)).toMatchObject({ retried: 1, hasMore: false });
  expect(await Promise.all([timedOut, corrupt, old, crashed].map(statusOf))).toEqual([
    ...['uploaded', 'error', 'error', 'error'],
  ]);
  const [row] = await jobs.sql(sql`select status from jobs where id = ${foreign}`);
  expect(row).toEqual({ status: 'error' });
  expect(await retryJobs(jobs, { owner: everybody })).toMatchObject({ retried: 2 });
  expect(await statusOf(corrupt)).toBe('error');
  expect(await getJob(jobs, owned(timedOut))).toMatchObject({ tries: 0, error: null, publishedAt: null });
  await publishDueJobs(jobs);
  expect((await getJob(jobs, owned(timedOut))).publishedAt).not.toBeNull();
});

test('a bulk retry takes at most 1 000 jobs, oldest first, and the next one continues; many at once retry each job once', async () => {
  const id = await failed();
  await jobs.sql(sql`
    insert into jobs (id, owner, image_id, status, specs, error_code, created_at)
    select gen_random_uuid(), 'bulk', image_id, 'error', specs, 'render_timeout', now() - n * interval '1 second'
    from jobs, generate_series(1, 1500) as n where id = ${id}`);
  expect(await retryJobs(jobs, { owner: 'bulk' })).toMatchObject({ retried: 1_000, hasMore: true });
  const [oldest] = await jobs.sql(sql`select status from jobs where owner = 'bulk' order by created_at limit 1`);
  expect(oldest).toEqual({ status: 'uploaded' });
  const rest = await Promise.all([1, 2, 3].map(() => retryJobs(jobs, { owner: 'bulk' })));
  expect(rest.reduce((sum, { retried }) => sum + retried, 0)).toBe(500);
  expect(await retryJobs(jobs, { owner: 'bulk' })).toMatchObject({ retried: 0, hasMore: false });
});

test('a job with a permanent error, a waiting, running, successful or deleted job cannot be retried', async () => {
  const corrupt = await jobs.create();
  await failJob(jobs, await claim(jobs, corrupt.id), permanent);
  const waiting = await jobs.create();
  const running = await jobs.create();
  await claim(jobs, running.id);
  const done = await jobs.create();
  await finish(jobs, await claim(jobs, done.id));
  for (const { id } of [corrupt, waiting, running, done]) {
    const before = await getJob(jobs, owned(id));
    await expect(retryJob(jobs, owned(id))).rejects.toMatchObject({ code: 'not_retryable' });
    expect(await getJob(jobs, owned(id))).toEqual(before);
  }
  const deleted = await jobs.create();
  await failJob(jobs, await claim(jobs, deleted.id), timeout);
  await deleteJob(jobs, owned(deleted.id));
  await expect(retryJob(jobs, owned(deleted.id))).rejects.toMatchObject({ code: 'not_found' });
  await expect(retryJob(jobs, owned(unknownId))).rejects.toMatchObject({ code: 'not_found' });
});

test('an added job runs like any other, and the image shows both, newest first', async () => {
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

test('an added job on an unknown image or with too large an output is rejected and leaves no row', async () => {
  const { image } = await jobs.create();
  await expect(addJob(jobs, { owner: everybody, imageId: unknownId, specs: specs() }, limits)).rejects.toMatchObject({
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

test('deleting an image deletes all its jobs, and neither can be deleted again', async () => {
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

test('an image is kept as long as a job uses it', async () => {
  const { id, image } = await jobs.create();
  const second = await addJob(jobs, { owner: everybody, imageId: image.id, specs: specs() }, limits);
  await deleteJob(jobs, owned(id));
  expect((await getImage(jobs, owned(image.id))).jobs.map((job) => job.id)).toEqual([second.id]);
  await deleteJob(jobs, owned(second.id));
  await expect(getImage(jobs, owned(image.id))).rejects.toMatchObject({ code: 'not_found' });
});

test('a committed added job is returned even if the database becomes unavailable right after', async () => {
  const { image } = await jobs.create();
  const deps = { ...jobs, database: unavailableAfterTransaction(jobs.database) };
  const added = await addJob(deps, { owner: everybody, imageId: image.id, specs: specs() }, limits);
  expect(await getJob(jobs, owned(added.id))).toEqual(added);
});

test('an added job is returned as its row if the outcome of its COMMIT is unknown', async () => {
  const { image } = await jobs.create();
  const transaction: JobsDeps['database']['transaction'] = async (work) => {
    await jobs.database.transaction(work);
    throw new CommitUnknown(new Error('the answer was lost'));
  };
  const deps = { ...jobs, database: { ...jobs.database, transaction } };
  const added = await addJob(deps, { owner: everybody, imageId: image.id, specs: specs() }, limits);
  expect(await getJob(jobs, owned(added.id))).toEqual(added);
});
