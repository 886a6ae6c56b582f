import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { waitForAllJobs } from '../stack/read-jobs.ts';
import { sendImage, type Upload } from '../stack/send-image.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { checkHistory, noFaults, type Verdict } from './check-history.ts';
import { readState } from './read-state.ts';

let stack: Stack;
let uploads: Upload[];
const check = async (sent = uploads) => checkHistory(sent, await readState(stack.sql, stack.bucket));

beforeAll(async () => {
  stack = await startStack('postgres', inject('services'));
  const api = await stack.startApi();
  await stack.startWorker();
  uploads = await Promise.all([sendImage(api), sendImage(api), sendImage(api, { isValid: false })]);
  await waitForAllJobs(stack.sql);
});
afterAll(() => stack?.close());

class Rollback extends Error {}

/** Returns the verdict after `statement`, and rolls the statement back. */
async function checkAfter(statement: string): Promise<Verdict> {
  let verdict = noFaults;
  const changed = stack.sql.begin(async (sql) => {
    await sql.unsafe(statement);
    verdict = checkHistory(uploads, await readState(sql, stack.bucket));
    throw new Rollback();
  });
  await expect(changed).rejects.toThrow(Rollback);
  return verdict;
}

test('finds no fault in a run without one', async () => {
  expect(uploads.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(await check()).toEqual(noFaults);
});

test('finds a missing job, and a missing or damaged thumbnail or original', async () => {
  const [first] = uploads as [Upload];
  const missing: Upload = { ...first, name: 'x', id: Bun.randomUUIDv7() };
  expect((await check([...uploads, missing])).lost).toHaveLength(1);
  const keys = await stack.bucket.keys();
  for (const prefix of ['originals/', 'thumbnails/']) {
    const key = keys.find((candidate) => candidate.startsWith(prefix)) ?? '';
    const bytes = await stack.bucket.get(key);
    await stack.bucket.delete(key);
    expect((await check()).lost, key).toHaveLength(1);
    await stack.bucket.put(key, bytes.slice(0, -1));
    expect((await check()).lost, key).toHaveLength(1);
    await stack.bucket.put(key, bytes);
  }
  expect(await check()).toEqual(noFaults);
});

test('finds an orphaned original and an orphaned thumbnail', async () => {
  const keys = [`originals/${Bun.randomUUIDv7()}`, `thumbnails/${Bun.randomUUIDv7()}/default-0123456789abcdef.webp`];
  for (const key of keys) await stack.bucket.put(key, new Uint8Array([1]));
  expect((await check()).orphans.toSorted()).toEqual(keys);
  for (const key of keys) await stack.bucket.delete(key);
});

test('finds an upload with two jobs, a job that ended twice and a job that changed after its end', async () => {
  const second = `insert into jobs (id, owner, image_id, specs, status, error_code)
    select gen_random_uuid(), owner, image_id, specs, status, error_code from jobs where error_code is not null`;
  expect((await checkAfter(second)).duplicated).toHaveLength(1);
  const again = `update jobs set status = 'processing' where status = 'success';
    update jobs set status = 'success' where status = 'processing'`;
  expect((await checkAfter(again)).duplicated).toHaveLength(4);
});

test('finds a job that has not ended, a job that was not sent or was refused, and a valid image that failed', async () => {
  expect((await checkAfter(`update jobs set status = 'processing' where status = 'success'`)).stuck).toHaveLength(2);
  expect((await check(uploads.slice(1))).unexpected).toHaveLength(1);
  const refused = uploads.map((upload): Upload => ({ ...upload, outcome: 'refused' }));
  expect((await check(refused)).unexpected).toHaveLength(3);
  const failed = await checkAfter(`update jobs set status = 'error', error_code = 'image_corrupt'`);
  expect(failed.unexpected).toHaveLength(2);
});
