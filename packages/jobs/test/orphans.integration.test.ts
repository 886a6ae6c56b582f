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
import { openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { claim, finish, keyOf, store, timeout } from './run-of.ts';

const settings = { retentionDays: 0, searchEverySeconds: 0 };
const uploadDeadlineMs = 120_000;
const hour = 3_600;

/** As the API does it before its first upload, when the bucket has been in use for a day. */
const register = async (jobs: TestJobs) => {
  await registerInstallation(jobs, { uploadDeadlineMs });
  await jobs.ageObjects(24 * hour);
};
const putUnnamed = async (jobs: TestJobs, id: string = Bun.randomUUIDv7()) => {
  await jobs.store.put(originalKey(id), new Uint8Array(1), 'image/png');
  return originalKey(id);
};
const pictures = async (jobs: TestJobs) => (await jobs.keys()).filter((key) => !key.startsWith('installations/'));
/** One walk through the whole of a small bucket: a pass over the originals, a pass over the thumbnails. */
const sweep = async (jobs: JobsDeps) => {
  const passes = [await sweepObjects(jobs, settings), await sweepObjects(jobs, settings)];
  return passes.reduce((sum, { removed }) => sum + removed, 0);
};

describe.each(['filesystem', 's3'] as const)('in a store of the kind %s', (kind) => {
  let jobs: TestJobs;
  beforeEach(async () => {
    jobs = await openTestJobs(kind);
    await register(jobs);
  });
  afterEach(() => jobs.close());

  test('an object that no row names goes when it is older than twice the upload deadline, and not before', async () => {
    const { image } = await jobs.create();
    await putUnnamed(jobs);
    await jobs.ageObjects(230);
    expect(await sweep(jobs)).toBe(0);
    await jobs.ageObjects(20);
    expect(await sweep(jobs)).toBe(1);
    expect(await pictures(jobs)).toEqual([originalKey(image.id)]);
  });

  test('what a late run stored beside the thumbnails of a job goes, the thumbnails stay', async () => {
    const { id, image } = await jobs.create();
    const run = await claim(jobs, id);
    await store(jobs, id);
    await store(jobs, id, 'late');
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(0);
    await finish(jobs, run);
    expect(await sweep(jobs)).toBe(1);
    expect(await pictures(jobs)).toEqual([originalKey(image.id), keyOf(id)]);
  });

  test('what a failed job left goes, and a retry at that moment waits until it is over', async () => {
    const { id, image } = await jobs.create();
    const run = await claim(jobs, id);
    await store(jobs, id);
    await failJob(jobs, run, timeout);
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(1);
    expect(await pictures(jobs)).toEqual([originalKey(image.id)]);
    const sent: unknown[] = [];
    const patient = {
      ...jobs,
      publisher: { ...jobs.publisher, publish: async (payload: unknown) => void sent.push(payload) },
    };
    await retryJob(patient, owned(id));
    await jobs.age('not_before', 30, id);
    await publishDueJobs(patient);
    expect(sent).toEqual([]);
    await jobs.age('not_before', 30, id);
    await publishDueJobs(patient);
    expect(sent).toEqual([{ jobId: id }]);
  });

  test('an object of a job that is gone goes too, and a key that is none of ours stays', async () => {
    const { id } = await jobs.create();
    await deleteJob(jobs, owned(id));
    await jobs.sql(sql`delete from jobs`);
    await store(jobs, id, 'zombie');
    await jobs.store.put('originals/holiday.jpg', new Uint8Array(1), 'image/jpeg');
    await jobs.store.put('backup/originals.tar', new Uint8Array(1), 'image/jpeg');
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(1);
    expect(await pictures(jobs)).toEqual(['backup/originals.tar', 'originals/holiday.jpg']);
  });

  test('a database that is empty erases nothing of the bucket it is given', async () => {
    await jobs.create();
    await jobs.ageObjects(hour);
    const before = await pictures(jobs);
    const empty = await openTestJobs({ shared: jobs.store });
    expect(await sweep(empty)).toBe(0);
    await registerInstallation(empty, { uploadDeadlineMs });
    await jobs.ageObjects(hour);
    expect(await sweep(empty)).toBe(0);
    expect(await clearOrphans(empty, { confirmed: true })).toEqual({ refused: 'shared' });
    expect(await pictures(jobs)).toEqual(before);
    await empty.close();
  });

  test('in a bucket that two installations share, neither erases what the other accepted', async () => {
    const other = await openTestJobs({ shared: jobs.store });
    await registerInstallation(other, { uploadDeadlineMs });
    const [mine, theirs] = [await jobs.create(), await other.create()];
    await jobs.ageObjects(hour);
    await other.ageObjects(hour);
    expect([await sweep(jobs), await sweep(other)]).toEqual([0, 0]);
    expect((await pictures(jobs)).sort()).toEqual([originalKey(mine.image.id), originalKey(theirs.image.id)].sort());
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

  test('that was restored erases nothing that was accepted after its backup, and goes on with what comes later', async () => {
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
    const leftOver = await putUnnamed(jobs);
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(1);
    expect(await jobs.keys()).not.toContain(leftOver);
    expect(await jobs.store.head(originalKey(later.image.id))).not.toBeNull();
  });

  test('that was restored between two sweeps, on another server or by a standby, erases nothing either', async () => {
    await sweep(jobs);
    const { image } = await jobs.create();
    await jobs.sql(sql`truncate images, jobs, thumbnails, idempotency_keys`);
    await jobs.sql(sql`update installation set cluster = '1/00000001'`);
    await jobs.ageObjects(hour);
    expect([await sweep(jobs), await sweep(jobs)]).toEqual([0, 0]);
    expect(await pictures(jobs)).toEqual([originalKey(image.id)]);
  });

  test('whose mark the bucket has lost erases nothing from before', async () => {
    const key = await putUnnamed(jobs);
    await jobs.ageObjects(hour);
    for (const mark of (await jobs.keys()).filter((name) => name.startsWith('installations/'))) {
      await jobs.store.delete(mark);
    }
    expect([await sweep(jobs), await sweep(jobs)]).toEqual([0, 0]);
    expect(await pictures(jobs)).toEqual([key]);
  });

  test('that never heard of an API erases nothing', async () => {
    await jobs.sql(sql`delete from installation`);
    await putUnnamed(jobs);
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(0);
    expect(await clearOrphans(jobs, { confirmed: true })).toEqual({ refused: 'never used' });
  });

  test('believes the longest upload deadline that any API was told', async () => {
    await registerInstallation(jobs, { uploadDeadlineMs: hour * 1_000 });
    await registerInstallation(jobs, { uploadDeadlineMs: 1_000 });
    await putUnnamed(jobs);
    await jobs.ageObjects(2 * hour - 60);
    expect(await sweep(jobs)).toBe(0);
    await jobs.ageObjects(120);
    expect(await sweep(jobs)).toBe(1);
  });

  test('with more objects than one pass looks at goes on where it was, pass by pass', async () => {
    const last = await putUnnamed(jobs, 'ffffffff-ffff-7fff-bfff-ffffffffffff');
    await jobs.ageObjects(hour);
    const young = Array.from({ length: 1_005 }, () => Bun.randomUUIDv7());
    for (const id of young) await putUnnamed(jobs, id);
    const pass = async () => (await sweepObjects(jobs, settings)).removed;
    expect([await pass(), await pass(), await pass()]).toEqual([0, 1, 0]);
    expect(await jobs.store.head(last)).toBeNull();
  });

  test('whose role may not ask which server it talks to sweeps all the same', async () => {
    const { database: name } = (await jobs.sql(sql`select current_database() as database`))[0] ?? {};
    await jobs.sql(sql`revoke execute on function pg_control_system() from public`);
    await jobs.sql(sql`create role plain`);
    await jobs.sql(sql`grant all on all tables in schema public to plain`);
    await jobs.sql(sql`alter database ${sql.identifier(String(name))} set role plain`);
    const plain = { ...jobs, database: openDatabase(jobs.config, 2) };
    await putUnnamed(jobs);
    await jobs.ageObjects(hour);
    expect(await sweep(plain)).toBe(1);
    expect(await jobs.sql(sql`select cluster from installation`)).toEqual([{ cluster: 'unknown' }]);
    await plain.database.close();
    await jobs.sql(sql`drop owned by plain`);
    await jobs.sql(sql`drop role plain`);
  });

  test('that holds more left over objects than one sweep removes asks a person, who may confirm', async () => {
    const { image } = await jobs.create();
    for (let count = 0; count < 104; count += 1) await putUnnamed(jobs);
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(100);
    expect(await sweep(jobs)).toBe(0);
    expect(await clearOrphans(jobs, { confirmed: false })).toEqual({ removed: 0, left: 4, older: 0 });
    expect(await clearOrphans(jobs, { confirmed: true })).toEqual({ removed: 4, left: 0, older: 0 });
    expect(await pictures(jobs)).toEqual([originalKey(image.id)]);
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
  ])('whose clock is an hour %s loses nothing, nor does a sweeper with such a clock', async (_where, sign) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + sign * hour * 1_000 });
    const between = await putUnnamed(jobs, Bun.randomUUIDv7('hex', Date.now()));
    const accepted = await jobs.create();
    expect(await sweep(jobs)).toBe(0);
    vi.useRealTimers();
    expect(await sweep(jobs)).toBe(0);
    expect(await pictures(jobs)).toEqual([between, originalKey(accepted.image.id)].sort());
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(1);
    expect(await pictures(jobs)).toEqual([originalKey(accepted.image.id)]);
  });

  test('that froze between PUT and INSERT accepts nothing whose original the sweep may have taken', async () => {
    const thaw = Promise.withResolvers<void>();
    const frozen: JobsDeps['database'] = {
      ...jobs.database,
      commit: async (statement) => {
        await thaw.promise;
        return jobs.database.commit(statement);
      },
      // Its deadline passes by the database's clock alone: a process that is frozen notices no time go by.
      readClock: async () => {
        const [row] = await jobs.sql(sql`select (clock_timestamp() - interval '1 hour')::text as began`);
        return String(row?.began);
      },
    };
    const upload = jobs.create({ database: frozen });
    const outcome = expect(upload).rejects.toMatchObject({ code: 'unavailable' });
    await waitUntil('the original is stored', async () => (await pictures(jobs)).length === 1);
    await jobs.ageObjects(hour);
    expect(await sweep(jobs)).toBe(1);
    thaw.resolve();
    await outcome;
    expect([await jobs.count('images'), await jobs.count('jobs'), await pictures(jobs)]).toEqual([0, 0, []]);
  });

  test('that froze for less than its deadline keeps its upload: the sweep has left the original alone', async () => {
    const thaw = Promise.withResolvers<void>();
    const frozen: JobsDeps['database'] = {
      ...jobs.database,
      commit: async (statement) => {
        await thaw.promise;
        return jobs.database.commit(statement);
      },
    };
    const upload = jobs.create({ database: frozen });
    await waitUntil('the original is stored', async () => (await pictures(jobs)).length === 1);
    expect(await sweep(jobs)).toBe(0);
    thaw.resolve();
    const { id, image } = await upload;
    expect(await getJob(jobs, owned(id))).toMatchObject({ status: 'uploaded' });
    expect(await pictures(jobs)).toEqual([originalKey(image.id)]);
  });

  test('stores nothing before the bucket knows its installation, and asks again after a failure', async () => {
    let tries = 0;
    const guarded = registerBeforePut(jobs.store, async () => {
      tries += 1;
      if (tries === 1) throw new Error('away');
    });
    await expect(jobs.create({ store: guarded })).rejects.toThrow('away');
    expect(await pictures(jobs)).toEqual([]);
    await jobs.create({ store: guarded });
    await jobs.create({ store: guarded });
    expect(tries).toBe(2);
  });
});
