import { drawQuarters, sourceOf } from '@thumbnail-api/testing';
import { parseOptions } from '@thumbnail-api/thumbnail-spec';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  addJob,
  claimJob,
  createBatch,
  createJob,
  deleteImage,
  failJob,
  type JobsDeps,
  type OwnerBounds,
  retryJob,
  retryJobs,
  sweepJobs,
} from '../src/index.ts';
import { limits, openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { claim, finish, timeout } from './run-of.ts';

let jobs: TestJobs;
let image: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  jobs = await openTestJobs();
  image = await drawQuarters(20, 10);
});
beforeEach(() => jobs.sql(sql`truncate images, jobs, thumbnails, batches, owner_turns, owner_storage cascade`));
afterAll(() => jobs.close());

const specs = async () => parseOptions({}, {});
const bounded = (bounds: Partial<OwnerBounds>) => ({
  ...limits,
  bounds: { unfinishedJobs: 0, storedBytes: 0, ...bounds },
});
const create = (bounds: Partial<OwnerBounds>, owner = 'one', deps: JobsDeps = jobs) =>
  createJob(deps, { owner, filename: 'a.png', body: sourceOf(image), specs }, bounded(bounds));
const batchOf = (count: number, bounds: Partial<OwnerBounds>) => {
  const files = async function* () {
    for (let index = 0; index < count; index += 1) yield { filename: 'a.png', body: sourceOf(image) };
  };
  return createBatch(jobs, { owner: 'one', files: files(), specs }, bounded(bounds));
};
const room = (images: number) => ({ storedBytes: images * image.length });
const refused = (results: PromiseSettledResult<unknown>[]) =>
  results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));

test('an owner with too many unfinished jobs gets no further one until one ends, and other owners are not affected', async () => {
  const bounds = { unfinishedJobs: 2 };
  const before = (await jobs.keys()).length;
  const first = await create(bounds);
  await create(bounds);
  await expect(create(bounds)).rejects.toMatchObject({ code: 'rate_limited', retryAfterSeconds: 5 });
  await create(bounds, 'other');
  expect(await jobs.count('images')).toBe(3);
  expect(await jobs.keys()).toHaveLength(before + 3);
  await finish(jobs, await claim(jobs, first.id));
  await create(bounds);
});

test('a batch, a job added to an image and retries count each job that they make', async () => {
  const bounds = { unfinishedJobs: 3 };
  const before = await jobs.keys();
  await expect(batchOf(4, bounds)).rejects.toMatchObject({ code: 'rate_limited' });
  expect([await jobs.count('jobs'), await jobs.keys()]).toEqual([0, before]);
  const { jobs: made } = await batchOf(3, bounds);
  const [first] = made;
  const added = { owner: 'one', imageId: first?.image.id ?? '', specs: parseOptions({}, {}) };
  await expect(addJob(jobs, added, bounded(bounds))).rejects.toMatchObject({ code: 'rate_limited' });
  for (const { id } of made) await failJob(jobs, (await claimJob(jobs, id)) as never, timeout);
  const { bounds: both } = bounded({ unfinishedJobs: 2 });
  expect(await retryJobs(jobs, { owner: 'one' }, undefined, both)).toMatchObject({ retried: 2, hasMore: true });
  await expect(retryJobs(jobs, { owner: 'one' }, undefined, both)).rejects.toMatchObject({ code: 'rate_limited' });
  const left = await jobs.sql(sql`select id from jobs where status = 'error'`);
  await expect(retryJob(jobs, { id: String(left[0]?.id), owner: 'one' }, undefined, both)).rejects.toMatchObject({
    code: 'rate_limited',
  });
});

test('parallel uploads at the edge of the quota never pass it, and leave nothing behind', async () => {
  const before = (await jobs.keys()).length;
  const results = await Promise.allSettled(Array.from({ length: 12 }, () => create(room(5))));
  expect(refused(results)).toEqual(Array(7).fill('quota_exceeded'));
  expect([await jobs.count('images'), (await jobs.keys()).length]).toEqual([5, before + 5]);
  const again = await Promise.allSettled(Array.from({ length: 4 }, () => create(room(6))));
  expect(refused(again)).toHaveLength(3);
});

test('a batch is accepted only if all its files fit into the quota', async () => {
  const before = await jobs.keys();
  await expect(batchOf(3, room(2))).rejects.toMatchObject({ code: 'quota_exceeded' });
  expect(await jobs.keys()).toEqual(before);
  await batchOf(2, room(2));
});

test('deleted and expired images give their bytes back at once', async () => {
  const first = await create(room(1));
  await deleteImage(jobs, { id: first.image.id, owner: 'one' });
  const second = await create(room(1));
  await expect(create(room(1))).rejects.toMatchObject({ code: 'quota_exceeded' });
  await finish(jobs, await claim(jobs, second.id));
  await jobs.age('finished_at', 3 * 86_400, second.id);
  await sweepJobs(jobs, { retentionDays: 1 });
  await create(room(1));
});

test('an upload that fails gives its bytes back', async () => {
  const database = { ...jobs.database, commit: () => Promise.reject(new Error('refused')) };
  await expect(create(room(1), 'one', { ...jobs, database })).rejects.toThrow('refused');
  await create(room(1));
});

test('what an owner stored before a crash of the server, or before it had a quota, counts', async () => {
  await create({});
  await expect(create(room(1))).rejects.toMatchObject({ code: 'quota_exceeded' });
  await jobs.sql(sql`truncate owner_storage`);
  await expect(create(room(1))).rejects.toMatchObject({ code: 'quota_exceeded' });
});

test('bytes whose return was lost with a process are found at the edge of the quota', async () => {
  await create(room(2));
  await jobs.sql(sql`update owner_storage set bytes = bytes + 1000000, reserved_at = now() - interval '1 minute'`);
  await create(room(2));
  await expect(create(room(2))).rejects.toMatchObject({ code: 'quota_exceeded' });
});

test('bytes that are reserved and not yet committed are not forgotten by a count', async () => {
  const inserting = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const commit: JobsDeps['database']['commit'] = async (statement) => {
    inserting.resolve();
    await release.promise;
    return jobs.database.commit(statement);
  };
  const slow = create(room(1), 'one', { ...jobs, database: { ...jobs.database, commit } });
  await inserting.promise;
  await expect(create(room(1))).rejects.toMatchObject({ code: 'quota_exceeded' });
  release.resolve();
  await slow;
});
