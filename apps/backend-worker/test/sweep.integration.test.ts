import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, everybody, openDatabase } from '@thumbnail-api/db';
import { imageMediaTypes } from '@thumbnail-api/image-probe';
import { claimJob, createJob, deleteJob, getJob, type JobsDeps } from '@thumbnail-api/jobs';
import { openStore } from '@thumbnail-api/storage';
import { createLogger, createRegistry } from '@thumbnail-api/telemetry';
import { createDatabase, drawQuarters, owned, sourceOf, type TestDatabase, waitUntil } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { type SQL, sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { addBacklogGauge } from '../src/add-backlog-gauge.ts';
import { type Sweeper, startSweeper } from '../src/start-sweeper.ts';
import { createWorkerMetrics } from '../src/worker-metrics.ts';

let testDatabase: TestDatabase;
let directory: string;
let deps: JobsDeps;
let sweeper: Sweeper | undefined;
beforeEach(async () => {
  testDatabase = await createDatabase(inject('services').postgres);
  directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-worker-'));
  deps = {
    database: openDatabase(testDatabase.config, 4),
    log: createLogger('test', 'silent'),
    store: openStore({ kind: 'filesystem', directory }),
    publisher: {
      publish: async () => {},
      publishAll: async () => {},

      count: async () => 0,
      countWaiting: async () => 0,
      check: async () => {},
      close: async () => {},
    },
  };
});
afterEach(async () => {
  sweeper?.stop();
  await deps.database.close();
  await testDatabase.drop();
  await rm(directory, { recursive: true, force: true });
});

const limits = {
  types: imageMediaTypes,
  maxPixels: 1_000,
  maxOutputPixels: 32_000_000,
  uploadMaxBytes: 1024 ** 2,
  uploadDeadlineMs: 120_000,
};
const create = async () => {
  const body = sourceOf(await drawQuarters(20, 10));
  return createJob(
    deps,
    { owner: everybody, filename: null, body, specs: async () => parseOptions({}, shippedPresets) },
    limits,
  );
};
const loseLease = async (id: string) => {
  await claimJob(deps, id);
  await deps.database.run((executor) =>
    executor.execute(sql`update jobs set lease_until = now() - interval '1 second' where id = ${id}`),
  );
};

test('one run of the sweep makes every pass once', async () => {
  const [lost, deleted] = [await create(), await create()];
  await loseLease(lost.id);
  await deleteJob(deps, owned(deleted.id));
  await deps.database.run((executor) =>
    executor.execute(sql`update jobs set deleted_at = deleted_at - interval '1 hour' where deleted_at is not null`),
  );
  sweeper = startSweeper(deps, { retentionDays: 0 }, createWorkerMetrics());
  sweeper.stop();
  expect(await sweeper.runOnce()).toEqual({
    freed: 1,
    published: 1,
    expired: 0,
    keys: 0,
    batches: 0,
    deleted: 1,
    removed: 0,
    restored: 0,
    erased: 0,
  });
});

test('a store that hangs does not hold up the jobs', async () => {
  const { id } = await create();
  const deleted = await create();
  await deleteJob(deps, owned(deleted.id));
  await deps.database.run((executor) =>
    executor.execute(sql`update jobs set deleted_at = deleted_at - interval '1 hour' where deleted_at is not null`),
  );
  const listed = Promise.withResolvers<void>();
  const list = () => {
    listed.resolve();
    return new Promise<never>(() => undefined);
  };
  sweeper = startSweeper({ ...deps, store: { ...deps.store, list } }, { retentionDays: 0 }, createWorkerMetrics());
  await listed.promise;
  await loseLease(id);
  await waitUntil('the lost lease is freed', async () => (await getJob(deps, owned(id))).status === 'uploaded');
});

test('a job that ends after too many lost leases is counted as failed', async () => {
  const { id } = await create();
  await deps.database.run((executor) => executor.execute(sql`update jobs set lost_leases = 9 where id = ${id}`));
  await loseLease(id);
  const metrics = createWorkerMetrics();
  sweeper = startSweeper(deps, { retentionDays: 0 }, metrics);
  sweeper.stop();
  await sweeper.runOnce();
  expect(await getJob(deps, owned(id))).toMatchObject({ status: 'error', error: { code: 'internal_error' } });
  const { values } = await metrics.jobsFinished.get();
  expect(values.find(({ labels }) => labels.code === 'internal_error')?.value).toBe(1);
});

test('the metrics count expired jobs, due deletions and postponed ones, and nothing while the database is unavailable', async () => {
  const [expired, due, postponed] = [await create(), await create(), await create()];
  const execute = (statement: SQL) => deps.database.run((executor) => executor.execute(statement));
  await execute(sql`update jobs set status = 'success', finished_at = now() - interval '2 days'`);
  await execute(sql`update jobs set deleted_at = now() - interval '1 hour' where id <> ${expired.id}`);
  await execute(sql`update jobs set delete_after = now() - interval '1 second' where id = ${due.id}`);
  await execute(sql`update jobs set delete_after = now() + interval '1 hour' where id = ${postponed.id}`);
  const read = async (database: Database, retentionDays: number) => {
    const registry = createRegistry();
    addBacklogGauge(registry, { database }, { retentionDays });
    return [...(await registry.metrics()).matchAll(/^thumbnails_deletion_backlog\{state="(.*)"\} (.*)$/gm)].map(
      ([, state, count]) => `${state} ${count}`,
    );
  };
  expect(await read(deps.database, 1)).toEqual(['expired 1', 'due 1', 'postponed 1']);
  expect(await read(deps.database, 0)).toEqual(['expired 0', 'due 1', 'postponed 1']);
  const unavailable = openDatabase({ ...testDatabase.config, port: 1 }, 1);
  expect(await read(unavailable, 1)).toEqual([]);
  await unavailable.close();
});
