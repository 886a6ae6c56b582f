import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@thumbnail-api/testing';
import { describe, expect, test } from 'vitest';
import { checkHistory, noFaults } from './checker/check-history.ts';
import { readState } from './checker/read-state.ts';
import { ageMessages, expireLeases, findJob, waitForAllJobs } from './stack/read-jobs.ts';
import { sendAccepted, sendImage } from './stack/send-image.ts';
import { backends } from './stack/start-stack.ts';
import { startTestStack } from './stack/start-test-stack.ts';

describe.each(backends)('with the queue on %s', (backend) => {
  test('F1-F4: an API that dies at any step of an upload leaves a job that succeeds, or no job', async () => {
    const stack = await startTestStack(backend);
    const steps = ['before_put', 'after_put', 'before_commit', 'after_commit', 'after_publish'];
    const apis = await Promise.all(steps.map((step) => stack.startApi({ failpoints: `api.${step}=kill` })));
    const uploads = await Promise.all(apis.map((api) => sendImage(api)));
    expect(await Promise.all(apis.map(({ exited }) => exited))).toEqual(Array(5).fill(128));
    expect(uploads.map(({ outcome }) => outcome)).toEqual(Array(5).fill('unknown'));
    await ageMessages(stack.sql);
    await stack.startWorker();
    const jobs = await waitForAllJobs(stack.sql);
    expect(jobs.map(({ status }) => status)).toEqual(['success', 'success']);
    // The sweep removes the originals without a job only when they are older than two upload deadlines.
    const verdict = checkHistory(uploads, await readState(stack.sql, stack.bucket));
    expect({ ...verdict, orphans: [] }).toEqual(noFaults);
  });

  test.each([
    ['F7', 'worker.before_work'],
    ['F7', 'worker.before_render'],
    ['F7', 'worker.after_find'],
    ['F8', 'worker.before_put'],
    ['F8', 'worker.after_put'],
    ['F8', 'worker.after_render'],
    ['F20', 'worker.before_commit'],
    ['F9', 'worker.after_commit'],
    ['F9', 'worker.after_work'],
    ['F4', 'sweep.after_publish'],
    ['F3', 'sweep.before_publish'],
  ])('%s: when a worker dies at %s, another worker ends the job once', async (_fault, step) => {
    const stack = await startTestStack(backend);
    // The sweep publishes only messages that the API did not publish.
    const unpublished = step.startsWith('sweep') ? { failpoints: 'api.before_publish=throw' } : {};
    const api = await stack.startApi(unpublished);
    const upload = await sendImage(api);
    const worker = await stack.startWorker({ failpoints: `${step}=kill` });
    expect(await worker.exited).toBe(128);
    await expireLeases(stack.sql);
    await stack.startWorker();
    const [job] = await waitForAllJobs(stack.sql);
    expect(job).toMatchObject({ status: 'success', tries: 0, crashes: 0 });
    expect(checkHistory([upload], await readState(stack.sql, stack.bucket))).toEqual(noFaults);
  });

  test.each([
    ['F7', 'renderer.before_render', 'kill'],
    ['F8', 'renderer.after_render', 'kill'],
    ['F23', 'renderer.before_render', 'segv'],
  ])('%s: a job whose renderer dies twice at %s by %s fails with render_crashed', async (_fault, step, action) => {
    const stack = await startTestStack(backend);
    const api = await stack.startApi();
    const worker = await stack.startWorker({ failpoints: `${step}=${action}` });
    const id = await sendAccepted(api);
    const [job] = await waitForAllJobs(stack.sql);
    expect(job).toMatchObject({ id, status: 'error', errorCode: 'render_crashed', crashes: 2, run: 2 });
    expect(await worker.health('live')).toBe(200);
  });

  test('F10: a worker that was frozen beyond its lease changes nothing when it continues', async () => {
    const stack = await startTestStack(backend);
    const api = await stack.startApi();
    const file = join(tmpdir(), Bun.randomUUIDv7());
    const frozen = await stack.startWorker({ failpoints: `worker.after_render=pause:${file}` });
    const upload = await sendImage(api);
    await waitUntil('it has rendered', () => Bun.file(`${file}.reached`).exists());
    frozen.signal('SIGSTOP');
    await expireLeases(stack.sql);
    await stack.startWorker();
    const [ended] = await waitForAllJobs(stack.sql);
    await Bun.write(file, '');
    frozen.signal('SIGCONT');
    await waitUntil('it has noticed', async () => /result dropped|the run (was|is) over/.test(await frozen.output()));
    expect(await findJob(stack.sql, upload.id)).toEqual(ended);
    expect(checkHistory([upload], await readState(stack.sql, stack.bucket))).toEqual(noFaults);
  });
});
