import { waitUntil } from '@thumbnail-api/testing';
import { describe, expect, test } from 'vitest';
import { untilAllEnded } from './stack/read-job.ts';
import { sendPicture } from './stack/send-picture.ts';
import type { Backend } from './stack/start-stack.ts';
import { startTestStack } from './stack/test-stack.ts';

const backends: Backend[] = ['redis', 'postgres'];
const again = { headers: { 'idempotency-key': 'the-same-upload' } };

describe.each(backends)('with the queue on %s', (backend) => {
  test('F27: an upload sent fifty times at once, to two APIs, is one job', async () => {
    const stack = await startTestStack(backend);
    const [one, other] = await Promise.all([stack.startApi(), stack.startApi(), stack.startWorker()]);
    const sent = await Promise.all(
      Array.from({ length: 50 }, (_, index) => sendPicture(index % 2 === 0 ? one : other, again)),
    );
    expect(new Set(sent.map(({ status }) => status)).difference(new Set([201, 409]))).toEqual(new Set());
    const [job, ...more] = await untilAllEnded(stack.sql);
    expect(more).toEqual([]);
    const accepted = sent.filter(({ status }) => status === 201).map(({ id }) => id);
    expect(new Set(accepted)).toEqual(new Set([job?.id]));
    expect(await sendPicture(other, again)).toMatchObject({ status: 201, id: job?.id });
    expect(await sendPicture(one, { ...again, good: false })).toMatchObject({ status: 422 });
    const options = { width: '7' };
    expect(await sendPicture(one, { ...again, options })).toMatchObject({ status: 422 });
  });

  test.each([
    ['after', 1],
    ['before', 0],
  ])('F27: an upload sent again because its API died %s the commit is one job', async (place, kept) => {
    const stack = await startTestStack(backend);
    const doomed = await stack.startApi({ failpoints: `api.${place}_commit=kill` });
    const api = await stack.startApi();
    expect(await sendPicture(doomed, again)).toMatchObject({ outcome: 'unknown' });
    await doomed.exited;
    expect(await stack.sql`select id from jobs`).toHaveLength(kept);
    // Where it had no job yet, its reservation frees itself at the upload deadline.
    const second = await waitUntil('it is taken', async () => {
      const upload = await sendPicture(api, again);
      return upload.status === 201 && upload;
    });
    await stack.startWorker();
    expect(await untilAllEnded(stack.sql)).toMatchObject([{ id: second.id, status: 'success' }]);
  });
});
