import { owned, waitUntil } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimJob, deleteJob, failJob, openJobEnds, waitForEnd } from '../src/index.ts';
import { openTestJobs, type TestJobs } from './open-test-jobs.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
afterAll(() => jobs.close());

const never = new AbortController().signal;
const end = async (id: string) => {
  const run = await claimJob(jobs, id);
  await failJob(
    jobs,
    { id, run: run?.run ?? 0, tries: 0, crashes: 0 },
    { code: 'image_corrupt', message: 'No.', retryable: false },
  );
};
/** Ids of the Postgres backends that listen. */
const listeners = () =>
  jobs.database.run(async (executor) => {
    const rows = await executor.execute(
      sql`select pid from pg_stat_activity where datname = current_database() and query like 'listen %'`,
    );
    return rows.map(({ pid }) => Number(pid));
  });

test('one connection listens, however many clients wait', async () => {
  const ends = openJobEnds(jobs);
  const { id } = await jobs.create();
  const waiting = Array.from({ length: 50 }, () => waitForEnd({ ...jobs, ends }, owned(id), never));
  await waitUntil('listening', async () => (await listeners()).length > 0);
  expect(await listeners()).toHaveLength(1);
  await end(id);
  for (const job of await Promise.all(waiting)) expect(job.status).toBe('error');
  await ends.close();
  await waitUntil('the connection is closed', async () => (await listeners()).length === 0);
});

test('ends are received again after the listening connection was cut', async () => {
  const ends = openJobEnds(jobs);
  const [pid] = await waitUntil('listening', async () => {
    const found = await listeners();
    return found.length > 0 && found;
  });
  const first = await jobs.create();
  const waiting = waitForEnd({ ...jobs, ends }, owned(first.id), never);
  await jobs.database.run((executor) => executor.execute(sql`select pg_terminate_backend(${pid})`));
  await end(first.id);
  expect((await waiting).status).toBe('error');
  const reconnected = await waitUntil('listening again', async () =>
    (await listeners()).find((other) => other !== pid),
  );
  expect(reconnected).not.toBe(pid);
  await ends.close();
});

test('waiting for a job that is deleted fails with not_found', async () => {
  const ends = openJobEnds(jobs);
  const { id } = await jobs.create();
  // Expected before the deletion returns: the rejection may come first.
  const rejected = expect(waitForEnd({ ...jobs, ends }, owned(id), never)).rejects.toMatchObject({ code: 'not_found' });
  await deleteJob(jobs, owned(id));
  await rejected;
  await ends.close();
});
