import { everybody } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { originalKey } from '@thumbnail-api/storage';
import { owned, waitUntil } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  addJob,
  type ClaimedJob,
  claimJob,
  deleteImage,
  deleteJob,
  failJob,
  freeLeases,
  getImage,
  getJob,
  publishDueJobs,
  renewLease,
  retryJob,
  sweepObjects,
} from '../src/index.ts';
import { limits, openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { claim, finish, keyOf, permanent, store, timeout, transient } from './run-of.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
beforeEach(async () => {
  await jobs.sql(sql`truncate images, jobs, thumbnails cascade`);
  for (const key of await jobs.keys()) await jobs.store.delete(key);
});
afterAll(() => jobs.close());

const specs = parseOptions({}, shippedPresets);
const settings = { retentionDays: 0, searchEverySeconds: 0 };
const passGraceTime = () =>
  jobs.sql(sql`
  with aged as (update images set deleted_at = deleted_at - interval '1 hour')
  update jobs set deleted_at = deleted_at - interval '1 hour'`);
const leftovers = async () => ({
  images: await jobs.count('images'),
  jobs: await jobs.count('jobs'),
  keys: await jobs.keys(),
});
const nothing = { images: 0, jobs: 0, keys: [] };

interface Scene {
  id: string;
  imageId: string;
  run: ClaimedJob | null;
}
type Step = (scene: Scene) => Promise<unknown>;

/** What may happen to a job before, after or during its deletion, with the state that it starts from. */
const steps: [string, (scene: { id: string }) => Promise<ClaimedJob | null>, Step][] = [
  ['a claim', async () => null, ({ id }) => claimJob(jobs, id)],
  ['a renewal', ({ id }) => claim(jobs, id), ({ run }) => renewLease(jobs, run as ClaimedJob)],
  ['a thumbnail put', ({ id }) => claim(jobs, id), ({ id }) => store(jobs, id)],
  [
    'a run that stores and finishes',
    ({ id }) => claim(jobs, id),
    async ({ id, run }) => {
      await store(jobs, id);
      await finish(jobs, run as ClaimedJob);
    },
  ],
  ['a transient failure', ({ id }) => claim(jobs, id), ({ run }) => failJob(jobs, run as ClaimedJob, transient)],
  ['a permanent failure', ({ id }) => claim(jobs, id), ({ run }) => failJob(jobs, run as ClaimedJob, permanent)],
  [
    'an expired lease',
    async ({ id }) => {
      const run = await claim(jobs, id);
      await jobs.age('lease_until', 60, id);
      return run;
    },
    () => freeLeases(jobs),
  ],
  ['a publish', async () => null, () => publishDueJobs(jobs)],
  [
    'a retry',
    async ({ id }) => {
      const run = await claim(jobs, id);
      await failJob(jobs, run, timeout);
      return run;
    },
    ({ id }) => retryJob(jobs, owned(id)).catch(expectNotFound),
  ],
  ['a sweep', async () => null, () => sweepObjects(jobs, settings)],
  ['another deletion', async () => null, ({ id }) => deleteJob(jobs, owned(id)).catch(expectNotFound)],
  [
    'a deletion of the image',
    async () => null,
    ({ imageId }) => deleteImage(jobs, owned(imageId)).catch(expectNotFound),
  ],
];
const expectNotFound = (error: unknown) => {
  expect(error).toMatchObject({ code: 'not_found' });
};

const deletion: Step = ({ id }) => deleteJob(jobs, owned(id)).catch(expectNotFound);
const orders: [string, (one: Step, other: Step) => Step][] = [
  ['before', (step, remove) => (scene) => step(scene).then(() => remove(scene))],
  ['after', (step, remove) => (scene) => remove(scene).then(() => step(scene))],
  ['during', (step, remove) => (scene) => Promise.all([step(scene), remove(scene)])],
];
const interleavings = steps.flatMap(([name, prepare, step]) =>
  orders.map(([order, inOrder]) => [name, order, prepare, inOrder(step, deletion)] as const),
);

test.each(interleavings)('%s %s a deletion leaves no row and no object', async (_name, _order, prepare, play) => {
  const { id, image } = await jobs.create();
  const run = await prepare({ id });
  await play({ id, imageId: image.id, run });
  await expect(getJob(jobs, owned(id))).rejects.toMatchObject({ code: 'not_found' });
  expect(await claimJob(jobs, id)).toBeNull();
  await passGraceTime();
  await sweepObjects(jobs, settings);
  expect(await leftovers()).toEqual(nothing);
});

test('an object that a late run stores after the deletion is removed before the row', async () => {
  const { id } = await jobs.create();
  const run = await claim(jobs, id);
  await deleteJob(jobs, owned(id));
  await store(jobs, id, 'late');
  expect(await finish(jobs, run, 'late')).toBe(false);
  await sweepObjects(jobs, settings);
  expect([await jobs.count('jobs'), await jobs.keys()]).toEqual([1, [keyOf(id, 'late')]]);
  await passGraceTime();
  await sweepObjects(jobs, settings);
  expect(await leftovers()).toEqual(nothing);
});

test('a deletion while the store is unavailable hides the job at once and is finished once the store has recovered', async () => {
  const fail = () =>
    Promise.reject(new AppError('storage_unavailable', 'The store is unavailable.', { retryable: true }));
  const broken = { ...jobs, store: { ...jobs.store, deleteMany: fail, list: fail, check: fail } };
  const { id, image } = await jobs.create();
  await deleteJob(broken, owned(id));
  await expect(getJob(jobs, owned(id))).rejects.toMatchObject({ code: 'not_found' });
  await passGraceTime();
  await sweepObjects(broken, settings);
  expect(await leftovers()).toEqual({ images: 1, jobs: 1, keys: [originalKey(image.id)] });
  await sweepObjects(jobs, settings);
  expect(await leftovers()).toEqual(nothing);
});

test('a deletion keeps the other jobs of the image, their thumbnails and the original', async () => {
  const { id, image } = await jobs.create();
  const other = await addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits);
  for (const job of [id, other.id]) {
    const run = await claim(jobs, job);
    await store(jobs, job);
    await finish(jobs, run);
  }
  await deleteJob(jobs, owned(id));
  await passGraceTime();
  await sweepObjects(jobs, settings);
  expect(await leftovers()).toEqual({ images: 1, jobs: 1, keys: [originalKey(image.id), keyOf(other.id)] });
  expect(await getJob(jobs, owned(other.id))).toMatchObject({ status: 'success' });
});

