import { everybody } from '@thumbnail-api/db';
import { drawQuarters, sourceOf } from '@thumbnail-api/testing';
import { parseOptions } from '@thumbnail-api/thumbnail-spec';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  addJob,
  claimJob,
  claimNextJob,
  correctTurns,
  createBatch,
  createJob,
  deleteJob,
  failJob,
  publishDueJobs,
  releaseJob,
  retryJobs,
  sweepJobs,
} from '../src/index.ts';
import { limits, openTestJobs, type TestJobs } from './open-test-jobs.ts';
import { finish, timeout, transient } from './run-of.ts';

let jobs: TestJobs;
let image: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  jobs = await openTestJobs();
  image = await drawQuarters(20, 10);
});
beforeEach(() => jobs.sql(sql`truncate images, jobs, thumbnails, batches, owner_turns cascade`));
afterAll(() => jobs.close());

/** Costs about as much as a hundred small jobs. */
const heavy = { width: '2000', height: '1000', format: 'avif' };
const small = {};

const create = (owner: string, options: Record<string, string> = small) => {
  const specs = async () => parseOptions(options, {});
  return createJob(jobs, { owner, filename: 'a.png', body: sourceOf(image), specs }, limits);
};
const createMany = async (owner: string, count: number, options: Record<string, string> = small) => {
  const created = [];
  for (let index = 0; index < count; index += 1) created.push(await create(owner, options));
  return created.map(({ id }) => id);
};
/** Claims and finishes the next `count` jobs, and gives the owners in the order of the claims. */
const runNext = async (count: number): Promise<string[]> => {
  const owners = [];
  for (let index = 0; index < count; index += 1) {
    const run = await claimNextJob(jobs);
    if (!run) break;
    owners.push(run.owner);
    await finish(jobs, run);
  }
  return owners;
};

test('a job of one owner runs before the backlog that another owner created earlier', async () => {
  await createMany('heavy', 40, heavy);
  await create('light');
  expect(await runNext(2)).toContain('light');
});

test('an owner who sends one small job at a time is served next each time, whatever the backlog of another', async () => {
  await createMany('heavy', 10, heavy);
  for (let turn = 0; turn < 4; turn += 1) {
    await create('light');
    expect(await runNext(2)).toContain('light');
  }
});

test('two owners with equal backlogs share the capacity by cost, not by the number of their jobs', async () => {
  await createMany('heavy', 4, heavy);
  await createMany('light', 60);
  const order = await runNext(64);
  const beforeSecondHeavy = order.slice(order.indexOf('heavy') + 1).indexOf('heavy');
  expect(beforeSecondHeavy).toBeGreaterThan(20);
});

test('the jobs of one owner run in the order in which they were created, whatever they cost', async () => {
  const ids = [];
  for (const options of [heavy, small, heavy, small, small]) ids.push((await create(everybody, options)).id);
  const claimed = [];
  for (const _ of ids) claimed.push((await claimNextJob(jobs))?.id);
  expect(claimed).toEqual(ids);
});

test('jobs that one owner creates at the same moment get different places', async () => {
  await create('other');
  const ids = await Promise.all(Array.from({ length: 16 }, () => create('one', heavy)));
  expect(new Set(ids.map(({ fairStart }) => fairStart)).size).toBe(16);
});

test('an owner who has been idle gains nothing: its first job starts beside the next of the others', async () => {
  await create('idle');
  await runNext(1);
  await createMany('busy', 3, heavy);
  await jobs.sql(sql`update owner_turns set next_start = next_start - interval '1 hour' where owner = 'idle'`);
  await createMany('idle', 3, heavy);
  expect(await runNext(6)).toEqual(['busy', 'idle', 'busy', 'idle', 'busy', 'idle']);
});

test('an owner who used idle capacity alone owes nothing afterwards', async () => {
  await createMany('early', 20, heavy);
  await runNext(20);
  await createMany('early', 2, heavy);
  await createMany('late', 2, heavy);
  expect(await runNext(4)).toEqual(['early', 'late', 'early', 'late']);
});

test('the sweep forgets what an owner has used when all its jobs have ended or were deleted', async () => {
  const deleted = await createMany('one', 5, heavy);
  for (const id of deleted) await deleteJob(jobs, { id, owner: 'one' });
  await createMany('other', 2, heavy);
  await sweepJobs(jobs, { retentionDays: 0 });
  await create('one', heavy);
  expect(await runNext(2)).toContain('one');
});

test('a job that is tried again keeps its place', async () => {
  const [first] = await createMany('one', 2, heavy);
  await createMany('two', 4, heavy);
  const run = await claimNextJob(jobs);
  expect(run?.id).toBe(first);
  await failJob(jobs, run as never, transient);
  await createMany('two', 4, heavy);
  await jobs.age('not_before', 120, first ?? '');
  expect((await claimNextJob(jobs))?.id).toBe(first);
});

