import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { everybody, openDatabase } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { imageMediaTypes } from '@thumbnail-api/image-probe';
import {
  type ClaimedJob,
  claimJob,
  createJob,
  deleteJob,
  freeLeases,
  getJob,
  type JobsDeps,
  publishDueJobs,
  retryJob,
} from '@thumbnail-api/jobs';
import { openPublisher, renderJobMessage } from '@thumbnail-api/queue';
import { openStore } from '@thumbnail-api/storage';
import { createLogger } from '@thumbnail-api/telemetry';
import { createDatabase, drawQuarters, owned, sourceOf, type TestDatabase, waitUntil } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { type WorkerDeps, WorkerStopping } from '../src/deps.ts';
import type { MadeThumbnails } from '../src/make-thumbnails.ts';
import { work } from '../src/worker.ts';
import { createWorkerMetrics } from '../src/worker-metrics.ts';

const limits = { types: imageMediaTypes, maxPixels: 50_000_000, maxOutputPixels: 32_000_000 };
const log = createLogger('test', 'silent');
let testDatabase: TestDatabase;
let directory: string;
let deps: JobsDeps;
let published: string[];

beforeAll(async () => {
  testDatabase = await createDatabase(inject('services').postgres);
  directory = await mkdtemp(join(tmpdir(), 'thumbnail-api-worker-'));
  const database = openDatabase(testDatabase.config, 4);
  const queue = { kind: 'postgres', name: 'test' } as const;
  const publisher = openPublisher({ queue, postgres: testDatabase.config }, renderJobMessage, log, 30_000);
  published = [];
  deps = {
    database,
    log,
    store: openStore({ kind: 'filesystem', directory }),
    publisher: {
      ...publisher,
      publish: async (payload, { id }) => {
        published.push(id);
        await publisher.publish(payload, { id });
      },
      publishAll: async (messages) => {
        published.push(...messages.map(({ id }) => id));
        await publisher.publishAll(messages);
      },
    },
  };
});
// A message runs the job that is next, which must not be one of an earlier test.
beforeEach(async () => {
  await deps.database.run((executor) => executor.execute(sql`truncate images, jobs, thumbnails cascade`));
});
afterAll(async () => {
  await deps.publisher.close();
  await deps.database.close();
  await testDatabase.drop();
  await rm(directory, { recursive: true, force: true });
});

const create = async ({ owner = everybody, trace }: { owner?: string; trace?: string } = {}) => {
  const body = sourceOf(await drawQuarters(20, 10));
  const specs = async () => parseOptions({}, shippedPresets);
  const uploadLimits = { ...limits, uploadMaxBytes: 1024 ** 2, uploadDeadlineMs: 120_000 };
  return createJob(deps, { owner, filename: 'a.png', body, specs, trace }, uploadLimits);
};
const workerWith = (makeThumbnails: WorkerDeps['makeThumbnails']): WorkerDeps => ({
  ...deps,
  gate: { pass: async () => undefined, isStoreDown: async () => false },
  turns: { add: () => undefined },
  metrics: createWorkerMetrics(),
  stopping: new AbortController().signal,
  makeThumbnails,
});
const result: MadeThumbnails = {
  width: 20,
  height: 10,
  thumbnails: [],
  checksum: undefined,
  timings: { fetchMs: 1, renderMs: 2, storeMs: 3 },
};
/** Returns the thumbnails that the job asks for. */
const make = async ({ specs }: ClaimedJob): Promise<MadeThumbnails> => {
  const thumbnails = specs.map((spec) => ({
    name: spec.name,
    key: 'k',
    type: 'image/webp',
    width: 100,
    height: 100,
    bytes: 1,
    sha256: 'a'.repeat(64),
    thumbHash: 'AA==',
    dominantColour: '#000000',
    spec,
  }));
  return { ...result, thumbnails };
};
const failing = (code: 'image_corrupt' | 'storage_unavailable', retryable: boolean) =>
  workerWith(() => Promise.reject(new AppError(code, 'It failed.', { retryable })));

test('a job published many times is rendered once', async () => {
  const { id } = await create();
  let rendered = 0;
  const worker = workerWith((job) => {
    rendered += 1;
    return make(job);
  });
  await Promise.all(Array.from({ length: 6 }, () => work(worker, { jobId: id })));
  await work(worker, { jobId: id });
  expect(rendered).toBe(1);
  expect(await getJob(deps, owned(id))).toMatchObject({ status: 'success', run: 1, thumbnails: [{ name: 'default' }] });
});

test('a message for a job that does not exist is dropped', async () => {
  await expect(work(failing('image_corrupt', false), { jobId: Bun.randomUUIDv7() })).resolves.toBeUndefined();
});

