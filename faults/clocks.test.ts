import { waitUntil } from '@thumbnail-api/testing';
import { describe, expect, test } from 'vitest';
import { checkHistory } from './checker/check-history.ts';
import { readState } from './checker/read-state.ts';
import { readJob, untilAllEnded } from './stack/read-job.ts';
import { sendPicture } from './stack/send-picture.ts';
import type { Backend } from './stack/start-stack.ts';
import { startTestStack } from './stack/test-stack.ts';

const backends: Backend[] = ['redis', 'postgres'];
const twoDaysMs = 2 * 86_400_000;

describe.each(backends)('with the queue on %s', (backend) => {
  test.each([
    ['ahead', twoDaysMs],
    ['behind', -twoDaysMs],
  ])('F26: clocks that are two days %s lose no retry and erase nothing early', async (_way, aheadMs) => {
    const stack = await startTestStack(backend, { RETENTION_DAYS: '1' });
    const wrong = { failpoints: '', environment: { CLOCK_AHEAD_MS: String(aheadMs) } };
    const [api, worker] = await Promise.all([stack.startApi(wrong), stack.startWorker(wrong)]);
    const first = await sendPicture(api);
    await untilAllEnded(stack.sql);
    await stack.worker.s3.set({ kind: 'down' });
    const second = await sendPicture(api);
    const tries = async () => (await readJob(stack.sql, second.id ?? ''))?.tries ?? 0;
    await waitUntil('a try has failed', async () => (await tries()) > 0);
    // What comes next is left to a worker whose clock is right.
    worker.signal('SIGKILL');
    await worker.exited;
    await stack.worker.s3.set({ kind: 'pass' });
    await stack.startWorker();
    const jobs = await untilAllEnded(stack.sql);
    expect(jobs.map(({ id, status }) => [id, status])).toEqual([
      [first.id, 'success'],
      [second.id, 'success'],
    ]);
    const nothing = { lost: [], stuck: [], duplicated: [], unexpected: [], orphans: [] };
    expect(checkHistory([first, second], await readState(stack.sql, stack.bucket))).toEqual(nothing);
  });
});
