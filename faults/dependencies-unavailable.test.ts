import { waitUntil } from '@thumbnail-api/testing';
import type { App } from '@thumbnail-api/testing/processes';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { checkHistory, noFaults } from './checker/check-history.ts';
import { countStored, readState } from './checker/read-state.ts';
import { diskFullAnswer, type Fault, pass, unavailableAnswer } from './network/fault.ts';
import { findJob, waitForAllJobs } from './stack/read-jobs.ts';
import { acceptInserts, refuseInserts } from './stack/refuse-inserts.ts';
import { backends, type Stack, startStack } from './stack/start-stack.ts';
import { trackUploads } from './stack/track-uploads.ts';

/** A 503 that says when to try again. */
const unavailable = { status: 503, retryAfter: expect.stringMatching(/^\d+$/) };

describe.each(backends)('with the queue on %s', (backend) => {
  let stack: Stack;
  let worker: App;
  let client: ReturnType<typeof trackUploads>;
  beforeAll(async () => {
    stack = await startStack(backend, inject('services'));
    const apps = await Promise.all([stack.startApi(), stack.startWorker()]);
    worker = apps[1];
    client = trackUploads(stack, apps[0]);
    await client.waitForSuccess(await client.send());
  });
  afterEach(async () => {
    for (const { postgres, redis, s3 } of [stack.api, stack.worker]) {
      await Promise.all([postgres.set(pass), redis?.set(pass), s3.set(pass)]);
    }
  });
  afterAll(async () => {
    await waitForAllJobs(stack.sql);
    const verdict = checkHistory(client.uploads, await readState(stack.sql, stack.bucket));
    await stack.close();
    expect({ ...verdict, orphans: [] }).toEqual(noFaults);
  });

  test.each<[string, string, Fault]>([
    ['F16', 'is down', { kind: 'down' }],
    ['F16', 'answers 503', unavailableAnswer],
    ['F16', 'resets connections', { kind: 'reset' }],
    ['F30', 'has a full disk', diskFullAnswer],
  ])('%s: while S3 %s, an upload is answered 503 and leaves nothing', async (_id, _state, fault) => {
    const before = await countStored(stack);
    await stack.api.s3.set(fault);
    expect(await client.send()).toMatchObject(unavailable);
    await stack.api.s3.set(pass);
    expect(await countStored(stack)).toEqual(before);
    await client.waitForSuccess(await client.send());
  });

  test('F19: while Postgres is down, an upload is answered 503 before anything is stored in S3', async () => {
    const before = await countStored(stack);
    await stack.api.postgres.set({ kind: 'down' });
    expect(await client.send()).toMatchObject(unavailable);
    await stack.api.postgres.set(pass);
    expect(await countStored(stack)).toEqual(before);
    await client.sendUntilAccepted();
  });

  test('F30: while Postgres has a full disk, an upload is answered 503 and leaves no job', async () => {
    const before = await countStored(stack);
    await refuseInserts(stack.sql, 'images', 'disk_full');
    const upload = await client.send();
    await acceptInserts(stack.sql, 'images');
    expect(upload).toMatchObject(unavailable);
    expect((await countStored(stack)).jobs).toBe(before.jobs);
    await client.waitForSuccess(await client.send());
  });

  test('F30: a job that could not end because Postgres had a full disk succeeds once there is space', async () => {
    await refuseInserts(stack.sql, 'thumbnails', 'disk_full');
    const upload = await client.send();
    await waitUntil('a run has started', async () => ((await findJob(stack.sql, upload.id))?.run ?? 0) > 0);
    await acceptInserts(stack.sql, 'thumbnails');
    expect(await client.waitForSuccess(upload)).toMatchObject({ crashes: 0 });
  });

  test.each<[string, Fault]>([
    ['hangs', { kind: 'hang' }],
    ['has lost its connections silently', { kind: 'vanish' }],
  ])('F22: while Postgres %s, an upload is answered 503, and later uploads succeed', async (_state, fault) => {
    await stack.api.postgres.set(fault);
    // An API without a deadline of its own would not answer before the client gives up.
    expect(await client.send()).toMatchObject({ status: 503 });
    await stack.api.postgres.set(pass);
    await client.sendUntilAccepted();
  });

  test.each<[string, string, Fault]>([
    ['F17', 'is down', { kind: 'down' }],
    ['F17', 'answers 503', unavailableAnswer],
    ['F18', 'cuts its answers', { kind: 'cut', afterBytes: 300 }],
    ['F18', 'hangs', { kind: 'hang' }],
  ])('%s: while S3 %s for the worker, a job waits, and later succeeds', async (_id, _state, fault) => {
    await stack.worker.s3.set(fault);
    const upload = await client.send();
    // An earlier job may notice the outage; then this one is not claimed before the store has recovered.
    await waitUntil('the worker has noticed the outage', async () => {
      const job = await findJob(stack.sql, upload.id);
      const metrics = await (await fetch(`${worker.url}/metrics`)).text();
      return job?.status === 'uploaded' && (job.run > 0 || metrics.includes('thumbnails_claims_paused 1'));
    });
    await stack.worker.s3.set(pass);
    expect(await client.waitForSuccess(upload)).toMatchObject({ crashes: 0, lostLeases: 0 });
  });

  test('F18: a job whose connection to S3 vanished during the run succeeds', async () => {
    await stack.worker.s3.set({ kind: 'vanish' });
    expect(await client.waitForSuccess(await client.send())).toMatchObject({ crashes: 0, lostLeases: 0 });
  });

  test('F20: jobs whose worker lost Postgres while they ran still end once', async () => {
    const sent = await client.sendMany(6);
    await stack.worker.postgres.set({ kind: 'reset' });
    await waitUntil('the worker has lost Postgres', async () => (await worker.health('ready')) === 503);
    await stack.worker.postgres.set(pass);
    for (const upload of sent) await client.waitForSuccess(upload);
  });

  test('F24: the job of a corrupt image fails after one run', async () => {
    const upload = await client.send({ isValid: false });
    await waitForAllJobs(stack.sql);
    const job = await findJob(stack.sql, upload.id);
    expect(job).toMatchObject({ status: 'error', errorCode: 'image_corrupt', run: 1 });
  });

  test('F21: cutting every connection to Postgres loses no accepted job', async () => {
    const sending = client.sendMany(12);
    for (let cuts = 0; cuts < 5; cuts += 1) {
      await waitUntil('connections were cut', async () => {
        const cut = await stack.sql`select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid()`;
        return cut.length > 0;
      });
    }
    const accepted = (await sending).filter(({ outcome }) => outcome === 'accepted');
    for (const upload of accepted) await client.waitForSuccess(upload);
    await client.sendUntilAccepted();
  });
});
