import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@thumbnail-api/testing';
import { describe, expect, test } from 'vitest';
import { checkHistory } from './checker/check-history.ts';
import { readState } from './checker/read-state.ts';
import { ageMessages, expireLeases, readJob, untilAllEnded } from './stack/read-job.ts';
import { sendAccepted, sendPicture } from './stack/send-picture.ts';
import type { Backend } from './stack/start-stack.ts';
import { startTestStack } from './stack/test-stack.ts';

const backends: Backend[] = ['redis', 'postgres'];
const nothing = { lost: [], stuck: [], duplicated: [], unexpected: [] };

describe.each(backends)('with the queue on %s', (backend) => {
  test('F1-F4: an API that dies at any arrow leaves a job that ends, or none at all', async () => {
    const stack = await startTestStack(backend);
    const places = ['before_put', 'after_put', 'before_commit', 'after_commit', 'after_publish'];
    const doomed = await Promise.all(places.map((place) => stack.startApi({ failpoints: `api.${place}=kill` })));
    const uploads = await Promise.all(doomed.map((api) => sendPicture(api)));
    expect(await Promise.all(doomed.map(({ exited }) => exited))).toEqual(Array(5).fill(128));
    expect(uploads.map(({ outcome }) => outcome)).toEqual(Array(5).fill('unknown'));
    await ageMessages(stack.sql);
    await stack.startWorker();
    const jobs = await untilAllEnded(stack.sql);
    expect(jobs.map(({ status }) => status)).toEqual(['success', 'success']);
    expect(checkHistory(uploads, await readState(stack.sql, stack.bucket))).toMatchObject(nothing);
  });

  test.each([
    ['F7', 'worker.before_work'],
    ['F7', 'worker.before_render'],
    ['F8', 'worker.after_render'],
    ['F20', 'worker.before_commit'],
    ['F9', 'worker.after_commit'],
    ['F9', 'worker.after_work'],
    ['F4', 'sweep.after_publish'],
    ['F3', 'sweep.before_publish'],
  ])('%s: a worker that dies at %s does not cost a job its one end', async (_fault, place) => {
    const stack = await startTestStack(backend);
    // A message that does not go out at once is one for the sweep.
    const unpublished = place.startsWith('sweep') ? { failpoints: 'api.before_publish=throw' } : {};
    const api = await stack.startApi(unpublished);
    const upload = await sendPicture(api);
    const doomed = await stack.startWorker({ failpoints: `${place}=kill` });
    expect(await doomed.exited).toBe(128);
    await expireLeases(stack.sql);
    await stack.startWorker();
    const [job] = await untilAllEnded(stack.sql);
    expect(job).toMatchObject({ status: 'success', tries: 0, crashes: 0 });
    const verdict = checkHistory([upload], await readState(stack.sql, stack.bucket));
    expect(verdict).toEqual({ ...nothing, orphans: [] });
  });

  test.each([
    ['F7', 'renderer.after_find', 'kill'],
    ['F8', 'renderer.before_put', 'kill'],
    ['F8', 'renderer.after_put', 'kill'],
    ['F23', 'renderer.after_find', 'segv'],
  ])('%s: a renderer that dies at %s by %s costs one crash, and a second ends the job', async (_fault, place, way) => {
    const stack = await startTestStack(backend);
    const api = await stack.startApi();
    const worker = await stack.startWorker({ failpoints: `${place}=${way}` });
    const id = await sendAccepted(api);
    const [job] = await untilAllEnded(stack.sql);
    // Each renderer is a fresh process, so the point is reached in each: the second crash ends it.
    expect(job).toMatchObject({ id, status: 'error', errorCode: 'render_crashed', crashes: 2, run: 2 });
    expect(await worker.health('live')).toBe(200);
  });

  test('F10: a worker that froze and wakes up late changes nothing', async () => {
    const stack = await startTestStack(backend);
    const api = await stack.startApi();
    const file = join(tmpdir(), Bun.randomUUIDv7());
    const frozen = await stack.startWorker({ failpoints: `worker.after_render=pause:${file}` });
    const upload = await sendPicture(api);
    await waitUntil('it has rendered', () => Bun.file(`${file}.reached`).exists());
    frozen.signal('SIGSTOP');
    await expireLeases(stack.sql);
    await stack.startWorker();
    const [ended] = await untilAllEnded(stack.sql);
    await Bun.write(file, '');
    frozen.signal('SIGCONT');
    await waitUntil('it has noticed', async () => /result dropped/.test(await frozen.output()));
    expect(await readJob(stack.sql, upload.id ?? '')).toEqual(ended);
    expect(checkHistory([upload], await readState(stack.sql, stack.bucket))).toEqual({ ...nothing, orphans: [] });
  });
});
