import { drawQuarters, waitUntil } from '@thumbnail-api/testing';
import { type App, makeBucket } from '@thumbnail-api/testing/processes';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { findJob, waitForAllJobs } from './stack/read-jobs.ts';
import { sendAccepted } from './stack/send-image.ts';
import { backends, type Stack } from './stack/start-stack.ts';
import { startTestStack } from './stack/start-test-stack.ts';

/** The key of a job's original. */
async function originalOf({ sql }: Stack, id: string): Promise<string> {
  const [row] = await sql<{ imageId: string }[]>`select image_id as "imageId" from jobs where id = ${id}`;
  return `originals/${row?.imageId}`;
}

const flipByte = (bytes: Uint8Array) => bytes.with(bytes.length - 20, 255 - (bytes.at(-20) ?? 0));
const other = await drawQuarters(32, 48);

describe.each(backends)('with the queue on %s', (backend) => {
  test.each([
    ['a flipped byte', flipByte],
    ['missing bytes at the end', (bytes: Uint8Array) => bytes.slice(0, -30)],
    ['the bytes of another image', () => other],
  ])(
    'F47: an original with %s ends its job in storage_damaged, and a retry after the repair succeeds',
    async (_, damage) => {
      const stack = await startTestStack(backend);
      const api = await stack.startApi();
      const id = await sendAccepted(api);
      const key = await originalOf(stack, id);
      const sent = await stack.bucket.get(key);
      await stack.bucket.put(key, damage(sent));
      const worker = await stack.startWorker();
      await waitForAllJobs(stack.sql);
      expect(await findJob(stack.sql, id)).toMatchObject({ status: 'error', run: 1, errorCode: 'storage_damaged' });
      await waitUntil('the log says what to do', async () => /object damaged: restore/.test(await worker.output()));

      await stack.bucket.put(key, sent);
      const retry = await fetch(`${api.url}/jobs/${id}/retry`, { method: 'POST', keepalive: false });
      expect(retry.status).toBe(202);
      const isDone = async () => (await findJob(stack.sql, id))?.status === 'success';
      await waitUntil('the retried job has succeeded', isDone);
    },
  );

  test('F47: a wrong bucket is reported by the API and by the worker', async () => {
    const stack = await startTestStack(backend);
    const first = await stack.startApi();
    const id = await sendAccepted(first);
    await first.kill();
    const wrong = await makeBucket(inject('services').s3);
    onTestFinished(() => wrong.close());
    const environment = { S3_BUCKET: wrong.name };
    const [api, worker] = await Promise.all([stack.startApi({ environment }), stack.startWorker({ environment })]);
    const download = await fetch(`${api.url}/jobs/${id}/original`, { keepalive: false });
    expect(download.status).toBe(404);
    await Promise.all([api, worker].map(waitForReport));
  });
});

/** Waits until metrics, readiness and log say that an original is missing. */
async function waitForReport(app: App): Promise<void> {
  const series = /^thumbnails_object_faults_total\{fault="missing",kind="original"\} [1-9]/m;
  const read = async (path: string) => (await fetch(`${app.url}${path}`, { keepalive: false })).text();
  await waitUntil('a missing original is counted', async () => series.test(await read('/metrics')));
  expect(await read('/health/ready')).toContain('"fault":"missing","kind":"original"');
  await waitUntil('the log says what to do', async () => /object missing: check that/.test(await app.output()));
}
