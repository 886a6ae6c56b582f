import { waitUntil } from '@thumbnail-api/testing';
import { describe, expect, test } from 'vitest';
import { checkHistory, noFaults } from './checker/check-history.ts';
import { readState } from './checker/read-state.ts';
import { findJob, waitForAllJobs } from './stack/read-jobs.ts';
import { sendImage } from './stack/send-image.ts';
import { backends } from './stack/start-stack.ts';
import { startTestStack } from './stack/start-test-stack.ts';

const twoDaysMs = 2 * 86_400_000;

describe.each(backends)('with the queue on %s', (backend) => {
  test.each([
    ['ahead', twoDaysMs],
    ['behind', -twoDaysMs],
  ])('F26: app clocks that are two days %s lose no retry and expire nothing early', async (_direction, aheadMs) => {
    const stack = await startTestStack(backend, { RETENTION_DAYS: '1' });
    const wrongClock = { failpoints: '', environment: { CLOCK_AHEAD_MS: String(aheadMs) } };
    const [api, worker] = await Promise.all([stack.startApi(wrongClock), stack.startWorker(wrongClock)]);
    const first = await sendImage(api);
    await waitForAllJobs(stack.sql);
    await stack.worker.s3.set({ kind: 'down' });
    const second = await sendImage(api);
    await waitUntil('its run was postponed', async () => {
      const job = await findJob(stack.sql, second.id);
      return job?.status === 'uploaded' && job.run > 0;
    });
    // A worker with the right clock does the next run.
    worker.signal('SIGKILL');
    await worker.exited;
    await stack.worker.s3.set({ kind: 'pass' });
    await stack.startWorker();
    const jobs = await waitForAllJobs(stack.sql);
    expect(jobs.map(({ id, status }) => [id, status])).toEqual([
      [first.id, 'success'],
      [second.id, 'success'],
    ]);
    expect(checkHistory([first, second], await readState(stack.sql, stack.bucket))).toEqual(noFaults);
  });
});