test('a job that was tried again does not give the jobs of other owners an earlier place', async () => {
  const [first] = await createMany('one', 8, heavy);
  const run = await claimNextJob(jobs);
  for (let count = 0; count < 5; count += 1) await claimNextJob(jobs);
  await releaseJob(jobs, run as never);
  await createMany('late', 3, heavy);
  const order = await runNext(6);
  expect([first, order]).toEqual([first, ['one', 'late', 'one', 'late', 'one', 'late']]);
});

test('a bulk retry takes new turns, one after the other', async () => {
  const ids = await createMany('one', 4, heavy);
  for (const id of ids) await failJob(jobs, (await claimJob(jobs, id)) as never, timeout);
  await createMany('two', 2, heavy);
  await retryJobs(jobs, { owner: 'one' });
  const order = await runNext(6);
  expect(order.slice(0, 4).sort()).toEqual(['one', 'one', 'two', 'two']);
});

test('a batch and jobs added to an image take turns like single uploads', async () => {
  await createMany('other', 3, heavy);
  const specs = async () => parseOptions(heavy, {});
  const files = async function* () {
    for (const filename of ['a', 'b', 'c']) yield { filename, body: sourceOf(image) };
  };
  const batch = await createBatch(jobs, { owner: 'one', files: files(), specs }, limits);
  const imageId = batch.jobs[0]?.image.id ?? '';
  await addJob(jobs, { owner: 'one', imageId, specs: parseOptions(heavy, {}) }, limits);
  expect(await runNext(7)).toEqual(['other', 'one', 'other', 'one', 'other', 'one', 'one']);
});

test('a run that took longer than estimated moves the owner back by what it took', async () => {
  await createMany('one', 2, heavy);
  await createMany('two', 2, heavy);
  await correctTurns(jobs, [{ owner: 'one', ms: 60_000 }]);
  await create('one');
  await createMany('two', 3, heavy);
  expect(await runNext(8)).toEqual(['one', 'two', 'one', 'two', 'two', 'two', 'two', 'one']);
});

test('a run that was faster than estimated lets no job of its owner overtake another of its own', async () => {
  const ids = await createMany('one', 4, heavy);
  await correctTurns(jobs, [{ owner: 'one', ms: -3_600_000 }]);
  const last = await create('one');
  const claimed = [];
  for (const _ of [...ids, last]) claimed.push((await claimNextJob(jobs))?.id);
  expect(claimed).toEqual([...ids, last.id]);
});

test('many workers that claim at once get different jobs, and none is left over', async () => {
  const ids = await createMany('one', 12);
  const claimed = await Promise.all(Array.from({ length: 12 }, () => claimNextJob(jobs)));
  expect(claimed.map((run) => run?.id).sort()).toEqual([...ids].sort());
});

test('a job that another process is changing is passed over, and claimed by its own message when it is free', async () => {
  const { id } = await create('one');
  const locked = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const holding = jobs.database.transaction(async (transaction) => {
    await transaction.execute(sql`update jobs set published_at = now() where id = ${id}`);
    locked.resolve();
    await release.promise;
  });
  await locked.promise;
  expect(await claimNextJob(jobs)).toBeNull();
  const claiming = claimJob(jobs, id);
  release.resolve();
  expect([(await claiming)?.id, await holding]).toEqual([id, undefined]);
});

test('jobs whose messages were used for others are not published again while the queue holds a message for each', async () => {
  const before = await jobs.publisher.count();
  const ids = await createMany('heavy', 10, heavy);
  for (const id of ids) await jobs.age('published_at', 60, id);
  expect(await jobs.publisher.count()).toBe(before + 10);
  expect(await publishDueJobs(jobs)).toBe(0);
});

test('lost messages are made up for by number, once', async () => {
  const held = await jobs.publisher.count();
  const losing = { ...jobs.publisher, publish: async () => undefined };
  for (let count = 0; count < held + 3; count += 1) await jobs.create({ publisher: losing });
  const age = () => jobs.sql(sql`update jobs set published_at = now() - interval '1 minute'`);
  await age();
  expect(await publishDueJobs(jobs)).toBe(3);
  await age();
  expect([await publishDueJobs(jobs), await jobs.publisher.count()]).toEqual([0, held + 3]);
});

test('a deleted job frees the time that it had used', async () => {
  const ids = await createMany('one', 6, heavy);
  for (const id of ids.slice(1)) await deleteJob(jobs, { id, owner: 'one' });
  await createMany('two', 4, heavy);
  await create('one', heavy);
  expect(await runNext(4)).toEqual(['one', 'two', 'two', 'one']);
});
