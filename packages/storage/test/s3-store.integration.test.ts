import { afterAll, beforeAll, expect, test } from 'vitest';
import { openS3Store } from '../src/s3/s3-store.ts';
import { describeObjectStore } from './contract/describe-object-store.ts';
import { type FauxqsServer, startFauxqsServer } from './fauxqs-server.ts';
import { makeBytes } from './test-bodies.ts';

let server: FauxqsServer;
beforeAll(async () => {
  server = await startFauxqsServer();
});
afterAll(() => server.close());

describeObjectStore('a bucket', () =>
  Promise.resolve({
    store: openS3Store(server.config),
    leftovers: (key) => Promise.resolve(server.openUploads(key)),
  }),
);

test('a missing bucket is an unavailable store, not a missing object', async () => {
  const store = openS3Store({ ...server.config, bucket: 'no-such-bucket' });
  const unavailable = { code: 'storage_unavailable', retryable: true };
  await expect(store.check()).rejects.toMatchObject(unavailable);
  await expect(store.find('originals/one')).rejects.toMatchObject(unavailable);
  await expect(store.head('originals/one')).rejects.toMatchObject(unavailable);
  await expect(store.list('', { limit: 1 })).rejects.toMatchObject(unavailable);
  await expect(store.put('originals/one', makeBytes(1), 'image/png')).rejects.toMatchObject(unavailable);
  store.close();
});