test('a permanent failure ends the job and publishes no message', async () => {
  const { id } = await create();
  published.length = 0;
  await work(failing('image_corrupt', false), { jobId: id });
  expect(await getJob(deps, owned(id))).toMatchObject({ status: 'error', run: 1, error: { code: 'image_corrupt' } });
  expect(published).toEqual([]);
});

test('the next run after a retryable failure is published by the sweep when it is due', async () => {
  const { id } = await create();
  published.length = 0;
  await work(failing('storage_unavailable', true), { jobId: id });
  expect(await getJob(deps, owned(id))).toMatchObject({ status: 'uploaded', run: 1, tries: 1, error: null });
  const moveDue = (to: SQL) =>
    deps.database.run((executor) => executor.execute(sql`update jobs set not_before = ${to} where id = ${id}`));
  await moveDue(sql`not_before + interval '1 hour'`);
  await publishDueJobs(deps);
  expect(published).not.toContain(`${id}-1`);
  await moveDue(sql`not_before - interval '1 hour 10 seconds'`);
  await publishDueJobs(deps);
  expect(published).toContain(`${id}-1`);
});

test('an unexpected error is a retryable internal_error, and its text is not public', async () => {
  const { id } = await create();
  const worker = workerWith(() => Promise.reject(new Error('ECONNRESET at db.internal')));
  await deps.database.run((executor) => executor.execute(sql`update jobs set tries = 4 where id = ${id}`));
  await work(worker, { jobId: id });
  const { status, error } = await getJob(deps, owned(id));
  expect([status, error?.code]).toEqual(['error', 'internal_error']);
  expect(error?.message).not.toContain('db.internal');
});

test('a run that lost its lease is stopped and changes nothing', async () => {
  const { id } = await create();
  const started = Promise.withResolvers<AbortSignal | undefined>();
  const worker = workerWith((_job, signal) => {
    started.resolve(signal);
    return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
  });
  const working = work(worker, { jobId: id });
  const signal = await started.promise;
  // The worker may renew the lease in between.
  await waitUntil('its lease is lost', async () => {
    await deps.database.run((executor) =>
      executor.execute(sql`update jobs set lease_until = now() - interval '1 second' where id = ${id}`),
    );
    await freeLeases(deps);
    return (await getJob(deps, owned(id))).lostLeases === 1;
  });
  await waitUntil('the run is stopped', async () => signal?.aborted);
  await working;
  expect(await getJob(deps, owned(id))).toMatchObject({ status: 'uploaded', run: 1, tries: 0, lostLeases: 1 });
});

test('a lease is renewed as long as the run takes', async () => {
  const { id } = await create();
  const gate = Promise.withResolvers<MadeThumbnails>();
  const working = work(
    workerWith(() => gate.promise),
    { jobId: id },
  );
  const lease = () => getJob(deps, owned(id)).then((job) => job.leaseUntil?.getTime());
  const first = await waitUntil('the run starts', lease);
  await waitUntil('the lease is renewed', async () => ((await lease()) ?? 0) > first);
  gate.reject(new AppError('image_corrupt', 'It failed.'));
  await working;
  expect((await getJob(deps, owned(id))).leaseUntil).toBeNull();
});

