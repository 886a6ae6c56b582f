import { AppError } from '@thumbnail-api/errors';
import { originalKey } from '@thumbnail-api/storage';
import { owned } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { deleteJob, type JobsDeps, sweepObjects } from '../src/index.ts';
import { openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { keyOf, store } from './run-of.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
beforeEach(async () => {
  await jobs.sql(sql`truncate images, jobs, thumbnails, sweep_leases cascade`);
  for (const key of await jobs.keys()) await jobs.store.delete(key);
});
afterAll(() => jobs.close());

const settings = { retentionDays: 0, searchEverySeconds: 3_600 };
const refusal = new AppError('storage_unavailable', 'The object is under a legal hold.', { retryable: true });

/** A store that does not delete some of its objects and counts how often it is asked to. */
function refuse(keys: Set<string>): { store: JobsDeps['store']; asked: () => number } {
  let asked = 0;
  const isRefused = (key: string) => {
    const refused = keys.has(key);
    asked += refused ? 1 : 0;
    return refused;
  };
  const store: JobsDeps['store'] = {
    ...jobs.store,
    delete: (key, options) => (isRefused(key) ? Promise.reject(refusal) : jobs.store.delete(key, options)),
    deleteMany: async (all, options) => {
      const refused = all.filter(isRefused);
      const failures = await jobs.store.deleteMany(
        all.filter((key) => !refused.includes(key)),
        options,
      );
      return [...failures, ...refused.map((key) => ({ key, error: refusal }))];
    },
  };
  return { store, asked: () => asked };
}

const passGraceTime = async () => {
  await jobs.sql(sql`update jobs set deleted_at = deleted_at - interval '1 hour'`);
  await jobs.sql(sql`update images set deleted_at = deleted_at - interval '1 hour'`);
};
const passBackOff = async () => {
  await jobs.sql(sql`update jobs set delete_after = now()`);
  await jobs.sql(sql`update images set delete_after = now()`);
};
const leftovers = async () => ({ images: await jobs.count('images'), jobs: await jobs.count('jobs') });

/** Creates and deletes jobs, in this order. Returns the keys of their thumbnails and originals. */
async function deleteJobs(count: number, deps: JobsDeps): Promise<string[][]> {
  const keys: string[][] = [];
  for (let index = 0; index < count; index += 1) {
    const { id, image } = await jobs.create();
    await store(jobs, id);
    keys.push([keyOf(id), originalKey(image.id)]);
    await deleteJob(deps, owned(id));
  }
  return keys;
}

test.each([
  ['thumbnails', 0, { images: 5, jobs: 5 }],
  ['originals', 1, { images: 5, jobs: 0 }],
])('five %s that the store does not delete hold up none of the 40 deletions behind them', async (_, kind, left) => {
  const refused = new Set<string>();
  const refusing = refuse(refused);
  const unavailable = {
    ...jobs,
    store: {
      ...jobs.store,
      list: () => Promise.reject(refusal),
      delete: () => Promise.reject(refusal),
      deleteMany: () => Promise.reject(refusal),
    },
  };
  for (const keys of await deleteJobs(5, unavailable)) refused.add(keys[kind] ?? '');
  await deleteJobs(40, unavailable);
  await passGraceTime();
  const deps = { ...jobs, store: refusing.store };
  for (let pass = 0; pass < 3; pass += 1) await sweepObjects(deps, settings);
  expect(await leftovers()).toEqual(left);
  expect(refusing.asked()).toBe(5);
  await passBackOff();
  await sweepObjects(jobs, settings);
  expect({ ...(await leftovers()), keys: await jobs.keys() }).toEqual({ images: 0, jobs: 0, keys: [] });
});
