import { waitUntil } from '@thumbnail-api/testing';
import type { App } from '@thumbnail-api/testing/processes';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { checkHistory, noFaults } from './checker/check-history.ts';
import { readState } from './checker/read-state.ts';
import { pass } from './network/fault.ts';
import { waitForAllJobs } from './stack/read-jobs.ts';
import { sendMessages } from './stack/send-messages.ts';
import { backends, type Stack, startStack } from './stack/start-stack.ts';
import { trackUploads } from './stack/track-uploads.ts';

describe.each(backends)('with the queue on %s', (backend) => {
  let stack: Stack;
  let worker: App;
  let client: ReturnType<typeof trackUploads>;
  /** Uploads an image while the queue is broken. An API that waited for the queue would not answer in time. */
  const sendAccepted = async () => {
    const upload = await client.send();
    expect(upload).toMatchObject({ status: 201 });
    return upload;
  };

  beforeAll(async () => {
    stack = await startStack(backend, inject('services'));
    const apps = await Promise.all([stack.startApi(), stack.startWorker()]);
    worker = apps[1];
    client = trackUploads(stack, apps[0]);
  });
  beforeEach(async () => {
    await client.waitForSuccess(await client.sendUntilAccepted());
  });
  afterEach(async () => {
    for (const { postgres, redis } of [stack.api, stack.worker]) {
      await Promise.all([postgres.set(pass), redis?.set(pass)]);
    }
  });
  afterAll(async () => {
    await waitForAllJobs(stack.sql);
    const verdict = checkHistory(client.uploads, await readState(stack.sql, stack.bucket));
    await stack.close();
    expect({ ...verdict, orphans: [] }).toEqual(noFaults);
  });

  test('F5: an upload whose message may have been published or not is accepted and runs once', async () => {
    const repair = await loseReplies(stack);
    const upload = await sendAccepted();
    await repair();
    expect(await client.waitForSuccess(upload)).toMatchObject({ run: 1 });
  });

  test('F6: a message for a job that does not exist is dropped, and the worker continues', async () => {
    const jobId = Bun.randomUUIDv7();
    await sendMessages(stack, jobId, [`${jobId}-0`]);
    await waitUntil('the queue is empty', async () => (await sendMessages(stack, jobId, [])) === 0);
    expect(await worker.health('live')).toBe(200);
  });

  test('F11: when every message is lost (FLUSHALL), every job is still done', async () => {
    worker.signal('SIGSTOP');
    const uploads = await client.sendMany(20);
    expect(uploads.map(({ status }) => status)).toEqual(Array(20).fill(201));
    await stack.queue.empty();
    worker.signal('SIGCONT');
    for (const upload of uploads) await client.waitForSuccess(upload);
  });

  test('F12, F13: while the queue is down, uploads are accepted, and done once it is up', async () => {
    await stack.queue.stop();
    const uploads = [await sendAccepted(), await sendAccepted()];
    await stack.queue.start();
    for (const upload of uploads) await client.waitForSuccess(upload);
  });

  test('F14: while the queue is frozen, uploads are accepted, and done once it continues', async () => {
    await stack.queue.freeze();
    const uploads = [await sendAccepted(), await sendAccepted()];
    await stack.queue.thaw();
    for (const upload of uploads) await client.waitForSuccess(upload);
  });

  test('F14, F22: API and worker reconnect to a queue whose connections vanished', async () => {
    // On Postgres the API shares its connections between rows and queue: dependencies-unavailable.test.ts covers them.
    await stack.api.redis?.set({ kind: 'vanish' });
    await (stack.worker.redis ?? stack.worker.postgres).set({ kind: 'vanish' });
    await client.waitForSuccess(await sendAccepted());
  });

  test.each([
    ['F15', 'memory'],
    ['F30', 'disk'],
  ] as const)('%s: a queue with a full %s delays jobs and refuses no upload', async (_fault, what) => {
    await stack.queue.fill(what);
    const upload = await sendAccepted();
    await stack.queue.free();
    await client.waitForSuccess(upload);
  });

  test('F28: a job with twenty messages is rendered once', async () => {
    worker.signal('SIGSTOP');
    const upload = await client.send();
    const ids = Array.from({ length: 20 }, (_, index) => `${upload.id}-again-${index}`);
    await sendMessages(stack, upload.id ?? '', ids);
    worker.signal('SIGCONT');
    expect(await client.waitForSuccess(upload)).toMatchObject({ run: 1 });
  });
});

/** Lets the queue execute commands without an answer in time. Returns a function that repairs it. */
async function loseReplies({ api: { redis }, queue }: Stack): Promise<() => Promise<void>> {
  if (!redis) return queue.freeze().then(() => queue.thaw);
  await redis.set({ kind: 'reply lost' });
  return () => redis.set(pass);
}