test('a job that is accepted during a deletion of the only other job is kept with its original', async () => {
  const outcomes = { kept: 0, rejected: 0 };
  for (let round = 0; round < 12; round += 1) {
    const { id, image } = await jobs.create();
    const [, ...added] = await Promise.allSettled([
      deleteJob(jobs, owned(id)),
      addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits),
      addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits),
    ]);
    const accepted = added.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.id] : []));
    await passGraceTime();
    await sweepObjects(jobs, settings);
    const kept = accepted.length > 0 ? (await getImage(jobs, owned(image.id))).jobs.map((job) => job.id).sort() : [];
    expect(kept).toEqual(accepted.toSorted());
    expect((await jobs.store.head(originalKey(image.id))) !== null).toBe(accepted.length > 0);
    outcomes.kept += accepted.length;
    outcomes.rejected += added.length - accepted.length;
  }
  expect(outcomes.kept + outcomes.rejected).toBe(24);
});

/** A database whose transactions wait before their COMMIT until another transaction waits for their locks. */
const holdCommits = () => {
  const gate = Promise.withResolvers<void>();
  const database: TestJobs['database'] = {
    ...jobs.database,
    transaction: (work) =>
      jobs.database.transaction(async (transaction) => {
        const result = await work(transaction);
        locked.resolve();
        await gate.promise;
        return result;
      }),
  };
  const locked = Promise.withResolvers<void>();
  const release = async () => {
    await waitUntil('another transaction waits for the lock', async () => {
      const rows = await jobs.sql(sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`);
      return rows.length > 0;
    });
    gate.resolve();
  };
  return { database, locked: locked.promise, release };
};

test('a deletion waits for the COMMIT of an added job and keeps the image', async () => {
  const { id, image } = await jobs.create();
  const held = holdCommits();
  const adding = addJob({ ...jobs, database: held.database }, { owner: everybody, imageId: image.id, specs }, limits);
  await held.locked;
  const deleting = deleteJob(jobs, owned(id));
  await held.release();
  const [added] = await Promise.all([adding, deleting]);
  expect((await getImage(jobs, owned(image.id))).jobs.map((job) => job.id)).toEqual([added.id]);
  expect(await jobs.keys()).toEqual([originalKey(image.id)]);
});

test('an added job waits for the COMMIT of a deletion and is rejected', async () => {
  const { id, image } = await jobs.create();
  const held = holdCommits();
  const deleting = deleteJob({ ...jobs, database: held.database }, owned(id));
  await held.locked;
  const adding = addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits);
  const rejected = expect(adding).rejects.toMatchObject({ code: 'not_found' });
  await held.release();
  await Promise.all([deleting, rejected]);
  await passGraceTime();
  await sweepObjects(jobs, settings);
  expect(await leftovers()).toEqual(nothing);
});

test('a job added before the deletion of the other one is kept, a job added after the last deletion is rejected', async () => {
  const { id, image } = await jobs.create();
  const added = await addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits);
  await deleteJob(jobs, owned(id));
  await passGraceTime();
  await sweepObjects(jobs, settings);
  expect(await leftovers()).toEqual({ images: 1, jobs: 1, keys: [originalKey(image.id)] });
  await deleteJob(jobs, owned(added.id));
  await expect(addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits)).rejects.toMatchObject({
    code: 'not_found',
  });
  await passGraceTime();
  await sweepObjects(jobs, settings);
  expect(await leftovers()).toEqual(nothing);
});
