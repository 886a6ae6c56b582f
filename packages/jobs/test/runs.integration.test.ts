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
  handBackJob,
  publishDueJobs,
  renewLease,
} from '../src/index.ts';
import { openTestJobs, type TestJobs } from './open-test-jobs.ts';
import * as runOf from './run-of.ts';
import { passing, permanent } from './run-of.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
beforeEach(() => jobs.sql(sql`truncate images, jobs, thumbnails cascade`));
afterAll(() => jobs.close());

const crash: Failure = { code: 'render_crashed', message: 'The renderer crashed.', retryable: true };

const claim = (id: string) => runOf.claim(jobs, id);
const finish = (run: ClaimedJob, name?: string) => runOf.finish(jobs, run, name);

test('of many who claim a job at once one gets it, and processing is really written', async () => {
  const { id } = await jobs.create();
  const claims = await Promise.all(Array.from({ length: 8 }, () => claimJob(jobs, id)));
  expect(claims.filter((claimed) => claimed !== null)).toHaveLength(1);
  expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'processing', run: 1 });
});

test('a job that is not there, has ended or is not due cannot be claimed', async () => {
  expect(await claimJob(jobs, Bun.randomUUIDv7())).toBeNull();
  const ended = await jobs.create();
  await failJob(jobs, await claim(ended.id), permanent);
  expect(await claimJob(jobs, ended.id)).toBeNull();
  const later = await jobs.create();
  await failJob(jobs, await claim(later.id), passing);
  await jobs.age('not_before', -3_600, later.id);
  expect(await claimJob(jobs, later.id)).toBeNull();
});

test('a run that finishes shows its thumbnails and its end', async () => {
  const { id } = await jobs.create();
  expect(await finish(await claim(id))).toBe(true);
  const job = await getJob(jobs, owned(id));
  expect(job).toMatchObject({ status: 'success', leaseUntil: null, error: null, thumbnails: [{ name: 'default' }] });
  expect(job.finishedAt).not.toBeNull();
});

