import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { openClient } from './client.ts';
import { distanceFromQuarters, drawQuarters, readPixels } from './images.ts';
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
/** Largest difference of a colour channel that a lossy encoder may cause in a flat area. */
const tolerance = 12;

const combinations: [string, Record<string, string>, boolean][] = [
  ['the embedded servers', {}, true],
  ['Redis', onRedis, redis !== null],
  ['S3', onS3, true],
  ['Redis and S3', { ...onRedis, QUEUE_PROCESS_THUMBNAIL: `e2e-${Bun.randomUUIDv7()}`, ...onS3 }, redis !== null],
];

describe.each(combinations.filter(([, , available]) => available))('with %s', (_name, environment) => {
  let service: Service;
  let client: ReturnType<typeof openClient>;
  beforeAll(async () => {
    service = await startService(environment);
    client = openClient(service.url);
  });
  afterAll(async () => {
    expect(await service?.stop()).toBe(0);
  });

  test('a client that knows only / uploads an image and downloads its thumbnail', async () => {
    const job = await client.run(await drawQuarters(600, 450));
    expect(job.status).toBe('success');
    const { type, bytes } = await client.download(job);
    const thumbnail = await readPixels(bytes);
    expect([type, thumbnail.format, thumbnail.width, thumbnail.height]).toEqual(['image/webp', 'webp', 100, 100]);
    expect(distanceFromQuarters(thumbnail.at)).toBeLessThan(tolerance);
  });

  test('a client that sends Prefer: wait gets the finished job in the same response', async () => {
    const image = await drawQuarters(600, 450);
    const { response, job } = await client.runWaiting(image);
    expect([response.status, response.headers.get('preference-applied'), job.status]).toEqual([
      201,
      'wait=30',
      'success',
    ]);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'an image stored with EXIF orientation %i gets an upright thumbnail',
    async (orientation) => {
      const job = await client.run(await drawQuarters(300, 200, orientation), { width: '60', height: '40' });
      const thumbnail = await readPixels((await client.download(job)).bytes);
      expect([thumbnail.width, thumbnail.height]).toEqual([60, 40]);
      expect(distanceFromQuarters(thumbnail.at)).toBeLessThan(tolerance);
    },
  );

  test.each([
    ['square', 400, 400],
    ['tall', 100, 800],
    ['wide', 800, 100],
    ['tiny', 8, 8],
  ])('a %s image is cropped around its centre', async (_shape, width, height) => {
    const job = await client.run(await drawQuarters(width, height), { width: '80', height: '80' });
    const thumbnail = await readPixels((await client.download(job)).bytes);
    expect([thumbnail.width, thumbnail.height]).toEqual([80, 80]);
    // Enlarging a tiny image blurs its quarters near the centre, so points near the edges are compared.
    const outer = (x: number, y: number) => thumbnail.at(x < 0.5 ? 0.05 : 0.95, y < 0.5 ? 0.05 : 0.95);
    expect(distanceFromQuarters(outer)).toBeLessThan(tolerance);
  });

  test('the job of an image that cannot be decoded ends in image_corrupt and offers no download', async () => {
    const image = await drawQuarters(200, 200);
    const job = await client.run(image.slice(0, 700));
    expect([job.status, job.error?.code]).toEqual(['error', 'image_corrupt']);
    expect(job.actions.map(({ name }) => name)).not.toContain('Download');
  });
});
