import { waitUntil } from '@thumbnail-api/testing';
import type { App } from '@thumbnail-api/testing/processes';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { checkHistory } from './checker/check-history.ts';
import type { Upload } from './checker/history.ts';
import { readState } from './checker/read-state.ts';
import { type Fault, fullAnswer, pass, unavailableAnswer } from './network/fault.ts';
import { readJob, untilAllEnded } from './stack/read-job.ts';
import { refuseRows, takeRows } from './stack/refuse-rows.ts';
import { sendMessages } from './stack/send-message.ts';
import { sendPicture } from './stack/send-picture.ts';
import { type Backend, type Stack, startStack } from './stack/start-stack.ts';

const backends: Backend[] = ['redis', 'postgres'];

describe.each(backends)('with the queue on %s', (backend) => {
  let stack: Stack;
  let api: App;
  let worker: App;
  const sent: Upload[] = [];
  const send = async () => {
    const upload = await sendPicture(api);
    sent.push(upload);
    return upload;
  };
  const succeeded = async (id: string | null) => {
    await waitUntil('the job succeeds', async () => (await readJob(stack.sql, id ?? ''))?.status === 'success');
    return readJob(stack.sql, id ?? '');
  };
  const counts = async () => {
    const [rows] = await stack.sql`select count(*)::int as jobs from jobs`;
    return {
      jobs: Number(rows?.jobs),
      objects: (await stack.bucket.keys()).filter((key) => !key.startsWith('installations/')).length,
    };
  };

  beforeAll(async () => {
    stack = await startStack(backend, inject('services'));
    [api, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
    await succeeded((await send()).id);
  });
  afterEach(async () => {
    for (const { postgres, redis, s3 } of [stack.api, stack.worker]) {
      await Promise.all([postgres.set(pass), redis?.set(pass), s3.set(pass)]);
    }
  });
  afterAll(async () => {
    await untilAllEnded(stack.sql);
    const verdict = checkHistory(sent, await readState(stack.sql, stack.bucket));
    await stack.close();
    expect(verdict).toMatchObject({ lost: [], stuck: [], duplicated: [], unexpected: [] });
  });

  test.each<[string, Fault]>([
    ['F16', { kind: 'down' }],
    ['F16', unavailableAnswer],
    ['F16', { kind: 'reset' }],
    ['F30', fullAnswer],
  ])('%s: with S3 %j an upload is answered 503 and leaves nothing behind', async (_fault, fault) => {
    const before = await counts();
    await stack.api.s3.set(fault);
    const upload = await send();
    expect(upload).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
    await stack.api.s3.set(pass);
    expect(await counts()).toEqual(before);
    await succeeded((await send()).id);
  });

  test('F19: with Postgres away an upload is answered 503 before S3 is touched', async () => {
    const before = await counts();
    await stack.api.postgres.set({ kind: 'down' });
    const upload = await send();
    expect(upload).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
    await stack.api.postgres.set(pass);
    expect(await counts()).toEqual(before);
    await waitUntil('uploads are taken again', async () => (await send()).status === 201);
  });

  test('F30: with the disk of Postgres full an upload is answered 503 and leaves nothing behind', async () => {
    const before = await counts();
    await refuseRows(stack.sql, 'images', 'disk_full');
    const upload = await send();
    await takeRows(stack.sql, 'images');
    expect(upload).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
    expect((await counts()).jobs).toBe(before.jobs);
    await succeeded((await send()).id);
  });

  test('F30: a job whose end finds no room in Postgres ends all the same once there is room', async () => {
    await refuseRows(stack.sql, 'thumbnails', 'disk_full');
    const { id } = await send();
    await waitUntil('it has been begun', async () => ((await readJob(stack.sql, id ?? ''))?.run ?? 0) > 0);
    await takeRows(stack.sql, 'thumbnails');
    expect(await succeeded(id)).toMatchObject({ crashes: 0 });
  });

  test.each<[string, Fault]>([
    ['F22', { kind: 'hang' }],
    ['F22', { kind: 'vanish' }],
  ])(
    '%s: with a Postgres that says nothing (%j) an upload ends within its deadline, and the next ones are well',
    async (_fault, fault) => {
      await stack.api.postgres.set(fault);
      const began = performance.now();
      const { status } = await send();
      expect(status).toBe(503);
      expect(performance.now() - began).toBeLessThan(20_000);
      await stack.api.postgres.set(pass);
      await waitUntil('uploads are taken again', async () => (await send()).status === 201);
    },
  );

  test.each<[string, Fault]>([
    ['F17', { kind: 'down' }],
    ['F17', unavailableAnswer],
    ['F18', { kind: 'cut', afterBytes: 300 }],
    ['F18', { kind: 'hang' }],
  ])(
    '%s: with S3 %j under a worker the job waits and is tried again, at the cost of tries alone',
    async (_fault, fault) => {
      await stack.worker.s3.set(fault);
      const { id } = await send();
      await waitUntil('a try has failed', async () => ((await readJob(stack.sql, id ?? ''))?.tries ?? 0) > 0);
      await stack.worker.s3.set(pass);
      expect(await succeeded(id)).toMatchObject({ crashes: 0, lostLeases: 0 });
    },
  );

  test('F18: a job whose connection to S3 vanished in mid-run is done all the same', async () => {
    await stack.worker.s3.set({ kind: 'vanish' });
    expect(await succeeded((await send()).id)).toMatchObject({ crashes: 0, lostLeases: 0 });
  });

  test('F20: with Postgres cut off under a worker the job still ends once', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, async () => (await send()).id));
    await stack.worker.postgres.set({ kind: 'reset' });
    await Bun.sleep(1_000);
    await stack.worker.postgres.set(pass);
    for (const id of ids) await succeeded(id);
  });

  test('F6: a message of a job that is not there is dropped, and the worker goes on', async () => {
    const jobId = Bun.randomUUIDv7();
    await sendMessages(stack, jobId, [`${jobId}-0`]);
    await waitUntil('it is gone', async () => (await sendMessages(stack, jobId, [])) === 0);
    expect(await worker.health('live')).toBe(200);
  });

  test('F28: a job with twenty messages is rendered once', async () => {
    worker.signal('SIGSTOP');
    const { id } = await send();
    await sendMessages(
      stack,
      id ?? '',
      Array.from({ length: 20 }, (_, index) => `${id}-again-${index}`),
    );
    worker.signal('SIGCONT');
    expect(await succeeded(id)).toMatchObject({ run: 1 });
  });

  test('F24: a picture that cannot be rendered ends at once, after one run', async () => {
    const upload = await sendPicture(api, { good: false });
    sent.push(upload);
    await untilAllEnded(stack.sql);
    expect(await readJob(stack.sql, upload.id ?? '')).toMatchObject({
      status: 'error',
      errorCode: 'image_corrupt',
      run: 1,
    });
  });

  test('F21: a cut through every connection to Postgres costs no accepted job', async () => {
    const uploads = Promise.all(Array.from({ length: 12 }, send));
    for (let cut = 0; cut < 5; cut += 1) {
      await Bun.sleep(30);
      await stack.sql`select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`.catch(() => undefined);
    }
    for (const { id } of (await uploads).filter(({ outcome }) => outcome === 'accepted')) await succeeded(id);
    await waitUntil('uploads are taken again', async () => (await send()).status === 201);
  });

  describe('whose queue fails', () => {
    let usualMs = 0;
    const acceptedSoon = async () => {
      const began = performance.now();
      const upload = await send();
      expect(upload.status).toBe(201);
      // On a busy machine an upload takes its time also where all is well.
      expect(performance.now() - began).toBeLessThan(2_000 + 4 * usualMs);
      return upload;
    };
    beforeEach(async () => {
      // The tests before have broken connections: what follows shall meet a fleet that is well.
      await waitUntil('uploads are taken', async () => {
        const began = performance.now();
        const { status } = await send();
        usualMs = performance.now() - began;
        return status === 201;
      });
    });

    test('F5: an upload whose message may or may not have gone out is accepted', async () => {
      const heal = await loseReplies(stack);
      const { id } = await acceptedSoon();
      await heal();
      expect(await succeeded(id)).toMatchObject({ run: 1 });
    });

    test('F12, F13: with the queue down uploads are accepted within 2 s, and done once it is back', async () => {
      await stack.queue.stop();
      const first = await acceptedSoon();
      const second = await acceptedSoon();
      await stack.queue.start();
      await succeeded(first.id);
      await succeeded(second.id);
    });

    test('F14: with a frozen queue uploads are accepted within 2 s, and done once it thaws', async () => {
      await stack.queue.freeze();
      const first = await acceptedSoon();
      const second = await acceptedSoon();
      await stack.queue.thaw();
      await succeeded(first.id);
      await succeeded(second.id);
    });

    test('F14, F22: a queue whose connections vanished is found again', async () => {
      // Where it is the database of the rows, an upload would meet the same: F22 above.
      await stack.api.redis?.set({ kind: 'vanish' });
      await (stack.worker.redis ?? stack.worker.postgres).set({ kind: 'vanish' });
      const { id } = await acceptedSoon();
      await succeeded(id);
    });

    test.each([
      ['F15', 'memory'],
      ['F30', 'disk'],
    ] as const)('%s: a queue whose %s is full delays jobs and refuses none', async (_fault, what) => {
      await stack.queue.fill(what);
      const { id } = await acceptedSoon();
      await stack.queue.makeRoom();
      await succeeded(id);
    });

    test('F11: with every message lost in mid-run (FLUSHALL) every job is done within 30 s', async () => {
      worker.signal('SIGSTOP');
      const uploads = await Promise.all(Array.from({ length: 20 }, send));
      expect(uploads.map(({ status }) => status)).toEqual(Array(20).fill(201));
      await stack.queue.empty();
      const emptiedAt = performance.now();
      worker.signal('SIGCONT');
      for (const { id } of uploads) await succeeded(id);
      expect(performance.now() - emptiedAt).toBeLessThan(30_000);
    });
  });
});

/** What is asked of the queue is done, and whoever asked does not hear of it in time; gives what heals that. */
async function loseReplies({ api: { redis }, queue }: Stack): Promise<() => Promise<void>> {
  if (!redis) return queue.freeze().then(() => queue.thaw);
  await redis.set({ kind: 'reply lost' });
  return () => redis.set(pass);
}
