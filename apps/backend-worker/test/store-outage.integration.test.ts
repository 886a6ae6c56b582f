import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everybody, openDatabase } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { imageMediaTypes } from '@thumbnail-api/image-probe';
import { createJob, getJob, type Job, type JobsDeps } from '@thumbnail-api/jobs';
import { openConsumer, openPublisher, renderJobMessage } from '@thumbnail-api/queue';
import { openStore, originalKey, probeStore } from '@thumbnail-api/storage';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, drawQuarters, owned, sourceOf, waitUntil } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { sql } from 'drizzle-orm';
import { expect, inject, onTestFinished, test } from 'vitest';
import type { WorkerDeps } from '../src/deps.ts';
import { startSweeper } from '../src/start-sweeper.ts';
import { StoreGate } from '../src/store-gate.ts';
import { work } from '../src/worker.ts';
import { createWorkerMetrics } from '../src/worker-metrics.ts';

const limits = { types: imageMediaTypes, maxPixels: 50_000_000, maxOutputPixels: 32_000_000 };
const log = createLogger('test', 'silent');

/** A worker with a queue, a sweep and a folder as its store. It only fetches the originals. */
async function startWorker() {
  const testDatabase = await createDatabase(inject('services').postgres);
  const directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-worker-'));
  const database = openDatabase(testDatabase.config, 4);
  const connection = { queue: { kind: 'postgres', name: 'test' } as const, postgres: testDatabase.config };
  const publisher = openPublisher(connection, renderJobMessage, log, 30_000);
  const store = openStore({ kind: 'filesystem', directory });
  const jobs: JobsDeps = { database, log, store, publisher };
  const metrics = createWorkerMetrics();
  const gate = new StoreGate({ probe: () => probeStore(store), pauseMs: () => 50, onOutage: () => undefined, log });
  const makeThumbnails: WorkerDeps['makeThumbnails'] = async ({ image }) => {
    if (!(await store.read(originalKey(image.id))))
      throw new AppError('original_missing', 'The original is not in the object store.', { retryable: true });
    const timings = { fetchMs: 1, renderMs: 2, storeMs: 3 };
    return { width: 20, height: 10, thumbnails: [], checksum: undefined, timings };
  };
  const { signal: stopping } = new AbortController();
  const turns = { add: () => undefined };
  const deps: WorkerDeps = { ...jobs, metrics, gate, turns, stopping, makeThumbnails };
  let held = Promise.withResolvers<void>();
  held.resolve();
  const consumer = openConsumer(connection, {
    message: renderJobMessage,
    concurrency: 3,
    handle: async (payload) => {
      await held.promise;
      await work(deps, payload);
    },
    log,
  });
  const sweeper = startSweeper(jobs, { retentionDays: 0 }, metrics);
  onTestFinished(async () => {
    sweeper.stop();
    gate.stop();
    await consumer.close();
    await publisher.close();
    await database.close();
    await testDatabase.drop();
    await rm(directory, { recursive: true, force: true });
  });
  const image = await drawQuarters(20, 10);
  return {
    gate,
    store,
    objects: join(directory, 'objects'),
    /** Keeps messages from being handled until they are released. */
    hold: () => {
      held = Promise.withResolvers<void>();
    },
    release: () => held.resolve(),
    create: () => {
      const upload = { owner: everybody, filename: 'a.png', body: sourceOf(image) };
      const specs = async () => parseOptions({}, shippedPresets);
      const uploadLimits = { ...limits, uploadMaxBytes: 1024 ** 2, uploadDeadlineMs: 120_000 };
      return createJob(jobs, { ...upload, specs }, uploadLimits);
    },
    read: (found: Job[]) => Promise.all(found.map(({ id }) => getJob(jobs, owned(id)))),
    /** Makes time pass for every back-off, and counts the passes. */
    skipDelays: () =>
      database.run((executor) =>
        executor.execute(
          sql`update jobs set not_before = now(), missing_since = missing_since - interval '1 minute' where status = 'uploaded'`,
        ),
      ),
  };
}

const hasEnded = ({ status }: Job) => status === 'success' || status === 'error';

test('twenty jobs wait while the folder of the objects is a file, use up no try, and succeed when it is back', async () => {
  const { gate, objects, create, read, skipDelays, hold, release } = await startWorker();
  const aside = `${objects}-aside`;
  const next = `${objects}-next`;
  const created: Job[] = [];
  hold();
  for (let count = 0; count < 20; count += 1) created.push(await create());
  await rename(objects, aside);
  await writeFile(objects, 'a file');
  release();
  await waitUntil('the worker notices', async () => gate.isClosed || (await read(created)).every(hasEnded));
  // Twice as many back-offs as there are tries.
  for (let pass = 0; pass < 10; pass += 1) {
    await skipDelays();
    await Bun.sleep(300);
  }
  // In one step: a store that found nothing in between would make an empty folder.
  await symlink(aside, next);
  await rename(next, objects);
  await waitUntil('every job has ended', async () => (await read(created)).every(hasEnded));
  const ended = await read(created);
  expect(ended.map(({ status, tries, error }) => [status, tries, error?.code])).toEqual(
    Array(20).fill(['success', 0, undefined]),
  );
});

test('an object that is missing alone ends its job, and closes the gate for no other', async () => {
  const { gate, store, create, read, skipDelays, hold, release } = await startWorker();
  const put = await create();
  await waitUntil('it succeeds', async () => (await read([put])).every(hasEnded));
  hold();
  const lost = await create();
  await store.delete(originalKey(lost.image.id));
  release();
  await waitUntil('its job has ended', async () => {
    await skipDelays();
    return (await read([lost])).every(hasEnded);
  });
  const [ended] = await read([lost]);
  expect([ended?.error?.code, gate.isClosed]).toEqual(['original_missing', false]);
  const next = await create();
  await waitUntil('the next succeeds', async () => (await read([next])).every(hasEnded));
  expect((await read([next])).map(({ status }) => status)).toEqual(['success']);
});
