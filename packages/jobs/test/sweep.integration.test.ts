import { AppError } from '@thumbnail-api/errors';
import { messageIdFor, openPublisher, renderJobMessage } from '@thumbnail-api/queue';
import { owned } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { withSweepLease } from '../src/cleanup/sweep-lease.ts';
import {
  claimNextJob,
  deleteJob,
  failJob,
  getJob,
  publishDueJobs,
  retryJob,
  sweepJobs,
  sweepObjects,
} from '../src/index.ts';
import { openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { claim, finish, permanent, store, timeout, transient } from './run-of.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
beforeEach(() => jobs.sql(sql`truncate images, jobs, thumbnails, sweep_leases cascade`));
afterAll(() => jobs.close());

/** Opens an empty queue; `read` returns the jobs of its messages in the order of their delivery. */
async function openQueue() {
  await jobs.sql(sql`truncate bullmq.job cascade`);
  const queue = { kind: 'postgres', name: 'test' } as const;
  const open = () => {
    const publisher = openPublisher({ queue, postgres: jobs.config }, renderJobMessage, jobs.log, 30_000);
    onTestFinished(() => publisher.close());
    return publisher;
  };
  const read = async () => {
    const rows = await jobs.sql(sql`select left(id, 36) as id from bullmq.job where state = 'waiting' order by seq`);
    return rows.map(({ id }) => id);
  };
  return { ...jobs, publisher: open(), open, read };
}

const keepAll = { retentionDays: 0, searchEverySeconds: 0 };
const month = { ...keepAll, retentionDays: 30 };
const day = 86_400;

test('of many sweepers of one kind only one works at a time', async () => {
  const gate = Promise.withResolvers<void>();
  const started = Promise.withResolvers<void>();
  const first = withSweepLease(jobs, 'jobs', async () => {
    started.resolve();
    await gate.promise;
    return 'first';
  });
  await started.promise;
  const others = await Promise.all(Array.from({ length: 5 }, () => withSweepLease(jobs, 'jobs', async () => 'other')));
  expect(others).toEqual([null, null, null, null, null]);
  expect(await withSweepLease(jobs, 'objects', async () => 'the other kind')).toBe('the other kind');
  gate.resolve();
  expect(await first).toBe('first');
  expect(await withSweepLease(jobs, 'jobs', async () => 'next')).toBe('next');
});

test('a sweeper with an expired lease is replaced, and its signal is aborted when it continues', async () => {
  const aborted = Promise.withResolvers<void>();
  const frozen = withSweepLease(jobs, 'jobs', async (signal) => {
    await jobs.sql(sql`update sweep_leases set until = now() - interval '1 second'`);
    expect(await withSweepLease(jobs, 'jobs', async () => 'replaced')).toBe('replaced');
    signal.addEventListener('abort', () => aborted.resolve());
    await aborted.promise;
    return signal.aborted;
  });
  expect(await frozen).toBe(true);
});

test('one pass frees an expired lease and publishes its job', async () => {
  const { id } = await jobs.create();
  await claim(jobs, id);
  await jobs.age('lease_until', 60, id);
  expect(await sweepJobs(jobs, keepAll)).toMatchObject({ freed: 1, published: 1 });
  expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'uploaded', run: 1 });
});

test('a step that fails because the queue is unavailable does not hold up the others', async () => {
  const fail = () => Promise.reject(new AppError('unavailable', 'The queue is unavailable.', { retryable: true }));
  const broken = { ...jobs, publisher: { ...jobs.publisher, publishAll: fail, count: fail } };
  const lost = await jobs.create();
  await claim(jobs, lost.id);
  await jobs.age('lease_until', 60, lost.id);
  const old = await jobs.create();
  await finish(jobs, await claim(jobs, old.id));
  await jobs.age('finished_at', 31 * day, old.id);
  expect(await sweepJobs(broken, month)).toMatchObject({ freed: 1, published: 0, expired: 1 });
});

test('as many messages as the queue has lost are published, those of the next jobs first and once', async () => {
  const queue = await openQueue();
  const created: string[] = [];
  for (let count = 0; count < 5; count += 1) created.push((await jobs.create(queue)).id);
  for (const id of created) await jobs.age('published_at', 60, id);
  await jobs.sql(sql`delete from bullmq.job where id <> ${messageIdFor(created[4] ?? '', 0)}`);
  expect(await publishDueJobs(queue)).toBe(4);
  expect(await publishDueJobs({ ...queue, publisher: queue.open() })).toBe(0);
  expect((await queue.read()).sort()).toEqual([...created].sort());
});

