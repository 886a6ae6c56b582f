import { everybody } from '@thumbnail-api/db';
import { owned } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { claimDeletions } from '../src/deletion/claim-deletions.ts';
import { deleteRows } from '../src/deletion/delete-rows.ts';
import { expireJobs } from '../src/deletion/expire-jobs.ts';
import { finishDeletions } from '../src/deletion/finish-deletions.ts';
import { addJob, countDeletions, failJob, getImage, getJob, type JobsDeps, retryJob } from '../src/index.ts';
import { limits, openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { claim, finish, store, timeout } from './run-of.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
beforeEach(async () => {
  await jobs.sql(sql`truncate images, jobs, thumbnails, batches, sweep_leases cascade`);
  for (const key of await jobs.keys()) await jobs.store.delete(key);
});
afterAll(() => jobs.close());

const day = 86_400;
const retentionDays = 30;
const specs = parseOptions({}, shippedPresets);
const markAll = async () => {
  await jobs.sql(sql`update jobs set deleted_at = now() - interval '1 hour'`);
  await jobs.sql(sql`update images set deleted_at = now() - interval '1 hour'`);
};
/** Creates a job that failed long ago and that a client may retry. */
const createExpired = async () => {
  const job = await jobs.create();
  await failJob(jobs, await claim(jobs, job.id), timeout);
  await jobs.age('finished_at', 31 * day, job.id);
  return job;
};
const isVisible = (id: string) =>
  getJob(jobs, owned(id)).then(
    () => true,
    () => false,
  );

test('workers that finish deletions at the same time share them, and no object is deleted twice', async () => {
  const created: string[] = [];
  for (let index = 0; index < 30; index += 1) {
    const { id } = await jobs.create();
    await store(jobs, id);
    created.push(id);
  }
  const keys = await jobs.keys();
  await markAll();
  const asked: string[] = [];
  const deleteMany: JobsDeps['store']['deleteMany'] = (all, options) => {
    asked.push(...all);
    return jobs.store.deleteMany(all, options);
  };
  const deps = { ...jobs, store: { ...jobs.store, deleteMany } };
  const counts = await Promise.all([finishDeletions(deps), finishDeletions(deps), finishDeletions(deps)]);
  counts.push(await finishDeletions(deps));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(60);
  expect(asked.toSorted()).toEqual(keys);
  expect([await jobs.count('jobs'), await jobs.count('images'), await jobs.keys()]).toEqual([0, 0, []]);
});

test('the deletions that a worker claimed before it crashed are finished by another one', async () => {
  await jobs.create();
  await markAll();
  expect(await claimDeletions(jobs.database, 'jobs')).toHaveLength(1);
  expect(await finishDeletions(jobs)).toBe(0);
  await jobs.sql(sql`update jobs set delete_after = delete_after - interval '1 hour'`);
  expect(await finishDeletions(jobs)).toBe(2);
});

test('a batch whose last two jobs are deleted by two workers at the same time is marked as empty', async () => {
  for (let round = 0; round < 10; round += 1) {
    const [one, other] = [await jobs.create(), await jobs.create()];
    const batchId = Bun.randomUUIDv7();
    await jobs.sql(sql`insert into batches (id, owner, refused) values (${batchId}, ${everybody}, '[]')`);
    await jobs.sql(sql`update jobs set batch_id = ${batchId}, deleted_at = now() where id in (${one.id}, ${other.id})`);
    await Promise.all([one, other].map(({ id }) => deleteRows(jobs.database, 'jobs', [id])));
    expect(await jobs.sql(sql`select empty_since is not null as empty from batches where id = ${batchId}`)).toEqual([
      { empty: true },
    ]);
  }
});

test('a job that is retried while jobs expire is either kept or no longer found, never both', async () => {
  const outcomes = { kept: 0, expired: 0 };
  for (let round = 0; round < 8; round += 1) {
    const created = await Promise.all(Array.from({ length: 16 }, createExpired));
    const expiring = expireJobs(jobs, retentionDays);
    const retrying = created.map(({ id }) =>
      retryJob(jobs, owned(id)).then(
        () => true,
        () => false,
      ),
    );
    outcomes.expired += await expiring;
    const retried = await Promise.all(retrying);
    outcomes.kept += retried.filter(Boolean).length;
    outcomes.expired += await expireJobs(jobs, retentionDays);
    expect(await Promise.all(created.map(({ id }) => isVisible(id)))).toEqual(retried);
    expect(await Promise.all(created.map(async ({ image }) => (await findImage(image.id)) !== null))).toEqual(retried);
  }
  expect(outcomes.kept + outcomes.expired).toBe(128);
});
const findImage = (id: string) => getImage(jobs, owned(id)).catch(() => null);

test('a job whose retry is not committed yet is not expired, and the other jobs do not wait for it', async () => {
  const [retried, other] = [await createExpired(), await createExpired()];
  await jobs.database.transaction(async (transaction) => {
    await transaction.execute(sql`update jobs set status = 'uploaded', error_code = null, error_message = null,
      finished_at = null where id = ${retried.id}`);
    expect(await expireJobs(jobs, retentionDays)).toBe(1);
  });
  expect(await expireJobs(jobs, retentionDays)).toBe(0);
  expect([await isVisible(retried.id), await isVisible(other.id)]).toEqual([true, false]);
});

test('an image that receives a new job while its old one expires is kept', async () => {
  const { id, image } = await createExpired();
  const outcomes = await Promise.allSettled([
    expireJobs(jobs, retentionDays),
    addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits),
  ]);
  await expireJobs(jobs, retentionDays);
  expect(await isVisible(id)).toBe(false);
  const isAdded = outcomes[1].status === 'fulfilled';
  expect((await findImage(image.id)) !== null).toBe(isAdded);
});

