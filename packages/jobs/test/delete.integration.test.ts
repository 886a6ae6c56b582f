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
  type JobsDeps,
  publishDueJobs,
  renewLease,
  retryJob,
  sweepObjects,
} from '../src/index.ts';
import { limits, openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { claim, finish, keyOf, passing, permanent, store, timeout } from './run-of.ts';

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
const letGraceGoBy = () =>
  jobs.sql(sql`
  with aged as (update images set deleted_at = deleted_at - interval '1 hour')
  update jobs set deleted_at = deleted_at - interval '1 hour'`);
const remains = async () => ({
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

/** What may happen to a job beside its deletion, each from the state in which it can. */
const steps: [string, (scene: { id: string }) => Promise<ClaimedJob | null>, Step][] = [
  ['a claim', async () => null, ({ id }) => claimJob(jobs, id)],
  ['a renewal', ({ id }) => claim(jobs, id), ({ run }) => renewLease(jobs, run as ClaimedJob)],
  ['a thumbnail stored', ({ id }) => claim(jobs, id), ({ id }) => store(jobs, id)],
  [
    'a run that stores and finishes',
    ({ id }) => claim(jobs, id),
    async ({ id, run }) => {
      await store(jobs, id);
      await finish(jobs, run as ClaimedJob);
    },
  ],
  ['a passing failure', ({ id }) => claim(jobs, id), ({ run }) => failJob(jobs, run as ClaimedJob, passing)],
  ['a permanent failure', ({ id }) => claim(jobs, id), ({ run }) => failJob(jobs, run as ClaimedJob, permanent)],
  [
    'a lease that runs out',
    async ({ id }) => {
      const run = await claim(jobs, id);
      await jobs.age('lease_until', 60, id);
      return run;
    },
    () => freeLeases(jobs),
  ],
  ['a publication', async () => null, () => publishDueJobs(jobs)],
  [
    'a retry',
    async ({ id }) => {
      const run = await claim(jobs, id);
      await failJob(jobs, run, timeout);
      return run;
    },
    ({ id }) => retryJob(jobs, owned(id)).catch(notThere),
  ],
  ['a pass of the sweep', async () => null, () => sweepObjects(jobs, settings)],
  ['another deletion', async () => null, ({ id }) => deleteJob(jobs, owned(id)).catch(notThere)],
  ['a deletion of the image', async () => null, ({ imageId }) => deleteImage(jobs, owned(imageId)).catch(notThere)],
];
const notThere = (error: unknown) => {
  expect(error).toMatchObject({ code: 'not_found' });
};

const deletion: Step = ({ id }) => deleteJob(jobs, owned(id)).catch(notThere);
const orders: [string, (one: Step, other: Step) => Step][] = [
  ['before', (step, remove) => (scene) => step(scene).then(() => remove(scene))],
  ['after', (step, remove) => (scene) => remove(scene).then(() => step(scene))],
  ['at the moment of', (step, remove) => (scene) => Promise.all([step(scene), remove(scene)])],
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
  await letGraceGoBy();
  await sweepObjects(jobs, settings);
  expect(await remains()).toEqual(nothing);
});

test('an object that a late run stores after the deletion goes before the row does', async () => {
  const { id } = await jobs.create();
  const run = await claim(jobs, id);
  await deleteJob(jobs, owned(id));
  await store(jobs, id, 'late');
  expect(await finish(jobs, run, 'late')).toBe(false);
  await sweepObjects(jobs, settings);
  expect([await jobs.count('jobs'), await jobs.keys()]).toEqual([1, [keyOf(id, 'late')]]);
  await letGraceGoBy();
  await sweepObjects(jobs, settings);
  expect(await remains()).toEqual(nothing);
});

test('a deletion while the store is away is accepted, hides the job at once, and is finished when the store is back', async () => {
  const away = () => Promise.reject(new AppError('storage_unavailable', 'The store is away.', { retryable: true }));
  const broken = { ...jobs, store: { ...jobs.store, delete: away, list: away } };
  const { id, image } = await jobs.create();
  await deleteJob(broken, owned(id));
  await expect(getJob(jobs, owned(id))).rejects.toMatchObject({ code: 'not_found' });
  await letGraceGoBy();
  await sweepObjects(broken, settings);
  expect(await remains()).toEqual({ images: 1, jobs: 1, keys: [originalKey(image.id)] });
  await sweepObjects(jobs, settings);
  expect(await remains()).toEqual(nothing);
});

test('a deletion leaves the other jobs of the image, their thumbnails and the original alone', async () => {
  const { id, image } = await jobs.create();
  const other = await addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits);
  for (const job of [id, other.id]) {
    const run = await claim(jobs, job);
    await store(jobs, job);
    await finish(jobs, run);
  }
  await deleteJob(jobs, owned(id));
  await letGraceGoBy();
  await sweepObjects(jobs, settings);
  expect(await remains()).toEqual({ images: 1, jobs: 1, keys: [originalKey(image.id), keyOf(other.id)] });
  expect(await getJob(jobs, owned(other.id))).toMatchObject({ status: 'success' });
});

test('of a deletion and new jobs at the same moment, a job that was accepted is kept with its original', async () => {
  const outcomes = { kept: 0, refused: 0 };
  for (let round = 0; round < 12; round += 1) {
    const { id, image } = await jobs.create();
    const [, ...added] = await Promise.allSettled([
      deleteJob(jobs, owned(id)),
      addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits),
      addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits),
    ]);
    const accepted = added.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value.id] : []));
    await letGraceGoBy();
    await sweepObjects(jobs, settings);
    const kept = accepted.length > 0 ? (await getImage(jobs, owned(image.id))).jobs.map((job) => job.id).sort() : [];
    expect(kept).toEqual(accepted.toSorted());
    expect((await jobs.store.head(originalKey(image.id))) !== null).toBe(accepted.length > 0);
    outcomes.kept += accepted.length;
    outcomes.refused += added.length - accepted.length;
  }
  expect(outcomes.kept + outcomes.refused).toBe(24);
});

