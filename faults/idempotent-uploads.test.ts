import { waitUntil } from '@thumbnail-api/testing';
import { describe, expect, test } from 'vitest';
import { waitForAllJobs } from './stack/read-jobs.ts';
import { sendImage } from './stack/send-image.ts';
import { backends } from './stack/start-stack.ts';
import { startTestStack } from './stack/start-test-stack.ts';

const sameKey = { headers: { 'idempotency-key': 'the-same-upload' } };

describe.each(backends)('with the queue on %s', (backend) => {
  test('F27: fifty simultaneous uploads with one Idempotency-Key, to two APIs, become one job', async () => {
    const stack = await startTestStack(backend);
    const [api, otherApi] = await Promise.all([stack.startApi(), stack.startApi(), stack.startWorker()]);
    const uploads = await Promise.all(
      Array.from({ length: 50 }, (_, index) => sendImage(index % 2 === 0 ? api : otherApi, sameKey)),
    );
    expect(new Set(uploads.map(({ status }) => status)).difference(new Set([201, 409]))).toEqual(new Set());
    const [job, ...more] = await waitForAllJobs(stack.sql);
    expect(more).toEqual([]);
    const accepted = uploads.filter(({ status }) => status === 201).map(({ id }) => id);
    expect(new Set(accepted)).toEqual(new Set([job?.id]));
    expect(await sendImage(otherApi, sameKey)).toMatchObject({ status: 201, id: job?.id });
    expect(await sendImage(api, { ...sameKey, isValid: false })).toMatchObject({ status: 422 });
    expect(await sendImage(api, { ...sameKey, options: { width: '7' } })).toMatchObject({ status: 422 });
  });

  test.each([
    ['after', 1],
    ['before', 0],
  ])('F27: an upload that is repeated because the API died %s the commit becomes one job', async (place, committed) => {
    const stack = await startTestStack(backend);
    const dyingApi = await stack.startApi({ failpoints: `api.${place}_commit=kill` });
    const api = await stack.startApi();
    expect(await sendImage(dyingApi, sameKey)).toMatchObject({ outcome: 'unknown' });
    await dyingApi.exited;
    expect(await stack.sql`select id from jobs`).toHaveLength(committed);
    // Without a job the key stays reserved until the upload deadline.
    const repeated = await waitUntil('the upload is accepted', async () => {
      const upload = await sendImage(api, sameKey);
      return upload.status === 201 && upload;
    });
    await stack.startWorker();
    expect(await waitForAllJobs(stack.sql)).toMatchObject([{ id: repeated.id, status: 'success' }]);
  });
});
