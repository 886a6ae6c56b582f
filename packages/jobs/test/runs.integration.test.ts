import { AppError } from '@thumbnail-api/errors';
import { owned } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  type ClaimedJob,
  claimJob,
  type Failure,
  failJob,
  freeLeases,
  getJob,
  postponeJob,
  publishDueJobs,
  releaseJob,
  renewLease,
  retryJob,
} from '../src/index.ts';
import { openTestJobs, type TestJobs } from './open-test-jobs.ts';
import * as runOf from './run-of.ts';
import { permanent, transient } from './run-of.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
beforeEach(() => jobs.sql(sql`truncate images, jobs, thumbnails cascade`));
afterAll(() => jobs.close());

const crash: Failure = { code: 'render_crashed', message: 'The renderer crashed.', retryable: true };

const missing: Failure = { code: 'original_missing', message: 'It is missing.', retryable: true };

const claim = (id: string) => runOf.claim(jobs, id);
const finish = (run: ClaimedJob, name?: string) => runOf.finish(jobs, run, name);

test('a job that is claimed many times at once is claimed once, and is processing', async () => {
  const { id } = await jobs.create();
  const claims = await Promise.all(Array.from({ length: 8 }, () => claimJob(jobs, id)));
  expect(claims.filter((claimed) => claimed !== null)).toHaveLength(1);
  expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'processing', run: 1 });
});

test('a job that does not exist, has ended or is not due cannot be claimed', async () => {
  expect(await claimJob(jobs, Bun.randomUUIDv7())).toBeNull();
  const ended = await jobs.create();
  await failJob(jobs, await claim(ended.id), permanent);
  expect(await claimJob(jobs, ended.id)).toBeNull();
  const later = await jobs.create();
  await failJob(jobs, await claim(later.id), transient);
  await jobs.age('not_before', -3_600, later.id);
  expect(await claimJob(jobs, later.id)).toBeNull();
});

test('a finished run sets success, the thumbnails and finishedAt', async () => {
  const { id } = await jobs.create();
  expect(await finish(await claim(id))).toBe(true);
  const job = await getJob(jobs, owned(id));
  expect(job).toMatchObject({ status: 'success', leaseUntil: null, error: null, thumbnails: [{ name: 'default' }] });
  expect(job.finishedAt).not.toBeNull();
});

test('finishing and failing are retried while the database is unavailable, and take effect once if only the answer was lost', async () => {
  const unavailable = new AppError('unavailable', 'The database is unavailable.', { retryable: true });
  let tries = 0;
  const failTwice = async <T>(update: () => Promise<T>): Promise<T> => {
    tries += 1;
    if (tries === 1) throw unavailable;
    const result = await update();
    if (tries === 2) throw unavailable;
    return result;
  };
  const flaky: TestJobs['database'] = {
    ...jobs.database,
    commit: (statement) => failTwice(() => jobs.database.commit(statement)),
    transaction: (work) => failTwice(() => jobs.database.transaction(work)),
  };
  const { id } = await jobs.create();
  expect(await runOf.finish({ ...jobs, database: flaky }, await claim(id))).toBe(true);
  expect(tries).toBe(3);
  const other = await jobs.create();
  tries = 0;
  await failJob({ database: flaky }, await claim(other.id), permanent);
  expect((await getJob(jobs, owned(id))).thumbnails).toHaveLength(1);
  expect(await getJob(jobs, owned(other.id))).toMatchObject({ status: 'error', tries: 1 });
});

test('a claim is retried while the database is unavailable', async () => {
  const unavailable = new AppError('unavailable', 'The database is unavailable.', { retryable: true });
  let calls = 0;
  const flaky: TestJobs['database'] = {
    ...jobs.database,
    run: (work) => {
      calls += 1;
      return calls < 3 ? Promise.reject(unavailable) : jobs.database.run(work);
    },
  };
  const { id } = await jobs.create();
  expect(await claimJob({ database: flaky }, id)).toMatchObject({ id, run: 1 });
});

test('finishing is not retried after an error that is not retryable', async () => {
  const broken = { ...jobs.database, commit: () => Promise.reject(new Error('refused')) };
  const { id } = await jobs.create();
  await expect(runOf.finish({ ...jobs, database: broken }, await claim(id))).rejects.toThrow('refused');
});