/** A database whose transactions wait at their COMMIT, until somebody else waits for their locks. */
const holdCommits = () => {
  const gate = Promise.withResolvers<void>();
  const database: TestJobs['database'] = {
    ...jobs.database,
    transaction: (work) =>
      jobs.database.transaction(async (transaction) => {
        const result = await work(transaction);
        begun.resolve();
        await gate.promise;
        return result;
      }),
  };
  const begun = Promise.withResolvers<void>();
  const letGo = async () => {
    await waitUntil('somebody waits for the lock', async () => {
      const rows = await jobs.sql(sql`select 1 from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`);
      return rows.length > 0;
    });
    gate.resolve();
  };
  return { database, begun: begun.promise, letGo };
};

test('a deletion that meets a job just before its COMMIT waits for it and leaves the image', async () => {
  const { id, image } = await jobs.create();
  const held = holdCommits();
  const adding = addJob({ ...jobs, database: held.database }, { owner: everybody, imageId: image.id, specs }, limits);
  await held.begun;
  const deleting = deleteJob(jobs, owned(id));
  await held.letGo();
  const [added] = await Promise.all([adding, deleting]);
  expect((await getImage(jobs, owned(image.id))).jobs.map((job) => job.id)).toEqual([added.id]);
  expect(await jobs.keys()).toEqual([originalKey(image.id)]);
});

test('a job that meets a deletion just before its COMMIT waits for it and is refused', async () => {
  const { id, image } = await jobs.create();
  const held = holdCommits();
  const deleting = deleteJob({ ...jobs, database: held.database }, owned(id));
  await held.begun;
  const adding = addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits);
  const refused = expect(adding).rejects.toMatchObject({ code: 'not_found' });
  await held.letGo();
  await Promise.all([deleting, refused]);
  await letGraceGoBy();
  await sweepObjects(jobs, settings);
  expect(await remains()).toEqual(nothing);
});

test('a job added before the deletion of the other is kept, one added after it is refused', async () => {
  const { id, image } = await jobs.create();
  const added = await addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits);
  await deleteJob(jobs, owned(id));
  await letGraceGoBy();
  await sweepObjects(jobs, settings);
  expect(await remains()).toEqual({ images: 1, jobs: 1, keys: [originalKey(image.id)] });
  await deleteJob(jobs, owned(added.id));
  await expect(addJob(jobs, { owner: everybody, imageId: image.id, specs }, limits)).rejects.toMatchObject({
    code: 'not_found',
  });
  await letGraceGoBy();
  await sweepObjects(jobs, settings);
  expect(await remains()).toEqual(nothing);
});

test('an object that the store holds fast does not hold up the deletions that come after', async () => {
  const [held, later] = [await jobs.create(), await jobs.create()];
  const fast = originalKey(held.image.id);
  const remove: JobsDeps['store']['delete'] = async (key, options) => {
    if (key === fast) throw new AppError('storage_unavailable', 'It is under a hold.', { retryable: true });
    await jobs.store.delete(key, options);
  };
  const deps = { ...jobs, store: { ...jobs.store, delete: remove } };
  for (const { id } of [held, later]) await deleteJob(deps, owned(id));
  await letGraceGoBy();
  await sweepObjects(deps, settings);
  expect(await remains()).toEqual({ images: 1, jobs: 0, keys: [fast] });
  await sweepObjects(jobs, settings);
  expect(await remains()).toEqual(nothing);
});
