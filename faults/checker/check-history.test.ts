import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { untilAllEnded } from '../stack/read-job.ts';
import { sendPicture } from '../stack/send-picture.ts';
import { type Stack, startStack } from '../stack/start-stack.ts';
import { checkHistory, type Verdict } from './check-history.ts';
import type { Upload } from './history.ts';
import { readState } from './read-state.ts';

let stack: Stack;
let uploads: Upload[];
const clean = { lost: [], stuck: [], duplicated: [], unexpected: [], orphans: [] };
const verdict = async (said = uploads) => checkHistory(said, await readState(stack.sql, stack.bucket));

beforeAll(async () => {
  stack = await startStack('postgres', inject('services'));
  const api = await stack.startApi();
  await stack.startWorker();
  uploads = await Promise.all([sendPicture(api), sendPicture(api), sendPicture(api, { good: false })]);
  await untilAllEnded(stack.sql);
});
afterAll(() => stack?.close());

class Undo extends Error {}

/** What is found once `statement` has been run; it is undone again. */
async function planted(statement: string): Promise<Verdict> {
  let found = await verdict();
  const planting = stack.sql.begin(async (sql) => {
    await sql.unsafe(statement);
    found = checkHistory(uploads, await readState(sql, stack.bucket));
    throw new Undo();
  });
  await expect(planting).rejects.toThrow(Undo);
  return found;
}

test('a run in which nothing went wrong has no fault', async () => {
  expect(uploads.map(({ outcome }) => outcome)).toEqual(['accepted', 'accepted', 'accepted']);
  expect(await verdict()).toEqual(clean);
});

test('a planted loss is found: of a row, of a thumbnail, of an original, of some bytes', async () => {
  const gone: Upload = { name: 'x', good: true, outcome: 'accepted', id: Bun.randomUUIDv7(), status: 201, atMs: 0 };
  expect((await verdict([...uploads, gone])).lost).toHaveLength(1);
  const keys = await stack.bucket.keys();
  for (const prefix of ['originals/', 'thumbnails/']) {
    const key = keys.find((candidate) => candidate.startsWith(prefix)) ?? '';
    const bytes = await stack.bucket.get(key);
    await stack.bucket.delete(key);
    expect((await verdict()).lost, key).toHaveLength(1);
    await stack.bucket.put(key, bytes.slice(0, -1));
    expect((await verdict()).lost, key).toHaveLength(1);
    await stack.bucket.put(key, bytes);
  }
  expect(await verdict()).toEqual(clean);
});

test('a planted orphan is found, an original as well as a thumbnail', async () => {
  const keys = [`originals/${Bun.randomUUIDv7()}`, `thumbnails/${Bun.randomUUIDv7()}/default-0123456789abcdef.webp`];
  for (const key of keys) await stack.bucket.put(key, new Uint8Array([1]));
  expect((await verdict()).orphans.toSorted()).toEqual(keys);
  for (const key of keys) await stack.bucket.delete(key);
});

test('a planted double is found: a second job of one upload, a second end, an end that was left', async () => {
  const second = `insert into jobs (id, owner, image_id, specs, status, error_code)
    select gen_random_uuid(), owner, image_id, specs, status, error_code from jobs where error_code is not null`;
  expect((await planted(second)).duplicated).toHaveLength(1);
  const again = `update jobs set status = 'processing' where status = 'success';
    update jobs set status = 'success' where status = 'processing'`;
  expect((await planted(again)).duplicated).toHaveLength(4);
});

test('a job that does not end, one that nobody sent and one with the wrong end are found', async () => {
  expect((await planted(`update jobs set status = 'processing' where status = 'success'`)).stuck).toHaveLength(2);
  expect((await verdict(uploads.slice(1))).unexpected).toHaveLength(1);
  const refused = uploads.map((upload): Upload => ({ ...upload, outcome: 'refused' }));
  expect((await verdict(refused)).unexpected).toHaveLength(3);
  expect((await planted(`update jobs set status = 'error', error_code = 'image_corrupt'`)).unexpected).toHaveLength(2);
});
