import type { ObjectInfo } from '@thumbnail-api/storage';
import { owned } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CoverageHeartbeat, deleteJob, registerInstallation, sweepObjects } from '../src/index.ts';
import { pruneCoverage } from '../src/installation/prune-coverage.ts';
import { openTestJobs, type TestJobs } from './open-test-jobs.ts';

let jobs: TestJobs;
beforeEach(async () => {
  jobs = await openTestJobs();
  await registerInstallation(jobs, { uploadDeadlineMs: 120_000 });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await jobs.close();
});

const readSpans = () => jobs.sql(sql`select id, ended_at - started_at as length from coverage order by started_at, id`);
const waitMinute = () => {
  const now = performance.now() + 61_000;
  vi.spyOn(performance, 'now').mockReturnValue(now);
};

test('heartbeats of one process extend one row', async () => {
  const heartbeat = new CoverageHeartbeat(jobs);
  for (let count = 0; count < 5; count += 1) await heartbeat.beat();
  waitMinute();
  await heartbeat.beat();
  expect(await readSpans()).toHaveLength(1);
});

test('an installation without an upload records nothing', async () => {
  await jobs.sql(sql`delete from installation`);
  await new CoverageHeartbeat(jobs).beat();
  expect(await readSpans()).toEqual([]);
});

test.each([
  ['forwards', 60],
  ['backwards', -60],
])('a clock of the store that moves %s takes back the heartbeats since it was measured', async (_, seconds) => {
  let aheadMs = 0;
  const shift = (info: ObjectInfo) => ({ ...info, modifiedAt: new Date(info.modifiedAt.getTime() + aheadMs) });
  const store: TestJobs['store'] = {
    ...jobs.store,
    head: async (key, options) => {
      const found = await jobs.store.head(key, options);
      return found && shift(found);
    },
  };
  const heartbeat = new CoverageHeartbeat({ ...jobs, store });
  await heartbeat.beat();
  await heartbeat.beat();
  aheadMs = seconds * 1_000;
  waitMinute();
  await heartbeat.beat();
  const spans = await jobs.sql(sql`select ended_at = started_at as "isEmpty" from coverage`);
  expect(spans).toEqual([{ isEmpty: true }, { isEmpty: true }]);
});

test('without the store no heartbeat is recorded for longer than five minutes', async () => {
  const heartbeat = new CoverageHeartbeat(jobs);
  await heartbeat.beat();
  const before = await readSpans();
  const fail = () => Promise.reject(new Error('unavailable'));
  Object.assign(jobs.store, { put: fail, head: fail });
  vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 301_000);
  await heartbeat.beat();
  expect(await readSpans()).toEqual(before);
});

test('a row that another one contains is pruned once its chain has ended', async () => {
  await new CoverageHeartbeat(jobs).beat();
  await jobs.sql(sql`
    update coverage set started_at = started_at - interval '2 hours', server = split_part(server, '@', 1) || '@' || pg_current_xact_id()::xid::text`);
  const [long] = await readSpans();
  await jobs.sql(sql`
    insert into coverage select gen_random_uuid(), started_at + interval '10 minutes', started_at + interval '1 hour', server from coverage`);
  await jobs.sql(sql`
    insert into coverage select gen_random_uuid(), started_at - interval '10 minutes', started_at + interval '1 hour', server
    from coverage where id = ${long?.id}`);
  expect(await pruneCoverage(jobs, new Date())).toBe(1);
  expect(await readSpans()).toHaveLength(2);
});

test('a deletion marker is removed when no backup is older', async () => {
  const { id } = await jobs.create();
  await deleteJob(jobs, owned(id));
  const markers = () => jobs.store.list('deletions/', { limit: 10 });
  const sweep = async () => {
    for (let pass = 0; pass < 3; pass += 1)
      await sweepObjects(jobs, { retentionDays: 0, searchEverySeconds: 0, backupDays: 30 });
  };
  await jobs.ageObjects(30 * 86_400 - 60);
  await sweep();
  expect(await markers()).toHaveLength(1);
  await jobs.ageObjects(120);
  await sweep();
  expect(await markers()).toEqual([]);
});

test('a deletion without a marker removes no object, and the sweep finishes it', async () => {
  const { id } = await jobs.create();
  const put = () => Promise.reject(new Error('unavailable'));
  await deleteJob({ ...jobs, store: { ...jobs.store, put } }, owned(id));
  expect((await jobs.keys()).filter((key) => key.startsWith('originals/'))).toHaveLength(1);
  await jobs.sql(sql`update jobs set deleted_at = deleted_at - interval '1 hour'`);
  await jobs.sql(sql`update images set deleted_at = deleted_at - interval '1 hour'`);
  await sweepObjects(jobs, { retentionDays: 0, searchEverySeconds: 0 });
  expect((await jobs.keys()).filter((key) => key.startsWith('originals/'))).toEqual([]);
  expect(await jobs.store.list('deletions/', { limit: 10 })).not.toEqual([]);
});
