import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openClient } from './client.ts';
import { drawNoise, drawQuarters } from './images.ts';
import { openRaw } from './raw-client.ts';
import { type Service, startService } from './start-service.ts';

const { s3 } = inject('services');
let service: Service;
beforeAll(async () => {
  service = await startService({
    S3_ENDPOINT: s3.endpoint ?? '',
    S3_REGION: s3.region,
    S3_BUCKET: s3.bucket,
    S3_ACCESS_KEY: s3.accessKey,
    S3_SECRET_KEY: s3.secretKey,
  });
});
afterAll(() => service?.stop());

test('150 stalled downloads, more than the store has connections, do not block uploads and downloads', async () => {
  const client = openClient(service.url);
  const image = await drawQuarters(300, 200);
  const job = await client.run(await drawNoise(1_800));
  const original = job.actions.find(({ name }) => name === 'View Original')?.href ?? '';
  const stalled = Array.from({ length: 150 }, () => openRaw(service.url));
  for (const { socket } of stalled) {
    socket.pause();
    socket.write(`GET ${new URL(original).pathname} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  }
  // This one may have to wait until the API notices that the others stall.
  await client.runWaiting(image).catch(() => undefined);
  for (let count = 0; count < 3; count += 1) expect((await client.runWaiting(image)).job.status).toBe('success');
  for (const each of stalled) each.close();
});
