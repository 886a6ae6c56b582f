import { waitUntil } from '@thumbnail-api/testing';
import { describe, expect, test } from 'vitest';
import { type Fault, pass } from './network/fault.ts';
import { backends } from './stack/start-stack.ts';
import { startTestStack } from './stack/start-test-stack.ts';
import { trackUploads } from './stack/track-uploads.ts';

const faults: [string, Fault][] = [
  ['is down', { kind: 'down' }],
  ['hangs', { kind: 'hang' }],
];

describe.each(backends)('with the queue on %s', (backend) => {
  test.each(faults)(
    'F42: API and worker that start while Postgres %s answer health, and work once it answers',
    async (_state, fault) => {
      const stack = await startTestStack(backend);
      await Promise.all([stack.api.postgres.set(fault), stack.worker.postgres.set(fault)]);
      const [api, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
      expect(await Promise.all([api.health('live'), worker.health('live')])).toEqual([200, 200]);
      expect(await Promise.all([api.health('ready'), worker.health('ready')])).toEqual([503, 503]);
      await Promise.all([stack.api.postgres.set(pass), stack.worker.postgres.set(pass)]);
      const client = trackUploads(stack, api);
      await client.waitForSuccess(await client.sendUntilAccepted());
      for (const app of [api, worker]) {
        const waiting = (await app.output()).split('\n').filter((line) => line.includes('waiting for it'));
        expect(waiting.length).toBeLessThanOrEqual(1);
      }
    },
  );
});

test('F42: API and worker that start while Redis is down accept uploads, and render them once it is up', async () => {
  const stack = await startTestStack('redis');
  await stack.queue.stop();
  const [api, worker] = await Promise.all([stack.startApi(), stack.startWorker()]);
  const client = trackUploads(stack, api);
  const upload = await client.send();
  expect(upload.status).toBe(201);
  await waitUntil('the worker runs', async () => (await worker.output()).includes('worker started'));
  await stack.queue.start();
  await client.waitForSuccess(upload);
});

test.each([
  ['a wrong password', { POSTGRES_PASSWORD: 'wrong' }, 'check POSTGRES_USER and POSTGRES_PASSWORD'],
  ['an unknown database', { POSTGRES_DB: 'unknown' }, 'check POSTGRES_DB'],
  ['no schema', { POSTGRES_DB: 'postgres' }, 'run `bun run migrate` first'],
])('API and worker with %s exit with one line that says what to do', async (_what, environment, line) => {
  const stack = await startTestStack('redis');
  const apps = await Promise.all([stack.startApi({ environment }), stack.startWorker({ environment })]);
  expect(await Promise.all(apps.map((app) => app.exited))).toEqual([1, 1]);
  for (const app of apps) {
    const lines = (await app.output()).trim().split('\n');
    expect(lines.filter((text) => text.includes('"level":"fatal"') || text.includes('"level":60'))).toEqual([
      expect.stringContaining(line),
    ]);
  }
});
