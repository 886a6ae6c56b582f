import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everybody, openDatabase } from '@thumbnail-api/db';
import { claimJob, createJob, deleteJob, getJob, type JobsDeps } from '@thumbnail-api/jobs';
import { openStore } from '@thumbnail-api/storage';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, drawQuarters, owned, sourceOf, type TestDatabase, waitUntil } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Sweep, startSweeper } from '../src/sweeper.ts';
import { createWorkerMetrics } from '../src/worker-metrics.ts';

let testDatabase: TestDatabase;
let directory: string;
let deps: JobsDeps;
let sweep: Sweep;
beforeEach(async () => {
  testDatabase = await createDatabase(inject('services').postgres);
  directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-worker-'));
  deps = {
    database: openDatabase(testDatabase.config, 4),
    log: createLogger('test', 'silent'),
    store: openStore({ kind: 'filesystem', directory }),
    publisher: {
      publish: async () => {},
      count: async () => 0,
      countWaiting: async () => 0,
      check: async () => {},
      close: async () => {},
    },
  };
});
afterEach(async () => {
  sweep.stop();
  await deps.database.close();
  await testDatabase.drop();
  await rm(directory, { recursive: true, force: true });
});

const bounds = { maxPixels: 1_000, maxOutputPixels: 32_000_000, uploadMaxBytes: 1024 ** 2, uploadDeadlineMs: 120_000 };
const create = async () => {
  const body = sourceOf(await drawQuarters(20, 10));
  return createJob(
    deps,
    { owner: everybody, filename: null, body, specs: async () => parseOptions({}, shippedPresets) },
    bounds,
  );
};
const loseLease = async (id: string) => {
  await claimJob(deps, id);
  await deps.database.run((executor) =>
    executor.execute(sql`update jobs set lease_until = now() - interval '1 second' where id = ${id}`),
  );
};

test('a sweep by hand does all of it once', async () => {
  const [lost, deleted] = [await create(), await create()];
  await loseLease(lost.id);
  await deleteJob(deps, owned(deleted.id));
  await deps.database.run((executor) =>
    executor.execute(sql`update jobs set deleted_at = deleted_at - interval '1 hour' where deleted_at is not null`),
  );
  sweep = startSweeper(deps, { retentionDays: 0 }, createWorkerMetrics());
  sweep.stop();
  expect(await sweep.runOnce()).toEqual({
    freed: 1,
    published: 1,
    expired: 0,
    keys: 0,
    batches: 0,
    deleted: 1,
    removed: 0,
  });
});

test('a store that hangs holds up no job', async () => {
  const { id } = await create();
  const deleted = await create();
  await deleteJob(deps, owned(deleted.id));
  await deps.database.run((executor) =>
    executor.execute(sql`update jobs set deleted_at = deleted_at - interval '1 hour' where deleted_at is not null`),
  );
  const asked = Promise.withResolvers<void>();
  const list = () => {
    asked.resolve();
    return new Promise<never>(() => undefined);
  };
  sweep = startSweeper({ ...deps, store: { ...deps.store, list } }, { retentionDays: 0 }, createWorkerMetrics());
  await asked.promise;
  await loseLease(id);
  await waitUntil('the job is woken', async () => (await getJob(deps, owned(id))).status === 'uploaded');
});

test('a job that ends since it was begun too often is counted as ended', async () => {
  const { id } = await create();
  await deps.database.run((executor) => executor.execute(sql`update jobs set lost_leases = 9 where id = ${id}`));
  await loseLease(id);
  const metrics = createWorkerMetrics();
  sweep = startSweeper(deps, { retentionDays: 0 }, metrics);
  sweep.stop();
  await sweep.runOnce();
  expect(await getJob(deps, owned(id))).toMatchObject({ status: 'error', error: { code: 'internal_error' } });
  const { values } = await metrics.jobsFinished.get();
  expect(values.find(({ labels }) => labels.code === 'internal_error')?.value).toBe(1);
});
