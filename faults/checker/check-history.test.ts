import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { waitForAllJobs } from '../stack/read-jobs.ts';
import { sendImage, type Upload } from '../stack/send-image.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { checkHistory, type Forgotten, noFaults, type Verdict } from './check-history.ts';
import { readState, type State } from './read-state.ts';

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

test('excuses the jobs that a restored database does not know, and finds their originals moved or erased', async () => {
  const [first] = uploads as [Upload];
  const state = await readState(stack.sql, stack.bucket);
  const imageId = state.jobs.find(({ id }) => id === first.id)?.imageId ?? '';
  const key = `originals/${imageId}`;
  const forgotten: Forgotten = {
    jobs: new Set([first.id ?? '']),
    originals: new Map([[imageId, state.objects.get(key) ?? '']]),
    thumbnails: new Set(state.thumbnails.filter(({ jobId }) => jobId === first.id).map((thumbnail) => thumbnail.key)),
  };
  const restored: State = {
    ...state,
    images: state.images.filter(({ id }) => id !== imageId),
    jobs: state.jobs.filter(({ id }) => id !== first.id),
    thumbnails: state.thumbnails.filter(({ jobId }) => jobId !== first.id),
    transitions: state.transitions.filter(({ jobId }) => jobId !== first.id),
  };
  expect(checkHistory(uploads, restored, { forgotten })).toEqual(noFaults);
  expect(checkHistory(uploads, restored).lost).toHaveLength(1);
  const moved = new Map(state.objects);
  moved.delete(key);
  expect(checkHistory(uploads, { ...restored, objects: moved }, { forgotten, isSwept: true }).lost).toHaveLength(1);
  moved.set(`orphans/${key}`, state.objects.get(key) ?? '');
  expect(checkHistory(uploads, { ...restored, objects: moved }, { forgotten }).lost).toHaveLength(1);
  expect(checkHistory(uploads, { ...restored, objects: moved }, { forgotten, isSwept: true })).toEqual(noFaults);
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
