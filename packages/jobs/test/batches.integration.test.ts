import { everybody } from '@thumbnail-api/db';
import { AppError } from '@thumbnail-api/errors';
import { drawQuarters, owned, sourceOf, waitUntil } from '@thumbnail-api/testing';
import { parseOptions, shippedPresets } from '@thumbnail-api/thumbnail-spec';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createBatch, deleteJob, getBatch, type JobsDeps, sweepJobs, sweepObjects } from '../src/index.ts';
import { limits, openTestJobs, type TestJobs } from './open-test-jobs.ts';

let jobs: TestJobs;
beforeAll(async () => {
  jobs = await openTestJobs();
});
beforeEach(() => jobs.sql(sql`truncate images, jobs, thumbnails, batches, sweep_leases cascade`));
afterAll(() => jobs.close());

const settings = { retentionDays: 0 };
const picture = await drawQuarters(20, 10);
const noPicture = new TextEncoder().encode('no picture');

const send = (...files: Uint8Array<ArrayBuffer>[]) => sendOn(jobs, ...files);
async function sendOn(deps: JobsDeps, ...files: Uint8Array<ArrayBuffer>[]) {
  async function* bodies() {
    for (const bytes of files) yield await Promise.resolve({ filename: 'a.png', body: sourceOf(bytes) });
  }
  const specs = async () => parseOptions({}, shippedPresets);
  return createBatch(deps, { owner: everybody, files: bodies(), specs }, limits);
}
const pass = (column: 'deleted_at' | 'empty_since', table: 'jobs' | 'images' | 'batches', hours: number) =>
  jobs.sql(
    sql`update ${sql.identifier(table)} set ${sql.identifier(column)} = ${sql.identifier(column)} - ${hours} * interval '1 hour'`,
  );
/** Deletes a job, and lets so much time go by that its row goes. */
async function erase(id: string) {
  await deleteJob(jobs, owned(id));
  await pass('deleted_at', 'jobs', 1);
  await sweepObjects(jobs, settings);
}

test('a batch goes a day after the last of its jobs, and not before', async () => {
  const batch = await send(picture, picture, noPicture);
  const [first, second] = batch.jobs.map(({ id }) => id) as [string, string];
  await erase(first);
  await pass('empty_since', 'batches', 1_000);
  expect((await sweepJobs(jobs, settings)).batches).toBe(0);
  await erase(second);
  await pass('empty_since', 'batches', 23);
  expect((await sweepJobs(jobs, settings)).batches).toBe(0);
  expect(await getBatch(jobs, owned(batch.id))).toMatchObject({
    jobs: [],
    refused: [{ code: 'unsupported_media_type' }],
  });
  await pass('empty_since', 'batches', 2);
  expect((await sweepJobs(jobs, settings)).batches).toBe(1);
  await expect(getBatch(jobs, owned(batch.id))).rejects.toMatchObject({ code: 'not_found' });
});

test('a batch of which nothing was taken says so for a day, and then goes', async () => {
  const batch = await send(noPicture);
  expect((await sweepJobs(jobs, settings)).batches).toBe(0);
  expect((await getBatch(jobs, owned(batch.id))).refused).toHaveLength(1);
  await pass('empty_since', 'batches', 25);
  expect((await sweepJobs(jobs, settings)).batches).toBe(1);
});

test('a batch whose jobs are kept stays, however old it is', async () => {
  const batch = await send(picture);
  await jobs.sql(sql`update batches set created_at = created_at - interval '10 years'`);
  expect((await sweepJobs(jobs, settings)).batches).toBe(0);
  expect((await getBatch(jobs, owned(batch.id))).jobs).toHaveLength(1);
});

test('a batch that is committed is answered, even when the database cannot be asked any more', async () => {
  const database: JobsDeps['database'] = {
    ...jobs.database,
    run: () => Promise.reject(new AppError('unavailable', 'The database is away.', { retryable: true })),
  };
  const batch = await sendOn({ ...jobs, database }, picture, noPicture, picture);
  expect(await getBatch(jobs, owned(batch.id))).toEqual(batch);
  expect(batch).toMatchObject({ counts: { uploaded: 2 }, refused: [{ code: 'unsupported_media_type' }] });
});

test('a file whose last byte is stored only after the answer was given leaves nothing', async () => {
  const stored = Promise.withResolvers<string>();
  const put: JobsDeps['store']['put'] = async (key, body, type, options) => {
    await new Promise((late) => options?.signal?.addEventListener('abort', late));
    await jobs.store.put(key, body, type);
    stored.resolve(key);
  };
  async function* files() {
    yield { filename: 'a.png', body: sourceOf(picture) };
  }
  const input = { owner: everybody, files: files(), specs: async () => parseOptions({}, shippedPresets) };
  const late = createBatch({ ...jobs, store: { ...jobs.store, put } }, input, { ...limits, uploadDeadlineMs: 200 });
  await expect(late).rejects.toMatchObject({ code: 'request_timeout' });
  const key = await stored.promise;
  await waitUntil('the original is gone', async () => !(await jobs.keys()).includes(key));
});
