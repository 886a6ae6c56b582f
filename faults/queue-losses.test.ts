import { waitUntil } from '@thumbnail-api/testing';
import type { App, OwnRedis } from '@thumbnail-api/testing/processes';
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { seedRandom } from './chaos/seed-random.ts';
import { checkHistory, noFaults } from './checker/check-history.ts';
import { readState } from './checker/read-state.ts';
import type { Upload } from './stack/send-image.ts';
import { type Stack, startStack } from './stack/start-stack.ts';
import { trackUploads } from './stack/track-uploads.ts';

/** The promise is 30 s until every due job has a message; the rest is for the work itself on a busy machine. */
const healedMs = 60_000;
const prefix = 'bull:process-thumbnail:';

let stack: Stack;
let redis: OwnRedis;
let worker: App;
let client: ReturnType<typeof trackUploads>;

beforeAll(async () => {
  stack = await startStack('redis', inject('services'));
  if (!stack.redis) throw new Error('no Redis');
  redis = stack.redis;
  const apps = await Promise.all([stack.startApi(), stack.startWorker()]);
  worker = apps[1];
  client = trackUploads(stack, apps[0]);
});
beforeEach(async () => {
  await client.waitForSuccess(await client.sendUntilAccepted());
});
afterAll(async () => {
  const verdict = checkHistory(client.uploads, await readState(stack.sql, stack.bucket));
  await stack.close();
  expect({ ...verdict, orphans: [] }).toEqual(noFaults);
});

const readKeys = async (pattern: string) => ((await redis.command('KEYS', pattern)) as string[]).sort();
const waitUntilEmpty = () =>
  waitUntil('the queue is empty', async () => {
    const [wait, active] = [
      await redis.command('LLEN', `${prefix}wait`),
      await redis.command('LLEN', `${prefix}active`),
    ];
    return wait === 0 && active === 0;
  });
const waitForEach = async (uploads: Upload[]) => {
  const deadline = performance.now() + healedMs;
  for (const upload of uploads) await client.waitForSuccess(upload, deadline - performance.now());
};

test('F40: when the wait list is deleted and the messages stay, every job is still done', async () => {
  worker.signal('SIGSTOP');
  const uploads = await client.sendMany(20);
  await redis.command('DEL', `${prefix}wait`);
  worker.signal('SIGCONT');
  await waitForEach(uploads);
});

test('F40: when messages are evicted and the wait list stays, every job is still done', async () => {
  worker.signal('SIGSTOP');
  const uploads = await client.sendMany(20);
  const messages = await readKeys(`${prefix}*-*-*-*-*`);
  await redis.command('DEL', ...messages.filter((_, index) => index % 2 === 0));
  worker.signal('SIGCONT');
  await waitForEach(uploads);
  await waitUntilEmpty();
});

test('F40: when keys of every kind are evicted while jobs run, every job is still done', async () => {
  const random = seedRandom(40);
  const sending = client.sendMany(60);
  for (let evictions = 0; evictions < 60; evictions += 1) {
    const keys = await readKeys('*');
    await redis.command('DEL', random.pick(['none', ...keys]));
    await Bun.sleep(40);
  }
  const uploads = await sending;
  expect(uploads.map(({ status }) => status)).toEqual(Array(60).fill(201));
  await waitForEach(uploads);
  await waitUntilEmpty();
});

test('F11: when Redis fails over to a replica that lacks the latest messages, every job is still done', async () => {
  worker.signal('SIGSTOP');
  const kept = await client.sendMany(5);
  await redis.command('SAVE');
  const lost = await client.sendMany(10);
  await redis.stop();
  await redis.start();
  worker.signal('SIGCONT');
  await waitForEach([...kept, ...lost]);
  await waitUntilEmpty();
});
