import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@thumbnail-api/testing';
import type { App } from '@thumbnail-api/testing/processes';
import { describe, expect, test } from 'vitest';
import { checkHistory } from './checker/check-history.ts';
import type { Upload } from './checker/history.ts';
import { readState } from './checker/read-state.ts';
import { expireLeases, readJob, untilAllEnded } from './stack/read-job.ts';
import { sendAccepted, sendPicture } from './stack/send-picture.ts';
import type { Backend, Stack } from './stack/start-stack.ts';
import { startTestStack } from './stack/test-stack.ts';

const backends: Backend[] = ['redis', 'postgres'];

/** A worker in the middle of a job, which it would never finish, and the job. */
async function startBusyWorker(stack: Stack) {
  const file = join(tmpdir(), Bun.randomUUIDv7());
  const api = await stack.startApi();
  const worker = await stack.startWorker({ failpoints: `renderer.after_find=pause:${file}` });
  const id = await sendAccepted(api);
  await waitUntil('it is in mid-job', () => Bun.file(`${file}.reached`).exists());
  return { api, worker, id };
}

describe.each(backends)('with the queue on %s', (backend) => {
  test('F7: the job of a worker killed in mid-job is done elsewhere within 15 s', async () => {
    const stack = await startTestStack(backend);
    const { worker, id } = await startBusyWorker(stack);
    await stack.startWorker();
    worker.signal('SIGKILL');
    const killedAt = performance.now();
    expect(await untilAllEnded(stack.sql)).toMatchObject([{ id, status: 'success', run: 2, lostLeases: 1, tries: 0 }]);
    expect(performance.now() - killedAt).toBeLessThan(15_000);
  });

  test('F29: a worker told to end hands back what it cannot finish, at once and at no cost, and exits 0', async () => {
    const stack = await startTestStack(backend);
    const { worker, id } = await startBusyWorker(stack);
    await stack.startWorker();
    worker.signal('SIGTERM');
    await waitUntil('readiness says no', async () => (await worker.health('ready')) === 503);
    expect(await worker.exited).toBe(0);
    const handedBackAt = performance.now();
    expect(await untilAllEnded(stack.sql)).toMatchObject([
      { id, status: 'success', run: 2, lostLeases: 0, tries: 0, crashes: 0 },
    ]);
    // Not after its lease, as a job whose worker died.
    expect(performance.now() - handedBackAt).toBeLessThan(7_000);
  });

  test('a second signal, a second later, ends a worker at once', async () => {
    const stack = await startTestStack(backend);
    const { worker, id } = await startBusyWorker(stack);
    worker.signal('SIGTERM');
    worker.signal('SIGTERM');
    await waitUntil('it has heard', async () => (await worker.health('ready')) === 503);
    await Bun.sleep(1_100);
    expect(await worker.health('live')).toBe(200);
    worker.signal('SIGTERM');
    expect(await worker.exited).toBe(1);
    // Not after the eight seconds that running jobs are given: it was not even handed back.
    expect(await readJob(stack.sql, id)).toMatchObject({ status: 'processing', run: 1 });
  });

  test('F25: a job that killed its worker nine times ends at the tenth', async () => {
    const stack = await startTestStack(backend);
    const { worker, id } = await startBusyWorker(stack);
    await stack.sql`update jobs set lost_leases = 9`;
    worker.signal('SIGKILL');
    await worker.exited;
    await expireLeases(stack.sql);
    await stack.startWorker();
    await untilAllEnded(stack.sql);
    expect(await readJob(stack.sql, id)).toMatchObject({
      status: 'error',
      errorCode: 'internal_error',
      lostLeases: 10,
    });
  });

  test('F29: a rolling restart of the whole fleet under load refuses no upload and repeats none', async () => {
    const stack = await startTestStack(backend);
    let [api, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
    const uploads: Upload[] = [];
    let rolling = true;
    const load = async () => {
      while (rolling) {
        uploads.push(await sendPicture(api));
        await Bun.sleep(20);
      }
    };
    const loads = Promise.all([load(), load(), load()]);
    const replaced: App[] = [];
    for (let round = 0; round < 2; round += 1) {
      const [nextApi, nextWorker] = await Promise.all([stack.startApi(), stack.startWorker()]);
      replaced.push(api, worker);
      [api, worker] = [nextApi, nextWorker];
      for (const old of replaced.slice(-2)) old.signal('SIGTERM');
    }
    expect(await Promise.all(replaced.map(({ exited }) => exited))).toEqual([0, 0, 0, 0]);
    rolling = false;
    await loads;
    expect(uploads.length).toBeGreaterThan(20);
    expect(uploads.filter(({ outcome }) => outcome !== 'accepted')).toEqual([]);
    const jobs = await untilAllEnded(stack.sql);
    expect(
      jobs.filter(({ status, tries, crashes, lostLeases }) => status !== 'success' || tries + crashes + lostLeases > 0),
    ).toEqual([]);
    const nothing = { lost: [], stuck: [], duplicated: [], unexpected: [], orphans: [] };
    expect(checkHistory(uploads, await readState(stack.sql, stack.bucket))).toEqual(nothing);
  });
});
