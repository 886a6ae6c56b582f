import { everybody } from '@thumbnail-api/db';
import { drawQuarters, owned, sourceOf, waitUntil } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createBatch, deleteJob, getBatch, type JobsDeps, sweepJobs, sweepObjects } from '../src/index.ts';
import { limits, openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { unavailableAfterTransaction } from './unavailable-after-transaction.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
beforeEach(() => jobs.sql(sql`truncate images, jobs, thumbnails, batches, sweep_leases cascade`));
afterAll(() => jobs.close());

const settings = { retentionDays: 0 };
const image = await drawQuarters(20, 10);
const notAnImage = new TextEncoder().encode('not an image');

const send = (...files: Uint8Array<ArrayBuffer>[]) => sendOn(jobs, ...files);
async function sendOn(deps: JobsDeps, ...files: Uint8Array<ArrayBuffer>[]) {
  async function* bodies() {
    for (const bytes of files) yield await Promise.resolve({ filename: 'a.png', body: sourceOf(bytes) });
  }
  const specs = async () => parseOptions({}, shippedPresets);
  return createBatch(deps, { owner: everybody, files: bodies(), specs }, limits);
}
const passTime = (column: 'deleted_at' | 'empty_since', table: 'jobs' | 'images' | 'batches', hours: number) =>
  jobs.sql(
    sql`update ${sql.identifier(table)} set ${sql.identifier(column)} = ${sql.identifier(column)} - ${hours} * interval '1 hour'`,
  );
/** Deletes a job, lets the grace time pass and sweeps, so that its row is deleted. */
async function erase(id: string) {
  await deleteJob(jobs, owned(id));
  await passTime('deleted_at', 'jobs', 1);
  await sweepObjects(jobs, settings);
}

test('the checksum of every file is recorded', async () => {
  const batch = await send(image, image);
  const checksum = Bun.hash.crc32(image).toString(16).padStart(8, '0');
  expect(batch.jobs.map((job) => job.image.checksum)).toEqual([checksum, checksum]);
});

test('a batch is deleted a day after the row of its last job, and not before', async () => {
  const batch = await send(image, image, notAnImage);
  const [first, second] = batch.jobs.map(({ id }) => id) as [string, string];
  await erase(first);
  await passTime('empty_since', 'batches', 1_000);
  expect((await sweepJobs(jobs, settings)).batches).toBe(0);
  await erase(second);
  await passTime('empty_since', 'batches', 23);
  expect((await sweepJobs(jobs, settings)).batches).toBe(0);
  expect(await getBatch(jobs, owned(batch.id))).toMatchObject({
    jobs: [],
    refused: [{ code: 'unsupported_media_type' }],
  });
  await passTime('empty_since', 'batches', 2);
  expect((await sweepJobs(jobs, settings)).batches).toBe(1);
  await expect(getBatch(jobs, owned(batch.id))).rejects.toMatchObject({ code: 'not_found' });
});

test('a batch with no accepted file is kept for a day and then deleted', async () => {
  const batch = await send(notAnImage);
  expect((await sweepJobs(jobs, settings)).batches).toBe(0);
  expect((await getBatch(jobs, owned(batch.id))).refused).toHaveLength(1);
  await passTime('empty_since', 'batches', 25);
  expect((await sweepJobs(jobs, settings)).batches).toBe(1);
});

test('a batch with jobs is kept, however old it is', async () => {
  const batch = await send(image);
  await jobs.sql(sql`update batches set created_at = created_at - interval '10 years'`);
  expect((await sweepJobs(jobs, settings)).batches).toBe(0);
  expect((await getBatch(jobs, owned(batch.id))).jobs).toHaveLength(1);
});

test('a committed batch is returned even if the database becomes unavailable right after', async () => {
  const batch = await sendOn(
    { ...jobs, database: unavailableAfterTransaction(jobs.database) },
    image,
    notAnImage,
    image,
  );
  expect(await getBatch(jobs, owned(batch.id))).toEqual(batch);
  expect(batch).toMatchObject({ counts: { uploaded: 2 }, refused: [{ code: 'unsupported_media_type' }] });
});

test('an original that is stored only after the deadline is removed', async () => {
  const stored = Promise.withResolvers<string>();
  const put: JobsDeps['store']['put'] = async (key, body, type, options) => {
    await new Promise((late) => options?.signal?.addEventListener('abort', late));
    await jobs.store.put(key, body, type);
    stored.resolve(key);
  };
  async function* files() {
    yield { filename: 'a.png', body: sourceOf(image) };
  }
  const input = { owner: everybody, files: files(), specs: async () => parseOptions({}, shippedPresets) };
  const late = createBatch({ ...jobs, store: { ...jobs.store, put } }, input, { ...limits, uploadDeadlineMs: 200 });
  await expect(late).rejects.toMatchObject({ code: 'request_timeout' });
  const key = await stored.promise;
  await waitUntil('the original is removed', async () => !(await jobs.keys()).includes(key));
});
