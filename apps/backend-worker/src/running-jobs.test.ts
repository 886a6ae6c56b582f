import { expect, test } from 'vitest';
import { RunningJobs } from './running-jobs.ts';

test('counts jobs while they run, whatever their outcome, and drains them', async () => {
  const jobs = new RunningJobs();
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  const results = Promise.allSettled([jobs.run(() => first.promise), jobs.run(() => second.promise)]);
  const drained = jobs.drain().then(() => jobs.count);
  expect([jobs.count, jobs.finished]).toEqual([2, 0]);
  first.resolve('done');
  second.reject(new Error('failed'));
  expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(await drained).toBe(0);
  expect(jobs.finished).toBe(2);
});