test('a job is published again although the queue still holds a part of its message', async () => {
  const queue = await openQueue();
  const { id } = await jobs.create(queue);
  await jobs.age('published_at', 60, id);
  // As after the loss of the list of waiting messages in Redis: the message exists, and no consumer gets it.
  await jobs.sql(sql`update bullmq.job set state = 'failed'`);
  expect(await publishDueJobs(queue)).toBe(1);
  expect(await queue.read()).toEqual([id]);
});

test('the message of a deleted job stands for another job whose message is lost', async () => {
  const queue = await openQueue();
  await deleteJob(jobs, owned((await jobs.create(queue)).id));
  const { id } = await jobs.create(queue);
  await jobs.age('published_at', 60, id);
  await jobs.sql(sql`delete from bullmq.job where id = ${messageIdFor(id, 0)}`);
  expect([await publishDueJobs(queue), (await queue.read()).length]).toEqual([0, 1]);
  expect((await claimNextJob(jobs))?.id).toBe(id);
});

test('more lost messages than one batch are published in one pass', async () => {
  const queue = await openQueue();
  const { id } = await jobs.create(queue);
  await jobs.sql(sql`insert into jobs (id, owner, image_id, specs, published_at, not_before)
    select gen_random_uuid(), owner, image_id, specs, now() - interval '1 hour', now() - interval '1 hour'
    from jobs, generate_series(1, 6000) where id = ${id}`);
  expect(await publishDueJobs(queue)).toBe(6_000);
  expect(await queue.publisher.count()).toBe(6_001);
});

test('nothing is published while the queue holds a message for every due job, however old', async () => {
  const queue = await openQueue();
  const waiting = await jobs.create(queue);
  const working = await jobs.create(queue);
  await claim(jobs, working.id);
  for (const { id } of [waiting, working]) await jobs.age('published_at', 3_600, id);
  expect(await publishDueJobs(queue)).toBe(0);
});

test('a job in back-off needs no message', async () => {
  const queue = await openQueue();
  const later = await jobs.create(queue);
  await failJob(jobs, await claim(jobs, later.id), transient);
  await jobs.age('not_before', -3_600, later.id);
  expect(await publishDueJobs(queue)).toBe(0);
  await jobs.age('not_before', 3_660, later.id);
  expect(await publishDueJobs(queue)).toBe(1);
  expect((await getJob(jobs, owned(later.id))).publishedAt).not.toBeNull();
});

test('jobs that ended before the retention are deleted with their objects, and no others', async () => {
  const [old, young, failed, waiting] = [
    await jobs.create(),
    await jobs.create(),
    await jobs.create(),
    await jobs.create(),
  ];
  for (const { id } of [old, young]) {
    const run = await claim(jobs, id);
    await store(jobs, id);
    await finish(jobs, run);
  }
  await failJob(jobs, await claim(jobs, failed.id), permanent);
  for (const { id } of [old, failed]) await jobs.age('finished_at', 30 * day + 60, id);
  await jobs.age('finished_at', 30 * day - 60, young.id);
  for (const { id } of [old, young, failed, waiting]) await jobs.age('created_at', 90 * day, id);

  expect((await sweepJobs(jobs, keepAll)).expired).toBe(0);
  expect((await sweepJobs(jobs, month)).expired).toBe(2);
  for (const { id } of [old, failed])
    await expect(getJob(jobs, owned(id))).rejects.toMatchObject({ code: 'not_found' });
  await jobs.sql(sql`update jobs set deleted_at = deleted_at - interval '1 hour'`);
  await jobs.sql(sql`update images set deleted_at = deleted_at - interval '1 hour'`);
  expect((await sweepObjects(jobs, keepAll)).deleted).toBe(4);
  expect(await jobs.count('jobs')).toBe(2);
  const keys = await jobs.keys();
  expect(keys.filter((key) => key.includes(old.id) || key.includes(old.image.id))).toEqual([]);
  expect(keys.filter((key) => key.includes(young.id) || key.includes(young.image.id))).toHaveLength(2);
});

test('a job that is retried at the end of its retention is kept', async () => {
  const { id } = await jobs.create();
  await failJob(jobs, await claim(jobs, id), timeout);
  await jobs.age('finished_at', 31 * day, id);
  await retryJob(jobs, owned(id));
  expect((await sweepJobs(jobs, month)).expired).toBe(0);
  expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'uploaded' });
});
