import { waitUntil } from '@thumbnail-api/testing';
import type { App } from '@thumbnail-api/testing/processes';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { checkHistory, noFaults } from '../checker/check-history.ts';
import { readState } from '../checker/read-state.ts';
import { waitForAllJobs } from '../stack/read-jobs.ts';
import { sendImage, type Upload } from '../stack/send-image.ts';
import { backends, type Stack, startStack } from '../stack/start-stack.ts';
import { checkOut, oldVersion, type Sources } from './old-version.ts';

let old: Sources;
beforeAll(async () => {
  old = await checkOut(oldVersion);
});
afterAll(() => old?.remove());

/** An API and a worker of one version. */
async function deploy(stack: Stack, sources?: Sources) {
  const options = sources && { sources: sources.directory };
  const [api, worker] = await Promise.all([stack.startApi(options), stack.startWorker(options)]);
  const exits = Promise.race([api.exited, worker.exited]).then((code) => `one exited with ${code}`);
  expect(await Promise.race([exits, Bun.sleep(100).then(() => 'both run')])).toBe('both run');
  return { api, worker };
}

/** Uploads images to an API until it is stopped. */
function startLoad(api: App, uploads: Upload[]) {
  let isStopped = false;
  let accepted = 0;
  const load = async () => {
    while (!isStopped) {
      const upload = await sendImage(api);
      uploads.push(upload);
      if (upload.outcome === 'accepted') accepted += 1;
      await Bun.sleep(20);
    }
  };
  const running = Promise.all([load(), load()]);
  return {
    /** Returns when this many more uploads were accepted. */
    more: (count: number) => {
      const target = accepted + count;
      return waitUntil(`${count} more uploads are accepted`, async () => accepted >= target);
    },
    stop: async () => {
      isStopped = true;
      await running;
    },
  };
}

/** Sends an upload to one API and, with its key, again to another. */
async function repeat(one: App, other: App, uploads: Upload[]) {
  const headers = { 'idempotency-key': Bun.randomUUIDv7() };
  const [first, second] = [await sendImage(one, { headers }), await sendImage(other, { headers })];
  uploads.push(first, second);
  return [first.status, second.status, first.id === second.id ? 'the same job' : 'another job'];
}

async function shutDown({ api, worker }: { api: App; worker: App }) {
  for (const app of [api, worker]) app.signal('SIGTERM');
  expect(await Promise.all([api.exited, worker.exited])).toEqual([0, 0]);
}

describe.each(backends)('with the queue on %s', (backend) => {
  test(`F49: ${oldVersion.name} and this version work side by side, and an upgrade and the way back lose nothing`, async () => {
    const stack = await startStack(backend, inject('services'), {}, old.directory);
    onTestFinished(() => stack.close());
    const uploads: Upload[] = [];

    const before = await deploy(stack, old);
    const beforeLoad = startLoad(before.api, uploads);
    await beforeLoad.more(10);
    expect(await stack.migrate()).toBe(0);
    await beforeLoad.more(10);

    const after = await deploy(stack);
    const afterLoad = startLoad(after.api, uploads);
    await afterLoad.more(20);
    expect(await repeat(before.api, after.api, uploads)).toEqual([201, 201, 'the same job']);
    expect(await repeat(after.api, before.api, uploads)).toEqual([201, 201, 'the same job']);
    await beforeLoad.stop();
    await shutDown(before);
    await afterLoad.more(10);

    // The way back: the old version is deployed with its own migration, beside the new one.
    expect(await stack.migrate(old.directory)).toBe(0);
    const again = await deploy(stack, old);
    const againLoad = startLoad(again.api, uploads);
    await againLoad.more(20);
    await afterLoad.stop();
    await shutDown(after);
    await againLoad.more(10);
    await againLoad.stop();

    expect(uploads.filter(({ outcome }) => outcome !== 'accepted')).toEqual([]);
    const jobs = await waitForAllJobs(stack.sql);
    expect(jobs.filter(({ status }) => status !== 'success')).toEqual([]);
    const state = await readState(stack.sql, stack.bucket);
    expect(checkHistory(uploads, state)).toEqual(noFaults);
  });
});
