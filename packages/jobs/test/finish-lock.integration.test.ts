import { owned } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getJob } from '../src/index.ts';
import { openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { claim, finish } from './run-of.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
afterAll(() => jobs.close());

const countWaiting = async () => {
  const [row] = await jobs.sql(
    sql`select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return row?.count;
};

test('the end of a run locks the image before the job, as a deletion does, so the two cannot deadlock', async () => {
  const { id, image } = await jobs.create();
  const run = await claim(jobs, id);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  const { promise: locked, resolve: reportLocked } = Promise.withResolvers<void>();
  const deleting = jobs.database.transaction(async (executor) => {
    await executor.execute(sql`select id from images where id = ${image.id} for update`);
    reportLocked();
    await held;
  });
  await locked;
  let isFinished = false;
  const finishing = finish(jobs, run).finally(() => {
    isFinished = true;
  });
  await expect.poll(async () => isFinished || (await countWaiting()) === 1).toBe(true);
  expect(isFinished).toBe(false);
  // It fails at once if the end of the run has locked the job already.
  expect(await jobs.sql(sql`select status from jobs where id = ${id} for update nowait`)).toEqual([
    { status: 'processing' },
  ]);
  release();
  await deleting;
  expect(await finishing).toBe(true);
  expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'success' });
});