test('a run that lost its lease to another run changes nothing', async () => {
  const { id } = await jobs.create();
  const late = await claim(id);
  await jobs.age('lease_until', 60, id);
  await freeLeases(jobs);
  const current = await claim(id);
  expect(current.run).toBe(2);
  expect(await renewLease(jobs, late)).toBe(false);
  expect(await finish(late, 'late')).toBe(false);
  expect(await failJob(jobs, late, permanent)).toEqual({ outcome: 'superseded' });
  expect(await finish(current)).toBe(true);
  expect(await finish(late, 'late')).toBe(false);
  expect((await getJob(jobs, owned(id))).thumbnails.map(({ name }) => name)).toEqual(['default']);
});

test('a transient failure is retried after a back-off, at most five tries in all', async () => {
  const { id } = await jobs.create();
  const delays: number[] = [];
  for (let tries = 1; tries < 5; tries += 1) {
    const run = await claim(id);
    const [clock] = await jobs.sql(sql`select now()::text as now`);
    const result = await failJob(jobs, run, transient);
    expect(result.outcome).toBe('retry');
    const delayMs = result.outcome === 'retry' ? result.delayMs : 0;
    delays.push(delayMs);
    const due = sql`${clock?.now}::timestamptz + ${delayMs}::float8 * interval '1 ms'`;
    expect(await jobs.sql(sql`select not_before >= ${due} as "isKept" from jobs`)).toEqual([{ isKept: true }]);
    expect((await getJob(jobs, owned(id))).status).toBe('uploaded');
    await jobs.age('not_before', 120, id);
  }
  expect(await failJob(jobs, await claim(id), transient)).toEqual({ outcome: 'ended' });
  expect(await getJob(jobs, owned(id))).toMatchObject({
    status: 'error',
    run: 5,
    error: { code: 'storage_unavailable' },
  });
  expect(delays.every((delay, index) => delay >= 500 * 2 ** index && delay <= 1_000 * 2 ** index)).toBe(true);
});

test('a missing original ends a job only when the store says so twice, two minutes apart, and is tried often in between', async () => {
  const { id } = await jobs.create();
  for (let runs = 1; runs <= 8; runs += 1) {
    expect(await failJob(jobs, await claim(id), missing)).toMatchObject({ outcome: 'retry' });
    await jobs.age('not_before', 120, id);
  }
  expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'uploaded', tries: 0, missingSince: expect.any(Date) });
  await jobs.age('missing_since', 121, id);
  expect(await failJob(jobs, await claim(id), missing)).toEqual({ outcome: 'ended' });
  expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'error', error: { code: 'original_missing' } });
});

test('the delay after a missing original grows with the time that it has been missing, up to a minute', async () => {
  const { id } = await jobs.create();
  const delays: number[] = [];
  for (const seconds of [0, 10, 100]) {
    await jobs.sql(sql`update jobs set missing_since = now() - ${seconds} * interval '1 second', not_before = now()`);
    const failed = await failJob(jobs, await claim(id), missing);
    delays.push(failed.outcome === 'retry' ? failed.delayMs : 0);
  }
  const [first = 0, second = 0, third = 0] = delays;
  expect([first >= 500, first <= 1_000]).toEqual([true, true]);
  expect([second >= 4_000, second < 20_000]).toEqual([true, true]);
  expect([third >= 30_000, third <= 60_000]).toEqual([true, true]);
});

test('an original that was found again counts as missing from the next time on; an unavailable store says nothing', async () => {
  const { id } = await jobs.create();
  const missingSince = async () => (await getJob(jobs, owned(id))).missingSince;
  const fail = async (failure: Failure) => {
    await failJob(jobs, await claim(id), failure);
    await jobs.age('not_before', 120, id);
  };
  await fail(missing);
  const since = await missingSince();
  await fail(transient);
  expect(await missingSince()).toEqual(since);
  await fail(crash);
  expect(await missingSince()).toBeNull();
});

