import { originalKey } from '@thumbnail-api/storage';
import { owned } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { deleteJob, getJob, type Job, registerInstallation, sweepObjects } from '../src/index.ts';
import { openRestorableJobs, type RestorableJobs } from './restorable-jobs.ts';

const settings = { retentionDays: 0, searchEverySeconds: 0 };
const tables = ['installation', 'coverage', 'sweep_leases', 'images', 'batches', 'jobs', 'thumbnails'];

/** What clients know, whatever became of the database. */
interface World {
  jobs: RestorableJobs;
  accepted: Job[];
  deleted: Set<string>;
  backups: string[];
}
type Step = (world: World, pick: <T>(from: T[]) => T | undefined) => Promise<unknown>;

const orNothing = (work: Promise<unknown>) => work.catch((error) => expect(error.code).toBe('not_found'));
const restoreTables = (names: string[], how: 'truncate' | 'delete'): Step => {
  return async ({ jobs, backups }, pick) => {
    const backup = pick(backups);
    return backup && jobs.restoreTables(backup, names, how);
  };
};

const steps: Record<string, Step> = {
  upload: async ({ jobs, accepted }) => accepted.push(await jobs.create()),
  'an upload that is cut off after its PUT': ({ jobs }) =>
    jobs.deps.store.put(originalKey(Bun.randomUUIDv7()), new Uint8Array(1), 'image/png'),
  delete: async ({ jobs, accepted, deleted }, pick) => {
    const id = pick(accepted)?.id ?? Bun.randomUUIDv7();
    await orNothing(deleteJob(jobs.deps, owned(id)).then(() => deleted.add(id)));
  },
  walk: async ({ jobs }) => {
    for (let pass = 0; pass < 3; pass += 1) await sweepObjects(jobs.deps, settings);
  },
  'a minute passes': ({ jobs }) => jobs.live(60),
  'five minutes pass': ({ jobs }) => jobs.live(300),
  'ten minutes pass without a process': ({ jobs }) => jobs.pass(600),
  'eight days pass without a process': ({ jobs }) => jobs.pass(8 * 86_400),
  'deletions come of age': ({ jobs }) =>
    jobs.sql(sql`update jobs set deleted_at = deleted_at - interval '1 minute' where deleted_at is not null`),
  'back up': async ({ jobs, backups }) => backups.push(await jobs.backUp()),
  'restore a copy': async ({ jobs, backups }, pick) => {
    const backup = pick(backups);
    return backup && jobs.restore(backup);
  },
  'restore every table': restoreTables(tables, 'truncate'),
  'restore every row': restoreTables(tables, 'delete'),
  'restore images and jobs': restoreTables(['images', 'jobs'], 'truncate'),
};

let world: World | undefined;
afterEach(() => world?.jobs.close());

/** Every original that was accepted and not deleted is where its row expects it, in whichever database names it. */
async function assertKept({ jobs, accepted, deleted }: World): Promise<void> {
  const keys = new Set(await jobs.keys());
  const expected = accepted.filter(({ id }) => !deleted.has(id)).map(({ image }) => originalKey(image.id));
  expect(expected.filter((key) => !keys.has(key))).toEqual([]);
}

async function assertDeleted({ jobs, deleted }: World): Promise<void> {
  for (const id of deleted) await expect(getJob(jobs.deps, owned(id))).rejects.toMatchObject({ code: 'not_found' });
}

const history = fc.array(fc.record({ name: fc.constantFrom(...Object.keys(steps)), seed: fc.nat() }), {
  minLength: 6,
  maxLength: 20,
});

test('in any history of backups, uploads, deletions, walks and restores nothing accepted is lost and nothing deleted returns', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (plan) => {
      await world?.jobs.close();
      world = { jobs: await openRestorableJobs(), accepted: [], deleted: new Set(), backups: [] };
      await registerInstallation(world.jobs.deps, { uploadDeadlineMs: 120_000 });
      await world.jobs.live(60);
      for (const { name, seed } of plan) {
        await steps[name]?.(world, (from) => from[seed % Math.max(1, from.length)]);
        await assertKept(world);
      }
      await world.jobs.live(300);
      await steps.walk?.(world, () => undefined);
      await assertKept(world);
      await assertDeleted(world);
    }),
    { numRuns: 12, endOnFailure: true },
  );
}, 300_000);
