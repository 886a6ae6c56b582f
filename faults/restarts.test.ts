import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@thumbnail-api/testing';
import { describe, expect, test } from 'vitest';
import { checkHistory, noFaults } from './checker/check-history.ts';
import { readState } from './checker/read-state.ts';
import { expireLeases, findJob, waitForAllJobs } from './stack/read-jobs.ts';
import { sendAccepted, sendImage, type Upload } from './stack/send-image.ts';
import { backends, type Stack } from './stack/start-stack.ts';
import { startTestStack } from './stack/start-test-stack.ts';

const leaseSeconds = 8;

/** Starts a worker and a job that the worker pauses in and never finishes. */
async function startBusyWorker(stack: Stack) {
  const file = join(tmpdir(), Bun.randomUUIDv7());
  const api = await stack.startApi();
  const worker = await stack.startWorker({ failpoints: `renderer.before_render=pause:${file}` });
  const id = await sendAccepted(api);
  await waitUntil('the job runs', () => Bun.file(`${file}.reached`).exists());
  return { worker, id };
}

/** How long leases last from now, on the database's clock. */
async function readLeases({ sql }: Stack): Promise<number[]> {
  const rows = await sql<{ seconds: number }[]>`
    select extract(epoch from lease_until - clock_timestamp())::float8 as seconds from jobs`;
  return rows.map(({ seconds }) => seconds);
}

describe.each(backends)('with the queue on %s', (backend) => {
  test('F7: the job of a killed worker is done by another worker after a lease of 8 s', async () => {
    const stack = await startTestStack(backend);
    const { worker, id } = await startBusyWorker(stack);
    worker.signal('SIGKILL');
    await worker.exited;
    const [lease = Number.POSITIVE_INFINITY] = await readLeases(stack);
    expect(lease).toBeLessThanOrEqual(leaseSeconds);
    await stack.startWorker();
    expect(await waitForAllJobs(stack.sql)).toMatchObject([{ id, status: 'success', run: 2, lostLeases: 1, tries: 0 }]);
  });

  test('F29: a worker that gets SIGTERM hands back its unfinished job before the lease ends, and exits 0', async () => {
    const stack = await startTestStack(backend);
    const { worker, id } = await startBusyWorker(stack);
    await stack.startWorker();
    worker.signal('SIGTERM');
    await waitUntil('it is not ready', async () => (await worker.health('ready')) === 503);
    expect(await worker.exited).toBe(0);
    // A job that waited for its lease to end would have lost it.
    expect(await waitForAllJobs(stack.sql)).toMatchObject([
      { id, status: 'success', run: 2, lostLeases: 0, tries: 0, crashes: 0 },
    ]);
  });

  test('signals within a second count as one, and a later signal exits a worker at once', async () => {
    const stack = await startTestStack(backend);
    const { worker, id } = await startBusyWorker(stack);
    worker.signal('SIGTERM');
    worker.signal('SIGTERM');
    await waitUntil('it is not ready', async () => (await worker.health('ready')) === 503);
    expect(await worker.health('live')).toBe(200);
    const code = worker.exited.then((status) => ({ status }));
    const exit = await waitUntil('it exits', async () => {
      worker.signal('SIGTERM');
      return await Promise.race([code, Bun.sleep(0)]);
    });
    expect(exit).toEqual({ status: 1 });
    // It did not use the eight seconds that a shutdown gives running jobs: the job was not handed back.
    expect(await findJob(stack.sql, id)).toMatchObject({ status: 'processing', run: 1 });
  });

  test('F25: a job that lost its tenth lease fails with internal_error', async () => {
    const stack = await startTestStack(backend);
    const { worker, id } = await startBusyWorker(stack);
    await stack.sql`update jobs set lost_leases = 9`;
    worker.signal('SIGKILL');
    await worker.exited;
    await expireLeases(stack.sql);
    await stack.startWorker();
    const [job] = await waitForAllJobs(stack.sql);
    expect(job).toMatchObject({ id, status: 'error', errorCode: 'internal_error', lostLeases: 10 });
  });

  test('F29: a rolling restart of all apps under load refuses no upload and repeats no job', async () => {
    const stack = await startTestStack(backend);
    let [api, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
    const uploads: Upload[] = [];
    let isRestarting = true;
    const load = async () => {
      while (isRestarting) {
        uploads.push(await sendImage(api));
        await Bun.sleep(20);
      }
    };
    const loads = Promise.all([load(), load(), load()]);
    const exits: Promise<number>[] = [];
    for (let round = 0; round < 2; round += 1) {
      const replaced = [api, worker];
      [api, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
      for (const app of replaced) app.signal('SIGTERM');
      exits.push(...replaced.map(({ exited }) => exited));
    }
    expect(await Promise.all(exits)).toEqual([0, 0, 0, 0]);
    isRestarting = false;
    await loads;
    expect(uploads.length).toBeGreaterThan(20);
    expect(uploads.filter(({ outcome }) => outcome !== 'accepted')).toEqual([]);
    const jobs = await waitForAllJobs(stack.sql);
    const isRepeated = ({ tries, crashes, lostLeases }: (typeof jobs)[number]) => tries + crashes + lostLeases > 0;
    expect(jobs.filter((job) => job.status !== 'success' || isRepeated(job))).toEqual([]);
    expect(checkHistory(uploads, await readState(stack.sql, stack.bucket))).toEqual(noFaults);
  });
});