test('a retry by a person starts with an original that is not missing', async () => {
  const { id } = await jobs.create();
  await jobs.sql(sql`update jobs set missing_since = now() - interval '1 hour'`);
  await failJob(jobs, await claim(id), missing);
  expect(await retryJob(jobs, owned(id))).toMatchObject({ status: 'uploaded', missingSince: null });
});

test('a run that is postponed uses up no try, and the sweep publishes its job when the delay has passed', async () => {
  const { id } = await jobs.create();
  const before = await jobs.publisher.count();
  const run = await claim(id);
  expect(await postponeJob(jobs, run, 60_000)).toBe(true);
  expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'uploaded', run: 1, tries: 0, leaseUntil: null });
  expect([await claimJob(jobs, id), await publishDueJobs(jobs)]).toEqual([null, 0]);
  await jobs.age('not_before', 61, id);
  expect([await publishDueJobs(jobs), await jobs.publisher.count()]).toEqual([1, before + 1]);
  expect(await postponeJob(jobs, run, 0)).toBe(false);
});

test('a permanent failure ends the job at once', async () => {
  const { id } = await jobs.create();
  expect(await failJob(jobs, await claim(id), permanent)).toEqual({ outcome: 'ended' });
  expect(await getJob(jobs, owned(id))).toMatchObject({
    status: 'error',
    error: { code: 'image_corrupt' },
    thumbnails: [],
  });
});

test('the second crash of its own renderer ends a job, and the first counts as no try', async () => {
  const { id } = await jobs.create();
  expect(await failJob(jobs, await claim(id), crash)).toEqual({ outcome: 'retry', delayMs: 0 });
  expect((await getJob(jobs, owned(id))).tries).toBe(0);
  expect(await failJob(jobs, await claim(id), crash)).toEqual({ outcome: 'ended' });
  expect((await getJob(jobs, owned(id))).error?.code).toBe('render_crashed');
});

test('nine lost leases count as no try, the tenth ends the job', async () => {
  const { id } = await jobs.create();
  for (let lost = 1; lost < 10; lost += 1) {
    await claim(id);
    await jobs.age('lease_until', 60, id);
    expect(await freeLeases(jobs)).toBe(1);
    expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'uploaded', lostLeases: lost, tries: 0, crashes: 0 });
  }
  await claim(id);
  await jobs.age('lease_until', 60, id);
  await freeLeases(jobs);
  expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'error', error: { code: 'internal_error' } });
});

test('a renewed lease is not freed', async () => {
  const { id } = await jobs.create();
  const run = await claim(id);
  await jobs.age('lease_until', 60, id);
  expect(await renewLease(jobs, run)).toBe(true);
  expect(await freeLeases(jobs)).toBe(0);
  await finish(run);
});

test('a job that could not be published is published by the sweep, once', async () => {
  const fail = () => Promise.reject(new AppError('unavailable', 'The queue is unavailable.', { retryable: true }));
  const { id } = await jobs.create({ publisher: { ...jobs.publisher, publish: fail } });
  expect((await getJob(jobs, owned(id))).publishedAt).toBeNull();
  const before = await jobs.publisher.count();
  expect(await publishDueJobs(jobs)).toBe(1);
  expect(await publishDueJobs(jobs)).toBe(0);
  expect(await jobs.publisher.count()).toBe(before + 1);
  expect((await getJob(jobs, owned(id))).publishedAt).not.toBeNull();
});

test('a job with a lost message is published again, but only after a while', async () => {
  const lost = async () => undefined;
  // No message of an earlier test may stand for the job.
  await jobs.sql(sql`truncate bullmq.job cascade`);
  const { id } = await jobs.create({ publisher: { ...jobs.publisher, publish: lost } });
  const before = await jobs.publisher.count();
  expect(await publishDueJobs(jobs)).toBe(0);
  await jobs.age('published_at', 60, id);
  expect(await publishDueJobs(jobs)).toBe(1);
  expect(await jobs.publisher.count()).toBe(before + 1);
});

test('a run that has finished cannot be released', async () => {
  const { id } = await jobs.create();
  const run = await claim(id);
  await finish(run);
  expect(await releaseJob(jobs, run)).toBe(false);
  expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'success', run: 1 });
});
