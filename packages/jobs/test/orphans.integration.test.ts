import { openDatabase } from '@thumbnail-api/db';
import { originalKey } from '@thumbnail-api/storage';
import { owned, waitUntil } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  clearOrphans,
  deleteJob,
  failJob,
  getJob,
  type JobsDeps,
  publishDueJobs,
  registerBeforePut,
  registerInstallation,
  retryJob,
  sweepObjects,
} from '../src/index.ts';
import { cover } from './cover.ts';
import { openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { claim, finish, keyOf, store, timeout } from './run-of.ts';

const settings = { retentionDays: 0, searchEverySeconds: 0 };
const uploadDeadlineMs = 120_000;
const hour = 3_600;

/** Registers the installation, as the API does before its first upload, in a bucket that has been in use for a day. */
const register = async (jobs: TestJobs) => {
  await registerInstallation(jobs, { uploadDeadlineMs });
  await cover(jobs);
  await jobs.ageObjects(24 * hour);
};
const putOrphan = async (jobs: TestJobs, id: string = Bun.randomUUIDv7()) => {
  await jobs.store.put(originalKey(id), new Uint8Array(1), 'image/png');
  return originalKey(id);
};
/** The keys outside the quarantine, without the objects that the service keeps for itself. */
const imageKeys = async (jobs: TestJobs) =>
  (await jobs.keys()).filter((key) => !/^(installations|deletions|orphans)\//.test(key));
/** Searches the whole of a small bucket: one pass each over the originals, the thumbnails and the quarantine. */
const sweep = async (jobs: JobsDeps) => {
  const passes = [];
  for (let pass = 0; pass < 3; pass += 1) passes.push(await sweepObjects(jobs, settings));
  return passes.reduce((sum, { removed }) => sum + removed, 0);
};

describe.each(['filesystem', 's3'] as const)('in a %s store', (kind) => {
  let jobs: TestJobs;
  beforeEach(async () => {
    jobs = await openTestJobs(kind);
    await register(jobs);
  });
  afterEach(() => jobs.close());

  test('an orphan is removed once it is older than twice the upload deadline, and not before', async () => {
    const { image } = await jobs.create();
    await putOrphan(jobs);
    await jobs.ageObjects(230);
    expect(await sweep(jobs)).toBe(0);
    await jobs.ageObjects(20);
    expect(await sweep(jobs)).toBe(1);
    expect(await imageKeys(jobs)).toEqual([originalKey(image.id)]);
  });

  test('an orphan of a late run is removed, the thumbnails of the job are kept', async () => {
    const { id, image } = await jobs.create();
    const run = await claim(jobs, id);
    await store(jobs, id);
    await store(jobs, id, 'late');
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(0);
    await finish(jobs, run);
    expect(await sweep(jobs)).toBe(1);
    expect(await imageKeys(jobs)).toEqual([originalKey(image.id), keyOf(id)]);
  });

  test('an orphan of a failed job is removed, and a retry at that moment is postponed', async () => {
    const { id, image } = await jobs.create();
    const run = await claim(jobs, id);
    await store(jobs, id);
    await failJob(jobs, run, timeout);
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(1);
    expect(await imageKeys(jobs)).toEqual([originalKey(image.id)]);
    const sent: unknown[] = [];
    const publishAll = async (messages: { payload: unknown }[]) => {
      sent.push(...messages.map(({ payload }) => payload));
    };
    const recording = { ...jobs, publisher: { ...jobs.publisher, publishAll } };
    await retryJob(recording, owned(id));
    await jobs.age('not_before', 30, id);
    await publishDueJobs(recording);
    expect(sent).toEqual([]);
    await jobs.age('not_before', 30, id);
    await publishDueJobs(recording);
    expect(sent).toEqual([{ jobId: id }]);
  });

  test('an orphan of a deleted job is removed, and an unknown key is kept', async () => {
    const { id } = await jobs.create();
    await deleteJob(jobs, owned(id));
    await jobs.sql(sql`delete from jobs`);
    await store(jobs, id, 'zombie');
    await jobs.store.put('originals/holiday.jpg', new Uint8Array(1), 'image/jpeg');
    await jobs.store.put('backup/originals.tar', new Uint8Array(1), 'image/jpeg');
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(1);
    expect(await imageKeys(jobs)).toEqual(['backup/originals.tar', 'originals/holiday.jpg']);
  });

  test('an empty database removes nothing from a bucket that is in use', async () => {
    await jobs.create();
    await jobs.ageObjects(hour);
    const before = await imageKeys(jobs);
    const empty = await openTestJobs({ shared: jobs.store });
    expect(await sweep(empty)).toBe(0);
    await registerInstallation(empty, { uploadDeadlineMs });
    await jobs.ageObjects(hour);
    expect(await sweep(empty)).toBe(0);
    expect(await clearOrphans(empty, { confirmed: true })).toEqual({ refused: 'shared' });
    expect(await imageKeys(jobs)).toEqual(before);
    await empty.close();
  });

  test('two installations that share a bucket remove nothing of each other', async () => {
    const other = await openTestJobs({ shared: jobs.store });
    await registerInstallation(other, { uploadDeadlineMs });
    const [mine, theirs] = [await jobs.create(), await other.create()];
    await jobs.ageObjects(hour);
    await other.ageObjects(hour);
    expect([await sweep(jobs), await sweep(other)]).toEqual([0, 0]);
    expect((await imageKeys(jobs)).sort()).toEqual([originalKey(mine.image.id), originalKey(theirs.image.id)].sort());
    await other.close();
  });
});

describe('a database', () => {
  let jobs: TestJobs;
  beforeEach(async () => {
    jobs = await openTestJobs();
    await register(jobs);
  });
  afterEach(() => jobs.close());

  test('that was restored keeps what was accepted after its backup, and removes later orphans', async () => {
    await jobs.create();
    await sweep(jobs);
    const [backup] = await jobs.sql(sql`select generation from installation`);
    const later = await jobs.create();
    await sweep(jobs);
    await jobs.sql(sql`truncate jobs, thumbnails, idempotency_keys`);
    await jobs.sql(sql`delete from images where id = ${later.image.id}`);
    await jobs.sql(sql`update installation set generation = ${backup?.generation}`);
    await jobs.ageObjects(hour);

    expect(await sweep(jobs)).toBe(0);
    expect(await sweep(jobs)).toBe(0);
    expect(await jobs.store.head(originalKey(later.image.id))).not.toBeNull();
    await jobs.ageObjects(60);
    await cover(jobs);
    const orphan = await putOrphan(jobs);
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(1);
    expect(await jobs.keys()).not.toContain(orphan);
    expect(await jobs.store.head(originalKey(later.image.id))).not.toBeNull();
  });

  test('that was restored on another server between two sweeps removes nothing', async () => {
    await sweep(jobs);
    const { image } = await jobs.create();
    await jobs.sql(sql`truncate images, jobs, thumbnails, idempotency_keys`);
    await jobs.sql(sql`update installation set cluster = '1/00000001'`);
    await jobs.ageObjects(hour);
    expect([await sweep(jobs), await sweep(jobs)]).toEqual([0, 0]);
    expect(await imageKeys(jobs)).toEqual([originalKey(image.id)]);
  });

  test('with no mark in the bucket removes nothing from before', async () => {
    const key = await putOrphan(jobs);
    await jobs.ageObjects(hour);
    for (const mark of (await jobs.keys()).filter((name) => name.startsWith('installations/'))) {
      await jobs.store.delete(mark);
    }
    expect([await sweep(jobs), await sweep(jobs)]).toEqual([0, 0]);
    expect(await imageKeys(jobs)).toEqual([key]);
  });

  test('that no API has registered removes nothing', async () => {
    await jobs.sql(sql`delete from installation`);
    await putOrphan(jobs);
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(0);
    expect(await clearOrphans(jobs, { confirmed: true })).toEqual({ refused: 'never used' });
  });

  test('uses the longest upload deadline of any API', async () => {
    await registerInstallation(jobs, { uploadDeadlineMs: hour * 1_000 });
    await registerInstallation(jobs, { uploadDeadlineMs: 1_000 });
    await putOrphan(jobs);
    await jobs.ageObjects(2 * hour - 60);
    expect(await sweep(jobs)).toBe(0);
    await jobs.ageObjects(120);
    expect(await sweep(jobs)).toBe(1);
  });

  test('with more objects than one pass scans continues in the next pass', async () => {
    const last = await putOrphan(jobs, 'ffffffff-ffff-7fff-bfff-ffffffffffff');
    await jobs.ageObjects(hour);
    await Promise.all(Array.from({ length: 1_005 }, () => putOrphan(jobs)));
    const pass = async () => (await sweepObjects(jobs, settings)).removed;
    expect([await pass(), await pass(), await pass(), await pass()]).toEqual([0, 1, 0, 0]);
    expect(await jobs.store.head(last)).toBeNull();
  });

  test('with a role that may not read the cluster identity removes orphans all the same', async () => {
    const { database: name } = (await jobs.sql(sql`select current_database() as database`))[0] ?? {};
    await jobs.sql(sql`revoke execute on function pg_control_system() from public`);
    await jobs.sql(sql`create role plain`);
    await jobs.sql(sql`grant all on all tables in schema public to plain`);
    await jobs.sql(sql`alter database ${sql.identifier(String(name))} set role plain`);
    const plain = { ...jobs, database: openDatabase(jobs.config, 2) };
    await cover(plain);
    await putOrphan(jobs);
    await jobs.ageObjects(hour);
    expect(await sweep(plain)).toBe(1);
    expect(await jobs.sql(sql`select cluster from installation`)).toEqual([{ cluster: 'unknown' }]);
    await plain.database.close();
    await jobs.sql(sql`drop owned by plain`);
    await jobs.sql(sql`drop role plain`);
  });

  test('with thousands of orphans quarantines them all, at most 1 000 a pass, and needs no operator', async () => {
    const { image } = await jobs.create();
    await Promise.all(Array.from({ length: 1_100 }, () => putOrphan(jobs)));
    await jobs.ageObjects(hour);
    const { removed } = await sweepObjects(jobs, settings);
    expect(removed).toBeLessThanOrEqual(1_000);
    expect(removed + (await sweep(jobs))).toBe(1_100);
    expect(await imageKeys(jobs)).toEqual([originalKey(image.id)]);
  });

  test('erases an orphan after its days in the quarantine, and not before', async () => {
    const key = await putOrphan(jobs);
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(1);
    expect(await jobs.keys()).toContain(`orphans/${key}`);
    await jobs.ageObjects(7 * 24 * hour - 60);
    await sweep(jobs);
    expect(await jobs.keys()).toContain(`orphans/${key}`);
    await jobs.ageObjects(120);
    await sweep(jobs);
    expect((await jobs.keys()).filter((name) => name.endsWith(key))).toEqual([]);
  });

  test('moves a quarantined object back when a row names it', async () => {
    const { image } = await jobs.create();
    await jobs.store.move(originalKey(image.id), `orphans/${originalKey(image.id)}`);
    await jobs.ageObjects(30 * 24 * hour);
    await sweep(jobs);
    expect(await imageKeys(jobs)).toEqual([originalKey(image.id)]);
  });

  test('without coverage keeps an orphan, and quarantines it when an operator confirms it', async () => {
    await jobs.sql(sql`delete from coverage`);
    const key = await putOrphan(jobs);
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(0);
    expect(await clearOrphans(jobs, { confirmed: false })).toEqual({ quarantined: 0, remaining: 1, untrusted: 1 });
    expect(await imageKeys(jobs)).toEqual([key]);
    expect(await clearOrphans(jobs, { confirmed: true })).toEqual({ quarantined: 1, remaining: 0, untrusted: 1 });
    expect(await imageKeys(jobs)).toEqual([]);
  });
});

describe('an API', () => {
  let jobs: TestJobs;
  beforeEach(async () => {
    jobs = await openTestJobs();
    await register(jobs);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await jobs.close();
  });

  test.each([
    ['ahead', 1],
    ['behind', -1],
  ])('with a clock an hour %s loses no upload, nor does a sweeper with such a clock', async (_where, sign) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + sign * hour * 1_000 });
    const orphan = await putOrphan(jobs, Bun.randomUUIDv7('hex', Date.now()));
    const accepted = await jobs.create();
    expect(await sweep(jobs)).toBe(0);
    vi.useRealTimers();
    expect(await sweep(jobs)).toBe(0);
    expect(await imageKeys(jobs)).toEqual([orphan, originalKey(accepted.image.id)].sort());
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(1);
    expect(await imageKeys(jobs)).toEqual([originalKey(accepted.image.id)]);
  });

  test('that froze between PUT and INSERT for longer than its deadline rejects the upload', async () => {
    const thaw = Promise.withResolvers<void>();
    const frozen: JobsDeps['database'] = {
      ...jobs.database,
      commit: async (statement) => {
        await thaw.promise;
        return jobs.database.commit(statement);
      },
      // Only the database's clock shows that the deadline has passed: a frozen process does not notice it.
      readClock: async () => {
        const [row] = await jobs.sql(sql`select (clock_timestamp() - interval '1 hour')::text as started`);
        return String(row?.started);
      },
    };
    const upload = jobs.create({ database: frozen });
    const outcome = expect(upload).rejects.toMatchObject({ code: 'unavailable' });
    await waitUntil('the original is stored', async () => (await imageKeys(jobs)).length === 1);
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(1);
    thaw.resolve();
    await outcome;
    expect([await jobs.count('images'), await jobs.count('jobs'), await imageKeys(jobs)]).toEqual([0, 0, []]);
  });

  test('that froze for less than its deadline accepts the upload, and the sweep keeps the original', async () => {
    const thaw = Promise.withResolvers<void>();
    const frozen: JobsDeps['database'] = {
      ...jobs.database,
      commit: async (statement) => {
        await thaw.promise;
        return jobs.database.commit(statement);
      },
    };
    const upload = jobs.create({ database: frozen });
    await waitUntil('the original is stored', async () => (await imageKeys(jobs)).length === 1);
    expect(await sweep(jobs)).toBe(0);
    thaw.resolve();
    const { id, image } = await upload;
    expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'uploaded' });
    expect(await imageKeys(jobs)).toEqual([originalKey(image.id)]);
  });

  test('stores nothing before its installation is registered, and retries after a failure', async () => {
    let tries = 0;
    const guarded = registerBeforePut(jobs.store, async () => {
      tries += 1;
      if (tries === 1) throw new Error('unavailable');
    });
    await expect(jobs.create({ store: guarded })).rejects.toThrow('unavailable');
    expect(await imageKeys(jobs)).toEqual([]);
    await jobs.create({ store: guarded });
    await jobs.create({ store: guarded });
    expect(tries).toBe(2);
  });
});
