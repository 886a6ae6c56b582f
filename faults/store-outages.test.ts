import { waitUntil } from '@thumbnail-api/testing';
import { describe, expect, test } from 'vitest';
import { checkHistory, noFaults } from './checker/check-history.ts';
import { readState } from './checker/read-state.ts';
import { pass } from './network/fault.ts';
import { readJobs, waitForAllJobs } from './stack/read-jobs.ts';
import { backends } from './stack/start-stack.ts';
import { startTestStack } from './stack/start-test-stack.ts';
import { trackUploads } from './stack/track-uploads.ts';

const uploads = 20;
/** Longer than five tries with their back-off take. */
const outageMs = 30_000;

describe.each(backends)('with the queue on %s', (backend) => {
  test('F17: no job uses up a try while S3 is unavailable for the worker, and all succeed afterwards', async () => {
    const stack = await startTestStack(backend, { WORKER_CONCURRENCY: '3' });
    const [api, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
    const client = trackUploads(stack, api);
    await client.waitForSuccess(await client.send());
    await stack.worker.s3.set({ kind: 'down' });
    await client.sendMany(uploads);
    await Bun.sleep(outageMs);
    const during = await readJobs(stack.sql);
    await stack.worker.s3.set(pass);
    const after = await waitForAllJobs(stack.sql);
    expect(during.filter(({ tries, status }) => tries > 0 || status === 'error')).toEqual([]);
    expect(after.filter(({ status, tries }) => status !== 'success' || tries > 0)).toEqual([]);
    expect(after).toHaveLength(1 + uploads);
    expect(checkHistory(client.uploads, await readState(stack.sql, stack.bucket))).toEqual(noFaults);
    const lines = (await worker.output()).split('\n');
    const count = (text: string) => lines.filter((line) => line.includes(text)).length;
    expect([count('object store unavailable'), count('object store recovered')]).toEqual([1, 1]);
  });

  test('F17: a worker that waits for S3 shuts down without a delay, and another worker does its jobs', async () => {
    const stack = await startTestStack(backend);
    const [api, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
    const client = trackUploads(stack, api);
    await stack.worker.s3.set({ kind: 'down' });
    await client.sendMany(3);
    await waitUntil('the worker waits', async () => (await worker.output()).includes('object store unavailable'));
    worker.signal('SIGTERM');
    expect(await worker.exited).toBe(0);
    expect(await worker.output()).not.toContain('shutdown phase failed');
    await stack.worker.s3.set(pass);
    await stack.startWorker();
    const jobs = await waitForAllJobs(stack.sql);
    expect(jobs.map(({ status, tries }) => [status, tries])).toEqual(Array(3).fill(['success', 0]));
  });
});
