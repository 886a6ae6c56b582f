import { expect, test } from 'vitest';
import { trackRunningJobs } from './running-jobs.ts';

test('work is counted while it lasts, however it ends, and waited for', async () => {
  const atWork = trackRunningJobs();
  const first = Promise.withResolvers<string>();
  const second = Promise.withResolvers<string>();
  const results = Promise.allSettled([atWork.count(() => first.promise), atWork.count(() => second.promise)]);
  const drained = atWork.drained().then(() => atWork.size());
  expect([atWork.size(), atWork.ended()]).toEqual([2, 0]);
  first.resolve('done');
  second.reject(new Error('failed'));
  expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(await drained).toBe(0);
  expect(atWork.ended()).toBe(2);
});
