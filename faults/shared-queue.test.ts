import { createDatabase } from '@thumbnail-api/testing';
import { expect, inject, onTestFinished, test } from 'vitest';
import { startTestStack } from './stack/start-test-stack.ts';
import { trackUploads } from './stack/track-uploads.ts';

test('F48: a second installation on the same Redis refuses to start, and starts with a queue of its own', async () => {
  const stack = await startTestStack('redis');
  const [api] = await Promise.all([stack.startApi(), stack.startWorker()]);
  const client = trackUploads(stack, api);
  await client.waitForSuccess(await client.send());

  const other = await createDatabase(inject('services').postgres);
  onTestFinished(() => other.drop());
  const environment = { POSTGRES_DB: other.config.database };
  const refused = await Promise.all([stack.startApi({ environment }), stack.startWorker({ environment })]);
  expect(await Promise.all(refused.map((app) => app.exited))).toEqual([1, 1]);
  for (const app of refused) expect(await app.output()).toContain('set QUEUE_PROCESS_THUMBNAIL to another name');

  const renamed = { environment: { ...environment, QUEUE_PROCESS_THUMBNAIL: 'other' } };
  const accepted = await Promise.all([stack.startApi(renamed), stack.startWorker(renamed)]);
  expect(await Promise.all(accepted.map((app) => app.health('live')))).toEqual([200, 200]);
  await client.waitForSuccess(await client.send());
});

test('F48: an installation whose queue has no owner yet, as of 0.1.0, keeps its queue and becomes its owner', async () => {
  const stack = await startTestStack('redis');
  const api = await stack.startApi();
  const client = trackUploads(stack, api);
  const uploads = await client.sendMany(3);
  await stack.redis?.command('DEL', 'bull:process-thumbnail:installation');
  await stack.startWorker();
  for (const upload of uploads) await client.waitForSuccess(upload);
  const [row] = await stack.sql`select id from installation`;
  expect(await stack.redis?.command('GET', 'bull:process-thumbnail:installation')).toBe(row?.id);
});