test('a run that a stopping worker cannot finish is handed back and published at once, and uses up no try', async () => {
  const { id } = await create();
  published.length = 0;
  const stopping = new AbortController();
  const started = Promise.withResolvers<void>();
  const waiting: WorkerDeps['makeThumbnails'] = (_job, signal) => {
    started.resolve();
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  const working = work({ ...workerWith(waiting), stopping: stopping.signal }, { jobId: id });
  await started.promise;
  stopping.abort(new WorkerStopping('the worker is shutting down'));
  await working;
  expect(await getJob(deps, owned(id))).toMatchObject({
    status: 'uploaded',
    run: 1,
    tries: 0,
    crashes: 0,
    lostLeases: 0,
    leaseUntil: null,
  });
  expect(published).toEqual([`${id}-1`]);
  expect(await claimJob(deps, id)).toMatchObject({ run: 2 });
});

test('every log line of a job has the trace of its request', async () => {
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  const traced = await create({ trace: `00-${traceId}-00f067aa0ba902b7-01` });
  const untraced = await create();
  const lines: Record<string, unknown>[] = [];
  const write = (fields: object) => (facts: object) => void lines.push({ ...fields, ...facts });
  const logOf = (fields: object): WorkerDeps['log'] =>
    ({
      child: (more: object) => logOf({ ...fields, ...more }),
      debug: write(fields),
      info: write(fields),
      warn: write(fields),
    }) as unknown as WorkerDeps['log'];
  const worker = { ...failing('storage_unavailable', true), log: logOf({}) };
  for (const { id } of [traced, untraced]) await work(worker, { jobId: id });
  expect(lines.map(({ jobId }) => jobId)).toEqual([traced.id, untraced.id]);
  expect(lines[0]).toMatchObject({ traceId });
  expect(lines[1]?.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(lines[1]?.traceId).not.toBe(traceId);
});

test('a run is counted once: a success with its phases, a failure by its code', async () => {
  const read = async ({ metrics }: WorkerDeps) => (await metrics.registry.metrics()).split('\n');
  const succeeding = workerWith(make);
  const { id } = await create();
  await work(succeeding, { jobId: id });
  await work(succeeding, { jobId: id });
  const success = await read(succeeding);
  expect(success).toContain('thumbnails_jobs_finished_total{status="success",code="none"} 1');
  expect(success).toContain('thumbnails_job_phase_duration_seconds_sum{phase="render"} 0.002');
  expect(success).toContain('thumbnails_job_phase_duration_seconds_count{phase="queued"} 1');

  const retryable = failing('storage_unavailable', true);
  await work(retryable, { jobId: (await create()).id });
  expect(await read(retryable)).toContain('thumbnails_runs_failed_total{code="storage_unavailable"} 1');
  expect(await read(retryable)).toContain(
    'thumbnails_jobs_finished_total{status="error",code="storage_unavailable"} 0',
  );

  const permanent = failing('image_corrupt', false);
  await work(permanent, { jobId: (await create()).id });
  expect(await read(permanent)).toContain('thumbnails_jobs_finished_total{status="error",code="image_corrupt"} 1');
});

test.each([
  ['original_missing', 'missing'],
  ['storage_damaged', 'damaged'],
] as const)('a run that fails with %s is counted as a fault of its original', async (code, fault) => {
  const worker = workerWith(() => Promise.reject(new AppError(code, 'It failed.')));
  const job = await create();
  await work(worker, { jobId: job.id });
  expect(worker.metrics.objectFaults.list()).toMatchObject([{ fault, kind: 'original', count: 1 }]);
});

test('a run of a deleted job is no fault of its original', async () => {
  const job = await create();
  const worker = workerWith(async () => {
    await deleteJob(deps, owned(job.id));
    throw new AppError('original_missing', 'It is gone.', { retryable: true });
  });
  await work(worker, { jobId: job.id });
  expect(worker.metrics.objectFaults.list()).toEqual([]);
});

test('a damaged original ends its job at once, and its owner may retry it', async () => {
  const { id } = await create();
  const damaged = new AppError('storage_damaged', 'The stored file is damaged.');
  await work(
    workerWith(() => Promise.reject(damaged)),
    { jobId: id },
  );
  expect(await getJob(deps, owned(id))).toMatchObject({ status: 'error', run: 1, error: { code: 'storage_damaged' } });
  expect(await retryJob(deps, owned(id))).toMatchObject({ status: 'uploaded', error: null });
  await work(workerWith(make), { jobId: id });
  expect(await getJob(deps, owned(id))).toMatchObject({ status: 'success' });
});

test('a checksum that was unknown is recorded', async () => {
  const worker = workerWith(async (job) => ({ ...(await make(job)), checksum: '0badcafe' }));
  const { id, image } = await create();
  await deps.database.run((executor) =>
    executor.execute(sql`update images set checksum = null where id = ${image.id}`),
  );
  await work(worker, { jobId: id });
  expect((await getJob(deps, owned(id))).image.checksum).toBe('0badcafe');
});

test('a message runs the job that is next in the fair order, whichever job it names', async () => {
  const heavy = [];
  for (let count = 0; count < 6; count += 1) heavy.push(await create({ owner: 'heavy' }));
  await create({ owner: 'light' });
  const order: string[] = [];
  const worker = workerWith(async (job) => {
    order.push(job.owner);
    return make(job);
  });
  for (const { id } of heavy.slice(0, 3)) await work(worker, { jobId: id });
  expect(order).toEqual(['heavy', 'light', 'heavy']);
});

test('what a run took beyond its estimate is counted for its owner, also when it fails', async () => {
  const added: [string, number][] = [];
  const turns = { add: (owner: string, ms: number) => void added.push([owner, ms]) };
  const { id } = await create({ owner: 'one' });
  await deps.database.run((executor) => executor.execute(sql`update jobs set cost_ms = 100000`));
  const worker = { ...failing('storage_unavailable', true), turns };
  await work(worker, { jobId: id });
  await deps.database.run((executor) => executor.execute(sql`update jobs set not_before = now()`));
  await work(worker, { jobId: id });
  const [[owner, first] = [], [, further] = []] = added;
  expect([owner, Number(first) < 0, Number(further) > 0]).toEqual(['one', true, true]);
});
