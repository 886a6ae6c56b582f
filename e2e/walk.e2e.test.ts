import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openClient } from './client.ts';
import { distanceFromQuarters, drawQuarters, readPixels } from './pictures.ts';
import { type Service, startService } from './start-service.ts';

const { redis, s3 } = inject('services');
const onRedis = {
  REDIS_HOST: redis?.host ?? '',
  REDIS_PORT: String(redis?.port ?? ''),
  REDIS_PASSWORD: redis?.password ?? '',
  QUEUE_PROCESS_THUMBNAIL: `e2e-${Bun.randomUUIDv7()}`,
};
const onS3 = {
  S3_ENDPOINT: s3.endpoint ?? '',
  S3_REGION: s3.region,
  S3_BUCKET: s3.bucket,
  S3_ACCESS_KEY: s3.accessKey,
  S3_SECRET_KEY: s3.secretKey,
};
/** Lossy encoders shift a flat colour by a few steps, never by this much. */
const tolerance = 12;

const mixes: [string, Record<string, string>, boolean][] = [
  ['embedded parts alone', {}, true],
  ['the queue on Redis', onRedis, redis !== null],
  ['the objects on S3', onS3, true],
  ['Redis and S3', { ...onRedis, QUEUE_PROCESS_THUMBNAIL: `e2e-${Bun.randomUUIDv7()}`, ...onS3 }, redis !== null],
];

describe.each(mixes.filter(([, , available]) => available))('with %s', (_name, environment) => {
  let service: Service;
  let client: ReturnType<typeof openClient>;
  beforeAll(async () => {
    service = await startService(environment);
    client = openClient(service.url);
  });
  afterAll(async () => {
    expect(await service?.stop()).toBe(0);
  });

  test('a client that knows only / gets from a picture to its thumbnail', async () => {
    const job = await client.run(await drawQuarters(600, 450));
    expect(job.status).toBe('success');
    const { type, bytes } = await client.download(job);
    const thumbnail = await readPixels(bytes);
    expect([type, thumbnail.format, thumbnail.width, thumbnail.height]).toEqual(['image/webp', 'webp', 100, 100]);
    expect(distanceFromQuarters(thumbnail.at)).toBeLessThan(tolerance);
  });

  test('a client that prefers to wait hears the end in the same answer, in a fraction of what it would wait', async () => {
    const picture = await drawQuarters(600, 450);
    await client.runWaiting(picture);
    const { response, job } = await client.runWaiting(picture);
    expect([response.status, response.headers.get('preference-applied'), job.status]).toEqual([
      201,
      'wait=30',
      'success',
    ]);
    const tookSeconds = (Date.parse(job.finishedAt ?? '') - Date.parse(job.createdAt)) / 1_000;
    expect(tookSeconds / 30).toBeLessThan(0.5);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('a picture stored with orientation %i comes out upright', async (orientation) => {
    const job = await client.run(await drawQuarters(300, 200, orientation), { width: '60', height: '40' });
    const thumbnail = await readPixels((await client.download(job)).bytes);
    expect([thumbnail.width, thumbnail.height]).toEqual([60, 40]);
    expect(distanceFromQuarters(thumbnail.at)).toBeLessThan(tolerance);
  });

  test.each([
    ['square', 400, 400],
    ['tall', 100, 800],
    ['wide', 800, 100],
    ['tiny', 8, 8],
  ])('a %s picture is cropped around its middle, not to a corner', async (_shape, width, height) => {
    const job = await client.run(await drawQuarters(width, height), { width: '80', height: '80' });
    const thumbnail = await readPixels((await client.download(job)).bytes);
    expect([thumbnail.width, thumbnail.height]).toEqual([80, 80]);
    // Enlarging blurs the quarters of a tiny picture into each other at its middle, so its outer points are compared.
    const outer = (x: number, y: number) => thumbnail.at(x < 0.5 ? 0.05 : 0.95, y < 0.5 ? 0.05 : 0.95);
    expect(distanceFromQuarters(outer)).toBeLessThan(tolerance);
  });

  test('a picture that cannot be decoded ends in a readable error, and no download is offered', async () => {
    const picture = await drawQuarters(200, 200);
    const job = await client.run(picture.slice(0, 700));
    expect([job.status, job.error?.code]).toEqual(['error', 'image_corrupt']);
    expect(job.actions.map(({ name }) => name)).not.toContain('Download');
  });
});
