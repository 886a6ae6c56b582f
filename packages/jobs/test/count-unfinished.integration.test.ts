import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimJob, countUnfinished } from '../src/index.ts';
import { openTestJobs, type TestJobs } from './open-test-jobs.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
afterAll(() => jobs.close());

test('without jobs every count is 0', async () => {
  expect(await countUnfinished(jobs)).toEqual({ uploaded: 0, processing: 0, due: 0, oldestDueSeconds: 0 });
});

test('counts uploaded, due and processing jobs, and leaves out deleted and finished ones', async () => {
  const [old, later, running, deleted, finished] = await Promise.all(Array.from({ length: 5 }, () => jobs.create()));
  await jobs.age('not_before', 100, old?.id ?? '');
  await jobs.age('not_before', -100, later?.id ?? '');
  await claimJob(jobs, running?.id ?? '');
  await jobs.sql(sql`update jobs set deleted_at = now() where id = ${deleted?.id}`);
  await jobs.sql(sql`update jobs set status = 'success', finished_at = now() where id = ${finished?.id}`);
  const { oldestDueSeconds, ...counts } = await countUnfinished(jobs);
  expect(counts).toEqual({ uploaded: 2, processing: 1, due: 1 });
  expect(oldestDueSeconds).toBeGreaterThan(99);
  expect(oldestDueSeconds).toBeLessThan(200);
});

test('reads only the unfinished jobs, never the whole table', async () => {
  const { image } = await jobs.create();
  await jobs.sql(sql`
    insert into jobs (id, owner, image_id, status, specs, finished_at)
    select gen_random_uuid(), 'everybody', ${image.id}, 'success', '[]', now() from generate_series(1, 20000)`);
  await jobs.sql(sql`analyze jobs`);
  const scans = await jobs.database.transaction(async (transaction) => {
    await countUnfinished({ database: { ...jobs.database, run: (work) => work(transaction) } });
    const [row] = await transaction.execute(sql`select seq_scan from pg_stat_xact_user_tables where relname = 'jobs'`);
    return Number(row?.seq_scan);
  });
  expect(scans).toBe(0);
});
