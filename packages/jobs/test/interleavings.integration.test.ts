import { everybody } from '@thumbnail-api/db';
import { originalKey } from '@thumbnail-api/storage';
import { owned } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  addJob,
  type ClaimedJob,
  claimJob,
  deleteImage,
  deleteJob,
  failJob,
  getImage,
  registerInstallation,
  retryJob,
  sweepJobs,
  sweepObjects,
} from '../src/index.ts';
import { cover } from './cover.ts';
import { limits, openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { finish, keyOf, store, timeout } from './run-of.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
beforeEach(() => jobs.sql(sql`truncate images, jobs, thumbnails, installation, sweep_leases, idempotency_keys`));
afterAll(() => jobs.close());

const settings = { retentionDays: 0, searchEverySeconds: 0 };
const specs = parseOptions({}, shippedPresets);
const expectedErrors = new Set(['not_found', 'not_retryable']);

/** What clients know: images and jobs that were accepted and not deleted. */
interface World {
  images: string[];
  /** The image of each job, by the id of the job. */
  kept: Map<string, string>;
  /** Deleted images. The answer to an add that ran at the same time may come later. */
  deletedImages: Set<string>;
  runs: ClaimedJob[];
}
type Step = (world: World, pick: <T>(from: T[]) => T | undefined) => Promise<unknown>;

const sweepAll = async () => {
  await sweepJobs(jobs, settings);
  for (let pass = 0; pass < 3; pass += 1) await sweepObjects(jobs, settings);
};
const passTime = async (seconds: number) => {
  await jobs.ageObjects(seconds);
  const time = sql`${seconds} * interval '1 second'`;
  await jobs.sql(sql`update jobs set deleted_at = deleted_at - ${time}, lease_until = lease_until - ${time},
    not_before = not_before - ${time}, published_at = published_at - ${time}`);
  await jobs.sql(sql`update images set deleted_at = deleted_at - ${time}`);
};

const steps: Record<string, Step> = {
  upload: async ({ kept, images }) => {
    const job = await jobs.create();
    kept.set(job.id, job.image.id);
    images.push(job.image.id);
  },
  'an upload that is cut off after its PUT': () =>
    jobs.store.put(originalKey(Bun.randomUUIDv7()), new Uint8Array(1), 'image/png'),
  add: async ({ kept, images }, pick) => {
    const imageId = pick(images) ?? Bun.randomUUIDv7();
    kept.set((await addJob(jobs, { owner: everybody, imageId, specs }, limits)).id, imageId);
  },
  claim: async ({ kept, runs }, pick) => {
    const run = await claimJob(jobs, pick([...kept.keys()]) ?? Bun.randomUUIDv7());
    runs.push(...(run ? [run] : []));
  },
  'store and finish': async ({ runs }, pick) => {
    for (const run of [pick(runs)].filter((one) => one !== undefined)) {
      await store(jobs, run.id);
      await finish(jobs, run);
    }
  },
  'store and fail': async ({ runs }, pick) => {
    for (const run of [pick(runs)].filter((one) => one !== undefined)) {
      await store(jobs, run.id, 'half');
      await failJob(jobs, run, timeout);
    }
  },
  retry: ({ kept }, pick) => retryJob(jobs, owned(pick([...kept.keys()]) ?? Bun.randomUUIDv7())),
  delete: async ({ kept }, pick) => {
    const id = pick([...kept.keys()]) ?? Bun.randomUUIDv7();
    kept.delete(id);
    await deleteJob(jobs, owned(id));
  },
  'delete the image': async ({ deletedImages, images }, pick) => {
    const imageId = pick(images) ?? Bun.randomUUIDv7();
    deletedImages.add(imageId);
    await deleteImage(jobs, owned(imageId));
  },
  sweep: sweepAll,
  'a minute passes': () => passTime(60),
  'an hour passes': () => passTime(3_600),
};

const schedule = fc.array(
  fc.record({ name: fc.constantFrom(...Object.keys(steps)), seed: fc.nat(), together: fc.boolean() }),
  {
    minLength: 5,
    maxLength: 25,
  },
);

test('after any steps in any order, the sweeps have kept what was accepted and removed everything else', async () => {
  await fc.assert(
    fc.asyncProperty(schedule, async (plan) => {
      await jobs.sql(sql`truncate images, jobs, thumbnails, installation, sweep_leases, idempotency_keys`);
      for (const key of await jobs.keys()) await jobs.store.delete(key);
      await registerInstallation(jobs, { uploadDeadlineMs: limits.uploadDeadlineMs });
      await cover(jobs);
      await jobs.ageObjects(10);
      const world: World = { images: [], kept: new Map(), deletedImages: new Set(), runs: [] };
      const started: Promise<unknown>[] = [];
      for (const { name, seed, together } of plan) {
        const running = steps[name]?.(world, (from) => from[seed % Math.max(1, from.length)]).catch((error) => {
          expect(expectedErrors).toContain(error.code);
        });
        started.push(running ?? Promise.resolve());
        if (!together) await Promise.all(started);
      }
      await Promise.all(started);
      world.kept = new Map([...world.kept].filter(([, imageId]) => !world.deletedImages.has(imageId)));

      for (let round = 0; round < 3; round += 1) {
        await passTime(3_600);
        await sweepAll();
      }
      const images = new Set(world.kept.values());
      for (const imageId of images) {
        const ids = (await getImage(jobs, owned(imageId))).jobs.map(({ id }) => id);
        const expectedIds = [...world.kept].filter(([, keptImageId]) => keptImageId === imageId).map(([id]) => id);
        expect(ids.sort()).toEqual(expectedIds.sort());
      }
      const rows = await jobs.sql(sql`select id from jobs where status = 'success'`);
      const thumbnails = rows.map(({ id }) => keyOf(String(id)));
      const waiting = await jobs.sql(sql`select id from jobs where status = 'uploaded'`);
      const mayStay = waiting.flatMap(({ id }) => [keyOf(String(id)), keyOf(String(id), 'half')]);
      const stored = (await jobs.keys()).filter((key) => !/^(installations|orphans)\//.test(key));
      const must = [...[...images].map(originalKey), ...thumbnails].sort();
      expect(stored.filter((key) => !mayStay.includes(key))).toEqual(must);
      expect([await jobs.count('images'), await jobs.count('jobs')]).toEqual([images.size, world.kept.size]);
    }),
    { numRuns: 25 },
  );
}, 120_000);
