import { connect } from 'node:net';
import { drawQuarters, waitUntil } from '@thumbnail-api/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkHistory, noFaults } from './checker/check-history.ts';
import { readState } from './checker/read-state.ts';
import { pass } from './network/fault.ts';
import { openRoundRobinProxy } from './network/round-robin-proxy.ts';
import { waitForAllJobs } from './stack/read-jobs.ts';
import { sendImage, type Upload } from './stack/send-image.ts';
import { backends } from './stack/start-stack.ts';
import { startTestStack } from './stack/start-test-stack.ts';

async function openProxy() {
  const proxy = await openRoundRobinProxy();
  onTestFinished(() => proxy.close());
  return proxy;
}

/** The default of DRAIN_SECONDS: long enough for a probe a second. */
const draining = { DRAIN_SECONDS: '5' };

describe.each(backends)('with the queue on %s', (backend) => {
  test('F44: a rolling restart of two APIs behind a proxy that probes readiness once a second fails no request', async () => {
    const stack = await startTestStack(backend, draining);
    const proxy = await openProxy();
    let apis = await Promise.all([stack.startApi(), stack.startApi(), stack.startWorker()]).then((all) =>
      all.slice(0, 2),
    );
    for (const api of apis) proxy.add(api);
    await waitUntil('both APIs get traffic', async () => proxy.readyCount() === 2);

    const uploads: Upload[] = [];
    const reads: (number | string)[] = [];
    let isRestarting = true;
    const upload = async () => {
      while (isRestarting) {
        uploads.push(await sendImage(proxy));
        await Bun.sleep(20);
      }
    };
    // A client that keeps its connections open, as most do.
    const read = async () => {
      while (isRestarting) {
        reads.push(await fetch(`${proxy.url}/jobs?limit=1`).then(({ status }) => status, String));
        await Bun.sleep(5);
      }
    };
    const loads = Promise.all([upload(), upload(), read(), read()]);
    const replaced = apis;
    apis = [];
    for (const old of replaced) {
      const next = await stack.startApi();
      proxy.add(next);
      await waitUntil('the new API gets traffic', async () => proxy.readyCount() === 3);
      old.signal('SIGTERM');
      expect(await old.exited).toBe(0);
      await waitUntil('the old API gets none', async () => proxy.readyCount() === 2);
    }
    isRestarting = false;
    await loads;
    expect(uploads.filter(({ outcome }) => outcome !== 'accepted')).toEqual([]);
    expect(reads.filter((status) => status !== 200)).toEqual([]);
    expect(uploads.length + reads.length).toBeGreaterThan(200);
    await waitForAllJobs(stack.sql);
    expect(checkHistory(uploads, await readState(stack.sql, stack.bucket))).toEqual(noFaults);
  });

  test('F43: while the queue is down, every API stays behind the proxy and accepts uploads', async () => {
    const stack = await startTestStack(backend);
    const proxy = await openProxy();
    const [one, other] = await Promise.all([stack.startApi(), stack.startApi(), stack.startWorker()]);
    for (const api of [one, other]) proxy.add(api);
    await waitUntil('both APIs get traffic', async () => proxy.readyCount() === 2);
    await stack.queue.stop();
    onTestFinished(() => stack.queue.start().catch(() => undefined));
    await waitUntil('the outage was noticed', async () => (await readQueueState(one.url)) === 'down');
    const uploads: Upload[] = [];
    const until = performance.now() + 4_000;
    while (performance.now() < until) uploads.push(await sendImage(proxy));
    expect(proxy.readyCount()).toBe(2);
    expect(uploads.filter(({ status }) => status !== 201)).toEqual([]);
    await stack.queue.start();
    await waitForAllJobs(stack.sql);
  });
});

async function readQueueState(url: string): Promise<string> {
  const body = (await (await fetch(`${url}/health/ready`)).json()) as { dependencies: { queue: string } };
  return body.dependencies.queue;
}

test('F43: while the object store is down, every API stays behind the proxy and refuses uploads with 503', async () => {
  const stack = await startTestStack('postgres');
  const proxy = await openProxy();
  proxy.add(await stack.startApi());
  await waitUntil('the API gets traffic', async () => proxy.readyCount() === 1);
  await stack.api.s3.set({ kind: 'down' });
  await Bun.sleep(2_500);
  expect(await sendImage(proxy)).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
  expect((await fetch(`${proxy.url}/jobs`)).status).toBe(200);
  await stack.api.s3.set(pass);
});

test('F44: an upload that arrives slowly during the shutdown is still accepted', async () => {
  const stack = await startTestStack('postgres', { DRAIN_SECONDS: '0', UPLOAD_DEADLINE_SECONDS: '40' });
  const api = await stack.startApi();
  const upload = await openSlowUpload(api.url);
  await upload.send(20);
  api.signal('SIGTERM');
  await waitUntil('the port is closed', async () => (await api.health('live')) === 0);
  // Longer than the ten seconds that requests had before.
  for (let piece = 0; piece < 13; piece += 1) {
    await Bun.sleep(1_000);
    await upload.send(20);
  }
  expect(await upload.finish()).toMatch(/^HTTP\/1.1 201 /);
  expect(await api.exited).toBe(0);
});

/** Opens an upload of which the client decides when its bytes are sent, in pieces of a KiB. */
async function openSlowUpload(url: string) {
  const image = await drawQuarters(48, 32);
  const total = 400 * 1_024;
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (bytes) => {
    answer += String(bytes);
  });
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  // Decoders ignore what follows the end of an image.
  const body = new Uint8Array(total);
  body.set(image);
  let sent = 0;
  socket.write(`POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: ${total}\r\n\r\n`);
  const send = async (kibibytes: number) => {
    socket.write(body.subarray(sent, sent + kibibytes * 1_024));
    sent += kibibytes * 1_024;
  };
  return {
    send,
    finish: async () => {
      socket.write(body.subarray(sent));
      await Promise.race([closed, waitUntil('an answer', async () => answer !== '')]);
      socket.destroy();
      return answer;
    },
  };
}

test('F48: a second API on the same port does not start, says so in one line, and takes no connection from the first', async () => {
  const stack = await startTestStack('postgres');
  const first = await stack.startApi();
  const second = await stack.startApi({ environment: { PORT: new URL(first.url).port } });
  const exit = await Promise.race([second.exited, Bun.sleep(3_000).then(() => 'still runs')]);
  expect(exit).toBe(1);
  const lines = (await second.output()).trim().split('\n');
  expect(lines.filter((line) => line.includes('"level":"fatal"'))).toEqual([
    expect.stringContaining(`Is port ${new URL(first.url).port} in use?`),
  ]);
  expect(await first.health('ready')).toBe(200);
});
