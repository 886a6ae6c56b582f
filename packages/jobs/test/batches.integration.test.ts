import { everybody } from '@thumbnail-api/db';
import { parseOptions, shippedPresets } from '@thumbnail-api/spec';
import { drawQuarters, owned, sourceOf } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createBatch, deleteJob, getBatch, sweepJobs, sweepObjects } from '../src/index.ts';
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

async function send(...files: Uint8Array<ArrayBuffer>[]) {
  async function* bodies() {
    for (const bytes of files) yield await Promise.resolve({ filename: 'a.png', body: sourceOf(bytes) });
  }
  const specs = async () => parseOptions({}, shippedPresets);
  return createBatch(jobs, { owner: everybody, files: bodies(), specs }, limits);
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