test('a run whose last word meets a database that is away says it again, and one whose answer was lost is not doubled', async () => {
  const away = new AppError('unavailable', 'The database is away.', { retryable: true });
  let tries = 0;
  const twiceInVain = async <T>(say: () => Promise<T>): Promise<T> => {
    tries += 1;
    if (tries === 1) throw away;
    const result = await say();
    if (tries === 2) throw away;
    return result;
  };
  const flaky: TestJobs['database'] = {
    ...jobs.database,
    commit: (statement) => twiceInVain(() => jobs.database.commit(statement)),
    transaction: (work) => twiceInVain(() => jobs.database.transaction(work)),
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

test('a claim that meets a database that is away for a moment is made all the same', async () => {
  const away = new AppError('unavailable', 'The database is away.', { retryable: true });
  let asked = 0;
  const flaky: TestJobs['database'] = {
    ...jobs.database,
    run: (work) => {
      asked += 1;
      return asked < 3 ? Promise.reject(away) : jobs.database.run(work);
    },
  };
  const { id } = await jobs.create();
  expect(await claimJob({ database: flaky }, id)).toMatchObject({ id, run: 1 });
});

test('a fault that does not pass is not tried again', async () => {
  const broken = { ...jobs.database, commit: () => Promise.reject(new Error('refused')) };
  const { id } = await jobs.create();
  await expect(runOf.finish({ ...jobs, database: broken }, await claim(id))).rejects.toThrow('refused');
});

test('a run that wakes up after another took its job changes nothing, whatever it tries', async () => {
  const { id } = await jobs.create();
  const late = await claim(id);
  await jobs.age('lease_until', 60, id);
  await freeLeases(jobs);
  const current = await claim(id);
  expect(current.run).toBe(2);
  expect(await renewLease(jobs, late)).toBe(false);
  expect(await finish(late, 'late')).toBe(false);
  expect(await failJob(jobs, late, permanent)).toEqual({ outcome: 'over' });
  expect(await finish(current)).toBe(true);
  expect(await finish(late, 'late')).toBe(false);
  expect((await getJob(jobs, owned(id))).thumbnails.map(({ name }) => name)).toEqual(['default']);
});

test('a passing failure is tried again after a back-off, at most five times in all', async () => {
  const { id } = await jobs.create();
  const delays: number[] = [];
  for (let tries = 1; tries < 5; tries += 1) {
    const run = await claim(id);
    const [clock] = await jobs.sql(sql`select now()::text as now`);
    const settled = await failJob(jobs, run, passing);
    expect(settled.outcome).toBe('again');
    const delayMs = settled.outcome === 'again' ? settled.delayMs : 0;
    delays.push(delayMs);
    const due = sql`${clock?.now}::timestamptz + ${delayMs}::float8 * interval '1 ms'`;
    expect(await jobs.sql(sql`select not_before >= ${due} as "isKept" from jobs`)).toEqual([{ isKept: true }]);
    expect((await getJob(jobs, owned(id))).status).toBe('uploaded');
    await jobs.age('not_before', 120, id);
  }
  expect(await failJob(jobs, await claim(id), passing)).toEqual({ outcome: 'ended' });
  expect(await getJob(jobs, owned(id))).toMatchObject({
    status: 'error',
    run: 5,
    error: { code: 'storage_unavailable' },
  });
  expect(delays.every((delay, index) => delay >= 500 * 2 ** index && delay <= 1_000 * 2 ** index)).toBe(true);
});

test('a permanent failure is never tried again', async () => {
  const { id } = await jobs.create();
  expect(await failJob(jobs, await claim(id), permanent)).toEqual({ outcome: 'ended' });
  expect(await getJob(jobs, owned(id))).toMatchObject({
    status: 'error',
    error: { code: 'image_corrupt' },
    thumbnails: [],
  });
});

test('the second crash of its own renderer ends a job, and the first costs it no try', async () => {
  const { id } = await jobs.create();
  expect(await failJob(jobs, await claim(id), crash)).toEqual({ outcome: 'again', delayMs: 0 });
  expect((await getJob(jobs, owned(id))).tries).toBe(0);
  expect(await failJob(jobs, await claim(id), crash)).toEqual({ outcome: 'ended' });
  expect((await getJob(jobs, owned(id))).error?.code).toBe('render_crashed');
});

test('nine lost leases cost a job nothing, the tenth ends it', async () => {
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

test('a lease that is renewed is not freed', async () => {
  const { id } = await jobs.create();
  const run = await claim(id);
  await jobs.age('lease_until', 60, id);
  expect(await renewLease(jobs, run)).toBe(true);
  expect(await freeLeases(jobs)).toBe(0);
  await finish(run);
});

test('a job whose message never went out is published by the sweep, once', async () => {
  const away = () => Promise.reject(new AppError('unavailable', 'The queue is away.', { retryable: true }));
  const { id } = await jobs.create({ publisher: { ...jobs.publisher, publish: away } });
  expect((await getJob(jobs, owned(id))).publishedAt).toBeNull();
  const before = await jobs.publisher.count();
  expect(await publishDueJobs(jobs)).toBe(1);
  expect(await publishDueJobs(jobs)).toBe(0);
  expect(await jobs.publisher.count()).toBe(before + 1);
  expect((await getJob(jobs, owned(id))).publishedAt).not.toBeNull();
});

test('a job whose message was lost is published again, but only after a while', async () => {
  const lost = async () => undefined;
  const { id } = await jobs.create({ publisher: { ...jobs.publisher, publish: lost } });
  const empty = { ...jobs, publisher: { ...jobs.publisher, count: async () => 0 } };
  expect(await publishDueJobs(empty)).toBe(0);
  await jobs.age('published_at', 60, id);
  expect(await publishDueJobs(empty)).toBe(1);
});

test('a run that is over cannot be handed back', async () => {
  const { id } = await jobs.create();
  const run = await claim(id);
  await finish(run);
  expect(await handBackJob(jobs, run)).toBe(false);
  expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'success', run: 1 });
});
