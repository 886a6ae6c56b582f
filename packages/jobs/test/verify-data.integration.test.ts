import { originalKey } from '@thumbnail-api/storage';
import { owned } from '@thumbnail-api/testing';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { deleteJob, registerInstallation, verifyData } from '../src/index.ts';
import { openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { claim, finish, keyOf, store } from './run-of.ts';

let jobs: TestJobs;
beforeEach(async () => {
  jobs = await openTestJobs();
  await registerInstallation(jobs, { uploadDeadlineMs: 120_000 });
});
afterEach(() => jobs.close());

const everything = { sample: null, restore: false };
const createFinished = async () => {
  const { id, image } = await jobs.create();
  const run = await claim(jobs, id);
  await store(jobs, id);
  await finish(jobs, run);
  return { thumbnail: keyOf(id), original: originalKey(image.id) };
};

test('finds nothing where rows and bucket match, also while jobs wait, run and are deleted', async () => {
  await createFinished();
  const [deleted] = [await jobs.create(), await jobs.create()];
  await deleteJob(jobs, owned(deleted.id));
  await claim(jobs, (await jobs.create()).id);
  await jobs.store.put(originalKey(Bun.randomUUIDv7()), new Uint8Array(1), 'image/png');
  expect(await verifyData(jobs, everything)).toMatchObject({ findings: [], named: [], quarantined: 0 });
});

test('finds a missing object, one of another size and one without a row', async () => {
  const [lost, damaged] = [await createFinished(), await createFinished()];
  await jobs.store.delete(lost.original);
  await jobs.store.put(damaged.thumbnail, new Uint8Array(2), 'image/webp');
  const orphan = originalKey(Bun.randomUUIDv7());
  await jobs.store.put(orphan, new Uint8Array(1), 'image/png');
  await jobs.ageObjects(3_600);
  const { findings } = await verifyData(jobs, everything);
  expect(findings.sort((a, b) => a.problem.localeCompare(b.problem))).toEqual([
    { problem: 'missing', key: lost.original },
    { problem: 'orphan', key: orphan },
    { problem: 'size', key: damaged.thumbnail },
  ]);
});

test('compares every key of more than one page', async () => {
  await jobs.sql(sql`
    insert into images (id, owner, type, bytes, sha256)
    select gen_random_uuid(), 'everybody', 'image/png', 1, '' from generate_series(1, 1200)`);
  const { compared, findings } = await verifyData(jobs, everything);
  expect([compared, findings.length]).toEqual([1_200, 1_200]);
});

test('a sample compares as many originals and thumbnails', async () => {
  for (let count = 0; count < 5; count += 1) await createFinished();
  const { original } = await createFinished();
  expect(await verifyData(jobs, { sample: 100, restore: false })).toMatchObject({ findings: [] });
  await jobs.store.delete(original);
  const { findings } = await verifyData(jobs, { sample: 100, restore: false });
  expect(findings).toEqual([{ problem: 'missing', key: original }]);
});

test('with restore moves back from the quarantine what a row names, and nothing else', async () => {
  const { original, thumbnail } = await createFinished();
  for (const key of [original, thumbnail]) await jobs.store.move(key, `orphans/${key}`);
  const orphan = originalKey(Bun.randomUUIDv7());
  await jobs.store.put(`orphans/${orphan}`, new Uint8Array(1), 'image/png');
  const before = await verifyData(jobs, everything);
  expect(before.named.sort()).toEqual([original, thumbnail]);
  expect(before.findings).toHaveLength(2);
  const after = await verifyData(jobs, { sample: null, restore: true });
  expect(after).toMatchObject({ findings: [], named: [], restored: 2, quarantined: 1 });
  expect(await jobs.store.head(original)).not.toBeNull();
  expect(await jobs.store.head(`orphans/${orphan}`)).not.toBeNull();
});