test('an image is kept while one of its jobs is, and marked with the last', async () => {
  const { id, image } = await createExpired();
  const young = await addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits);
  await finish(jobs, await claim(jobs, young.id));
  expect(await expireJobs(jobs, retentionDays)).toBe(1);
  expect([await isVisible(id), await isVisible(young.id)]).toEqual([false, true]);
  expect((await getImage(jobs, owned(image.id))).jobs).toHaveLength(1);
  await jobs.age('finished_at', 31 * day, young.id);
  expect(await expireJobs(jobs, retentionDays)).toBe(1);
  expect(await findImage(image.id)).toBeNull();
});

test('more jobs than one batch expire in one pass, with their images', async () => {
  const { id, image } = await createExpired();
  await jobs.sql(sql`insert into images (id, owner, type, bytes, sha256)
    select gen_random_uuid(), owner, type, bytes, sha256 from images, generate_series(1, 1_500) where id = ${image.id}`);
  await jobs.sql(sql`insert into jobs (id, owner, image_id, specs, status, error_code, finished_at)
    select gen_random_uuid(), jobs.owner, images.id, specs, status, error_code, finished_at
    from jobs, images where jobs.id = ${id} and images.id <> ${image.id}`);
  expect(await countDeletions(jobs, retentionDays)).toEqual({ expired: 1_501, due: 0, postponed: 0 });
  expect(await expireJobs(jobs, retentionDays)).toBe(1_501);
  expect(await countDeletions(jobs, retentionDays)).toEqual({ expired: 0, due: 0, postponed: 0 });
  expect(await jobs.sql(sql`select count(*)::int as kept from images where deleted_at is null`)).toEqual([{ kept: 0 }]);
  await markAll();
  expect(await countDeletions(jobs, 0)).toEqual({ expired: 0, due: 1_501, postponed: 0 });
  expect(await claimDeletions(jobs.database, 'jobs')).toHaveLength(500);
  expect(await countDeletions(jobs, 0)).toEqual({ expired: 0, due: 1_001, postponed: 500 });
});
